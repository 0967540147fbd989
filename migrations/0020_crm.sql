-- Notes for the CRM (A2–A5): written with the event that they are about, sent one after the other per company, kept where
-- there is no CRM to send them to.
CREATE TABLE crm_notes (
    id INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    record INTEGER NOT NULL,
    event INTEGER NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    company TEXT NOT NULL,           -- as it was called then
    body TEXT NOT NULL,              -- as it is sent
    state TEXT NOT NULL,             -- waiting, sent, refused
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0,   -- operational time
    asked_at INTEGER,                -- a sending began of which nothing is known yet
    remote TEXT,                     -- its id there
    why TEXT                         -- why it has not been sent
) STRICT;
CREATE INDEX crm_notes_waiting ON crm_notes (workspace, company, id) WHERE state = 'waiting';
CREATE INDEX crm_notes_record ON crm_notes (record);
