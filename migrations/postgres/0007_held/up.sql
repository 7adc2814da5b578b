-- What a person took back and waits, which field each unit had, and what is refused run after run.

-- By unit: what the other side still holds of a change that was taken back.
ALTER TABLE sync_links ADD COLUMN held jsonb;

-- The field that each mapped unit had when the last run ended.
ALTER TABLE sync_baselines ADD COLUMN fields jsonb;

CREATE TABLE sync_troubles (
    connection text NOT NULL,
    attempt    text NOT NULL,
    deal       integer,
    remote     text,
    times      bigint NOT NULL,
    message    text NOT NULL,
    PRIMARY KEY (connection, attempt)
);
