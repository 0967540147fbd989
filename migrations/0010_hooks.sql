-- Events from other systems (D20). That one was seen is in inbox; what was answered to it is here, as long as that, so
-- that a repeat is answered the same (R4).
CREATE TABLE hook_answers (
    workspace INTEGER NOT NULL,
    event TEXT NOT NULL,             -- source and the sender's id
    answer TEXT NOT NULL,            -- JSON
    at INTEGER NOT NULL,             -- operational
    PRIMARY KEY (workspace, event)
) STRICT, WITHOUT ROWID;

-- What could not be matched with a record, or was refused: kept until an admin has said what becomes of it.
CREATE TABLE kept_events (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    body TEXT NOT NULL,              -- JSON: the event, and why it is kept; blanked once it is settled
    quiet INTEGER NOT NULL CHECK (quiet IN (0, 1)), -- 1: of a kind that means nothing here; shown to nobody
    at INTEGER NOT NULL,
    settled_at INTEGER,
    settled_by INTEGER,
    record INTEGER                   -- whose it was; null: it was dismissed
) STRICT;

CREATE INDEX kept_events_waiting ON kept_events (workspace, id) WHERE settled_at IS NULL AND quiet = 0;
CREATE INDEX kept_events_quiet ON kept_events (at) WHERE quiet = 1;
