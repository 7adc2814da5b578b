-- What a person took back and waits, which field each unit had, and what is refused run after run.

-- By unit: what the other side still holds of a change that was taken back.
ALTER TABLE sync_links ADD COLUMN held TEXT;

-- The field that each mapped unit had when the last run ended.
ALTER TABLE sync_baselines ADD COLUMN fields TEXT;

CREATE TABLE sync_troubles (
    connection TEXT NOT NULL,
    attempt    TEXT NOT NULL,
    deal       INTEGER,
    remote     TEXT,
    times      INTEGER NOT NULL,
    message    TEXT NOT NULL,
    PRIMARY KEY (connection, attempt)
) STRICT;
