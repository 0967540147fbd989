-- What the same person or company is known by, normalised (ruling 15): e:<address>, p:<digits>, n:<name>|<company>,
-- c:<company>. A table of its own rather than columns: one index serves all keys, and a move never touches it, because
-- its rows change only with a record's contact.
CREATE TABLE contact_keys (
    workspace INTEGER NOT NULL,
    letter TEXT NOT NULL,
    key TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES records (id),
    PRIMARY KEY (workspace, letter, key, record)
) STRICT, WITHOUT ROWID;

-- Which record a merged one went into: its handle leads there.
CREATE TABLE merged (
    record INTEGER PRIMARY KEY NOT NULL REFERENCES records (id),
    into_record INTEGER NOT NULL REFERENCES records (id)
) STRICT;

-- What a version of the program has to compute for the rows of the ones before it, and whether it is done.
CREATE TABLE backfills (
    name TEXT PRIMARY KEY NOT NULL,
    done INTEGER NOT NULL CHECK (done IN (0, 1))
) STRICT, WITHOUT ROWID;

INSERT INTO backfills (name, done) VALUES ('contact_keys', 0);
