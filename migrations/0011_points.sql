-- The ledger of points (A3, A7): given (above 0) and taken back (below 0), for a person and for a company. Nothing is
-- ever changed in it, but for a company's name that is erased; a sum is what its entries add up to.
CREATE TABLE points (
    id INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    record INTEGER NOT NULL,
    event INTEGER NOT NULL,
    at INTEGER NOT NULL,
    person INTEGER,
    company TEXT,
    company_key TEXT,
    delta INTEGER NOT NULL,
    status TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;
CREATE INDEX points_person ON points (workspace, person);
CREATE INDEX points_company ON points (workspace, company_key);
CREATE INDEX points_record ON points (record);
