-- What people ask of the history: a run that takes another one back, what the last look at both sides found, and what
-- the remotes were asked.

-- What a run was for: agree, undo, choice; and the run that it takes back, or the conflict that it decides.
ALTER TABLE sync_runs ADD COLUMN purpose text NOT NULL DEFAULT 'agree';
ALTER TABLE sync_runs ADD COLUMN subject text;
CREATE INDEX sync_runs_undone ON sync_runs (subject) WHERE purpose = 'undo';

-- What was found at a connection the last time, by kind: a verification, questions for a person.
CREATE TABLE sync_looks (
    connection text NOT NULL,
    kind       text NOT NULL,
    looked_at  timestamptz NOT NULL,
    found      jsonb NOT NULL,
    PRIMARY KEY (connection, kind)
);

-- How many requests were sent to a remote, by month: 2026-11.
CREATE TABLE sync_calls (
    remote text NOT NULL,
    month  text NOT NULL,
    calls  bigint NOT NULL,
    PRIMARY KEY (remote, month)
);
