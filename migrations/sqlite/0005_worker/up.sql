-- What the replicas of the server tell each other about their runs, and what is forgotten with age.

-- What a run was asked for, so that another replica can go on with it.
CREATE TABLE sync_jobs (
    run        TEXT NOT NULL PRIMARY KEY,
    connection TEXT NOT NULL,
    job        TEXT NOT NULL,
    -- Somebody asked for its end; the replica that runs it looks here.
    cancelled  INTEGER NOT NULL DEFAULT 0,
    -- A run that was cut off and that nobody has to go on with.
    settled    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sync_jobs_connection ON sync_jobs (connection);

-- The steps of a run, for whoever follows it from another replica or after its end.
CREATE TABLE sync_events (
    run     TEXT NOT NULL,
    number  INTEGER NOT NULL,
    -- The next one takes its place: how far the run is.
    passing INTEGER NOT NULL,
    event   TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (run, number)
) STRICT;

CREATE INDEX sync_runs_unfinished ON sync_runs (id) WHERE status IN ('running', 'interrupted');

-- When a link ended, so that it is remembered for long enough and not for ever.
ALTER TABLE sync_links ADD COLUMN ended_at TEXT;
UPDATE sync_links SET ended_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') WHERE status = 'tombstone';
CREATE INDEX sync_links_ended ON sync_links (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sync_plans_made ON sync_plans (made_at);
