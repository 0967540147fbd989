-- When the SLA that ends first is breached, or was; null where none runs. For ordering lists, and in no index, because it
-- changes with a status.
ALTER TABLE records ADD COLUMN breach_at INTEGER;

-- Where that is, the team's calendar says: every record with a clock is looked at anew, as after a change of hours.
INSERT INTO due (due_at, record)
SELECT COALESCE((SELECT at FROM events ORDER BY id DESC LIMIT 1), 0), id FROM records
WHERE class = 'open' OR due_at IS NOT NULL
ON CONFLICT DO NOTHING;
UPDATE records SET armed_at = MIN(COALESCE(armed_at, 9223372036854775807),
    COALESCE((SELECT at FROM events ORDER BY id DESC LIMIT 1), 0))
WHERE class = 'open' OR due_at IS NOT NULL;
