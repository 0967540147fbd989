-- X2, ruling 7: where the queue of a channel stands, through which it hears of the records that newer rules, hours or limits
-- brought forward; under the first team whose alerts go there.
CREATE TABLE queues (
    workspace INTEGER NOT NULL,
    team INTEGER NOT NULL,
    turn INTEGER NOT NULL,           -- the turn that is being filled
    having_it INTEGER NOT NULL,      -- how many records have it
    since_begun INTEGER NOT NULL,    -- how many have had a turn since the queue began
    PRIMARY KEY (workspace, team)
) STRICT, WITHOUT ROWID;
