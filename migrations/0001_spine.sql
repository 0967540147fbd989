-- Bellwether's tables. Instants are integer UTC milliseconds: domain time, unless a column says "operational".
-- What costs is dirty pages, not fsync, so a move touches one row of records, one of events, at most one of
-- due, and no index.

CREATE TABLE workspaces (
    id INTEGER PRIMARY KEY NOT NULL, -- the platform's number
    body TEXT NOT NULL               -- JSON: thresholds, system channel, greeted, set up
) STRICT;

CREATE TABLE teams (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    body TEXT NOT NULL,              -- JSON: name, roles, channels, calendar
    next_digest_at INTEGER,          -- null: none is planned (a team without records and without set-up)
    digest_event INTEGER NOT NULL DEFAULT 0, -- the last event that a digest told of
    digest_at INTEGER                -- when that digest was made
) STRICT;

CREATE INDEX teams_workspace ON teams (workspace);

CREATE TABLE people (
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    id INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- What admins changed, by whom and when.
CREATE TABLE setting_log (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    setting TEXT NOT NULL,
    value TEXT NOT NULL,
    person INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX setting_log_setting ON setting_log (workspace, setting);

CREATE TABLE records (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    letter TEXT NOT NULL CHECK (length(letter) = 1),
    number INTEGER NOT NULL CHECK (number > 0),
    playbook TEXT NOT NULL,
    team INTEGER NOT NULL,
    owner INTEGER,
    status TEXT NOT NULL,
    stage TEXT,
    class TEXT NOT NULL CHECK (class IN ('open', 'parked', 'won', 'lost', 'excluded')),
    version INTEGER NOT NULL,
    -- The personal part, outside the events, so that it can be blanked.
    name TEXT NOT NULL,
    company TEXT,
    email TEXT,
    phone TEXT,
    due_at INTEGER,                  -- when it wants to be looked at next; for ordering lists
    armed_at INTEGER,                -- its earliest entry in due, which may lie before due_at
    quiet_at INTEGER NOT NULL,       -- since when nothing happened: the last contact, or the entry of the status
    last_event INTEGER,
    chat TEXT NOT NULL,              -- JSON: card, thread, alerts
    state TEXT NOT NULL,             -- JSON: the record without its personal part
    UNIQUE (workspace, letter, number)
) STRICT;

-- None of these changes with a status.
CREATE INDEX records_team ON records (team);
CREATE INDEX records_owner ON records (workspace, owner);
CREATE INDEX records_name ON records (workspace, letter, name COLLATE NOCASE);

-- The history: append-only. Walked backwards from records.last_event along prev, so that it needs no index.
CREATE TABLE events (
    id INTEGER PRIMARY KEY NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    prev INTEGER,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- When to look at which record. Lazy: a later due time leaves an earlier entry, which is re-checked when popped.
CREATE TABLE due (
    due_at INTEGER NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    PRIMARY KEY (due_at, record)
) STRICT, WITHOUT ROWID;

-- Inputs that were seen.
CREATE TABLE inbox (
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    at INTEGER NOT NULL,             -- operational
    PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;

-- Messages that are kept up to date.
CREATE TABLE posts (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'alerts', 'approval')),
    place TEXT NOT NULL,             -- as a lane: c:<channel>, p:<person>, t:<post>
    records TEXT NOT NULL,           -- JSON: ids
    approval INTEGER,
    channel INTEGER,                 -- where it stands, once posted
    message INTEGER,
    thread INTEGER,
    generation INTEGER NOT NULL DEFAULT 0,
    posted_at INTEGER,               -- operational: when it came to stand there
    CHECK ((channel IS NULL) = (message IS NULL))
) STRICT;

CREATE TABLE approvals (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    team INTEGER NOT NULL,
    requested_by INTEGER,
    requested_at INTEGER NOT NULL,
    to_status TEXT NOT NULL,
    data TEXT NOT NULL,
    peak TEXT,
    state TEXT NOT NULL,
    waiting INTEGER NOT NULL CHECK (waiting IN (0, 1)),
    post INTEGER
) STRICT;

CREATE INDEX approvals_waiting ON approvals (workspace, id) WHERE waiting = 1;

CREATE TABLE drafts (
    id INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    person INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Everything that leaves. A row is open while neither sent nor parked.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY NOT NULL,
    dedup_key TEXT NOT NULL UNIQUE,
    workspace INTEGER NOT NULL,
    lane TEXT NOT NULL,              -- the place; order is kept within it
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 2),
    due_at INTEGER NOT NULL,
    post INTEGER REFERENCES posts (id), -- the post it draws, or whose thread it speaks in
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

CREATE INDEX outbox_open ON outbox (lane, priority, due_at, id) WHERE sent_at IS NULL AND failed_at IS NULL;
-- A few dozen rows at most: what is in flight.
CREATE INDEX outbox_leased ON outbox (lane) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_parked ON outbox (workspace) WHERE failed_at IS NOT NULL;

-- Which digests were made.
CREATE TABLE digests (
    team INTEGER NOT NULL REFERENCES teams (id),
    date TEXT NOT NULL,
    up_to INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (team, date)
) STRICT, WITHOUT ROWID;
