-- What is remembered between runs. No foreign key leads to the CRM's tables: the CRM may do with them what it likes.

-- How one remote container is connected.
CREATE TABLE sync_connections (
    id         text PRIMARY KEY,
    provider   text NOT NULL,
    settings   jsonb NOT NULL,
    -- Grows with each change of the settings.
    version    bigint NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Who may write for a connection. The row stays when nobody may, so that fences only grow.
CREATE TABLE sync_leases (
    connection text PRIMARY KEY,
    run        text,
    fence      bigint NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Which deal and record are the same thing, and what both sides last agreed on, by unit.
CREATE TABLE sync_links (
    connection text NOT NULL,
    remote     text NOT NULL,
    deal       integer NOT NULL,
    status     text NOT NULL,
    crm        jsonb NOT NULL,
    theirs     jsonb NOT NULL,
    seen_at    timestamptz,
    PRIMARY KEY (connection, remote)
);
CREATE UNIQUE INDEX sync_links_live_deal ON sync_links (connection, deal) WHERE status = 'live';

-- Creations in the remote that were begun and not yet seen to end.
CREATE TABLE sync_intents (
    connection text NOT NULL,
    deal       integer NOT NULL,
    run        text NOT NULL,
    payload    jsonb NOT NULL,
    sent_at    timestamptz,
    PRIMARY KEY (connection, deal)
);

-- When and where a value of the CRM was really written, though a sync brought it.
CREATE TABLE sync_origins (
    deal      integer NOT NULL,
    unit      text NOT NULL,
    value     jsonb NOT NULL,
    edited_lo timestamptz NOT NULL,
    edited_hi timestamptz NOT NULL,
    remote    text NOT NULL,
    PRIMARY KEY (deal, unit)
);

-- What the last run of a connection left for the next one.
CREATE TABLE sync_baselines (
    connection  text PRIMARY KEY,
    fingerprint text NOT NULL,
    seen_at     timestamptz NOT NULL,
    unsettled   jsonb NOT NULL
);

CREATE TABLE sync_runs (
    id          text PRIMARY KEY,
    connection  text NOT NULL,
    mode        text NOT NULL,
    asked_by    text NOT NULL,
    plan        text,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    status      text NOT NULL,
    counts      jsonb NOT NULL,
    usage       jsonb NOT NULL,
    message     text,
    overrides   jsonb NOT NULL
);
CREATE INDEX sync_runs_connection ON sync_runs (connection, id);

-- The log of what was done and tried: only added to, the source of undo and of "why did this change".
CREATE TABLE sync_operations (
    id         bigserial PRIMARY KEY,
    connection text NOT NULL,
    run        text NOT NULL,
    seq        bigint NOT NULL,
    action     text NOT NULL,
    deal       integer,
    remote     text,
    label      text NOT NULL,
    reason     jsonb NOT NULL,
    changes    jsonb NOT NULL,
    outcome    text NOT NULL,
    message    text,
    at         timestamptz NOT NULL
);
CREATE INDEX sync_operations_run ON sync_operations (run, id);
CREATE INDEX sync_operations_deal ON sync_operations (deal, id);

-- The ledger: units that both sides changed, with the value that lost.
CREATE TABLE sync_conflicts (
    connection text NOT NULL,
    id         text NOT NULL,
    deal       integer NOT NULL,
    remote     text NOT NULL,
    unit       text NOT NULL,
    -- open: waits for a person; decided: somebody won; closed: went away by itself; superseded: by another one.
    state      text NOT NULL,
    conflict   jsonb NOT NULL,
    run        text NOT NULL,
    noted_at   timestamptz NOT NULL,
    PRIMARY KEY (connection, id)
);
CREATE INDEX sync_conflicts_deal ON sync_conflicts (deal);

-- Plans kept for a later approval.
CREATE TABLE sync_plans (
    id         text PRIMARY KEY,
    connection text NOT NULL,
    made_at    timestamptz NOT NULL,
    plan       jsonb NOT NULL,
    applied_by text
);

CREATE TABLE sync_settings (
    name  text PRIMARY KEY,
    value text NOT NULL
);
