-- The rules of each workspace. Seldom written; read once at the start.

-- Every version of a playbook that somebody may live under, as it was written. Workspace 0: those that came with the
-- program or from its folder, kept because records pin them beyond the release that brought them.
CREATE TABLE playbooks (
    row INTEGER PRIMARY KEY NOT NULL,
    workspace INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    file TEXT NOT NULL,              -- what the file was called
    text TEXT NOT NULL,              -- TOML
    person INTEGER,                  -- who brought it; null: the program did
    at INTEGER NOT NULL,
    UNIQUE (workspace, id, version)
) STRICT;

-- Where a workspace switched a playbook; none: a shipped one is on, and so is one of its own.
CREATE TABLE playbook_switches (
    workspace INTEGER NOT NULL,
    id TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- Whose records are being moved to a newer version; the row goes when the last of them was.
CREATE TABLE playbook_upgrades (
    workspace INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    person INTEGER,                  -- who asked for it; null: a release brought it
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
