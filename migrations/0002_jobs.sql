-- Long work in chunks (jobs), and the ids that records have in other systems.

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    person INTEGER NOT NULL,         -- who asked
    channel INTEGER NOT NULL,        -- where
    phase TEXT NOT NULL CHECK (phase IN ('waiting', 'running', 'done', 'stopped')),
    state TEXT NOT NULL,             -- JSON: the kind of work, and how far it is
    step INTEGER NOT NULL,           -- chunks done; a chunk runs only where this is as it was read
    done INTEGER NOT NULL,           -- of …
    total INTEGER NOT NULL,          -- … pieces
    post INTEGER,                    -- the message that shows how far it is
    at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE INDEX jobs_running ON jobs (id) WHERE phase = 'running';

-- What a job works on; taken away when it ends.
CREATE TABLE job_inputs (
    job INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- What a job has to tell of single pieces: lines of its result's file.
CREATE TABLE job_lines (
    job INTEGER NOT NULL,
    line INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (job, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE external_ids (
    workspace INTEGER NOT NULL,
    letter TEXT NOT NULL,
    external_id TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    seen TEXT NOT NULL,              -- what the last import said, as a fingerprint per field: nothing personal
    PRIMARY KEY (workspace, letter, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX external_ids_record ON external_ids (record);

-- posts learns of jobs, and its kinds are checked where they are read, so that a new one needs no new table. What
-- refers to it is made anew with it, since SQLite changes no constraint in place.
CREATE TABLE posts_new (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,             -- as a lane: c:<channel>, p:<person>, t:<post>
    records TEXT NOT NULL,           -- JSON: ids
    approval INTEGER,
    channel INTEGER,                 -- where it stands, once posted
    message INTEGER,
    thread INTEGER,
    generation INTEGER NOT NULL DEFAULT 0,
    posted_at INTEGER,               -- operational: when it came to stand there
    job INTEGER,
    CHECK ((channel IS NULL) = (message IS NULL))
) STRICT;

INSERT INTO posts_new (id, workspace, kind, place, records, approval, channel, message, thread, generation, posted_at)
SELECT id, workspace, kind, place, records, approval, channel, message, thread, generation, posted_at FROM posts;

CREATE TABLE outbox_new (
    id INTEGER PRIMARY KEY NOT NULL,
    dedup_key TEXT NOT NULL UNIQUE,
    workspace INTEGER NOT NULL,
    lane TEXT NOT NULL,              -- the place; order is kept within it
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 2),
    due_at INTEGER NOT NULL,
    post INTEGER REFERENCES posts_new (id), -- the post it draws, or whose thread it speaks in
    draws INTEGER NOT NULL CHECK (draws IN (0, 1)), -- 1: state, drawn from the rows; 0: fact, from body
    body TEXT NOT NULL,              -- blanked once sent
    version INTEGER NOT NULL DEFAULT 1,
    attempts INTEGER NOT NULL DEFAULT 0, -- claims since it was last sent
    failures INTEGER NOT NULL DEFAULT 0, -- those that count towards parking
    lease INTEGER NOT NULL DEFAULT 0,    -- counted up with each claim
    leased_at INTEGER,               -- operational, as are all below
    lease_until INTEGER,
    lost_at INTEGER,                 -- when the first lease was taken that ran out unsettled
    retry_at INTEGER NOT NULL DEFAULT 0,
    rest_until INTEGER NOT NULL DEFAULT 0, -- domain time: an old message is not edited again before (ruling 20)
    sent_at INTEGER,
    failed_at INTEGER,               -- parked
    error TEXT
) STRICT;

INSERT INTO outbox_new (id, dedup_key, workspace, lane, priority, due_at, post, draws, body, version, attempts,
    failures, lease, leased_at, lease_until, lost_at, retry_at, rest_until, sent_at, failed_at, error)
SELECT id, dedup_key, workspace, lane, priority, due_at, post, draws, body, version, attempts, failures, lease,
    leased_at, lease_until, lost_at, retry_at, rest_until, sent_at, failed_at, error FROM outbox;

DROP TABLE outbox;
DROP TABLE posts;
ALTER TABLE posts_new RENAME TO posts;
ALTER TABLE outbox_new RENAME TO outbox;

CREATE INDEX outbox_open ON outbox (lane, priority, due_at, id) WHERE sent_at IS NULL AND failed_at IS NULL;
-- A few dozen rows at most: what is in flight.
CREATE INDEX outbox_leased ON outbox (lane) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_parked ON outbox (workspace) WHERE failed_at IS NOT NULL;
