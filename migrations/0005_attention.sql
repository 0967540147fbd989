-- X6: how much of each person's attention the day has taken, and what is held for them.
CREATE TABLE attention (
    workspace INTEGER NOT NULL,
    person INTEGER NOT NULL,
    body TEXT NOT NULL,              -- JSON: the local day, its interruptions, what is held
    next_at INTEGER,                 -- when what is held is looked at; null: nothing is
    PRIMARY KEY (workspace, person)
) STRICT, WITHOUT ROWID;

CREATE INDEX attention_next ON attention (next_at) WHERE next_at IS NOT NULL;
