-- Who owns how much, for routing by capacity: read once, at the start, without looking at a record.
CREATE INDEX records_load ON records (workspace, owner) WHERE class = 'open';

-- Whom each route of each team picked last (round robin).
CREATE TABLE turns (
    team INTEGER NOT NULL,
    route TEXT NOT NULL,
    workspace INTEGER NOT NULL,
    person INTEGER NOT NULL,
    PRIMARY KEY (team, route)
) STRICT, WITHOUT ROWID;
