-- What the replicas of the server tell each other about their runs, and what is forgotten with age.

-- What a run was asked for, so that another replica can go on with it.
CREATE TABLE sync_jobs (
    run        text PRIMARY KEY,
    connection text NOT NULL,
    job        jsonb NOT NULL,
    -- Somebody asked for its end; the replica that runs it looks here.
    cancelled  boolean NOT NULL DEFAULT false,
    -- A run that was cut off and that nobody has to go on with.
    settled    boolean NOT NULL DEFAULT false
);
CREATE INDEX sync_jobs_connection ON sync_jobs (connection);

-- The steps of a run, for whoever follows it from another replica or after its end.
CREATE TABLE sync_events (
    run     text NOT NULL,
    number  bigint NOT NULL,
    -- The next one takes its place: how far the run is.
    passing boolean NOT NULL,
    event   jsonb NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (run, number)
);

CREATE INDEX sync_runs_unfinished ON sync_runs (id) WHERE status IN ('running', 'interrupted');

-- When a link ended, so that it is remembered for long enough and not for ever.
ALTER TABLE sync_links ADD COLUMN ended_at timestamptz;
UPDATE sync_links SET ended_at = now() WHERE status = 'tombstone';
CREATE INDEX sync_links_ended ON sync_links (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sync_plans_made ON sync_plans (made_at);
