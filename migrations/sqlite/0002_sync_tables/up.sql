-- What is remembered between runs. No foreign key leads to the CRM's tables: the CRM may do with them what it likes.
-- Times are UTC as YYYY-MM-DDTHH:MM:SS.ffffffZ, so that their order as text is their order in time; the rest that
-- SQLite has no type for is JSON.

-- How one remote container is connected.
CREATE TABLE sync_connections (
    id         TEXT NOT NULL PRIMARY KEY,
    provider   TEXT NOT NULL,
    settings   TEXT NOT NULL,
    -- Grows with each change of the settings.
    version    INTEGER NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

-- Who may write for a connection. The row stays when nobody may, so that fences only grow.
CREATE TABLE sync_leases (
    connection TEXT NOT NULL PRIMARY KEY,
    run        TEXT,
    fence      INTEGER NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

-- Which deal and record are the same thing, and what both sides last agreed on, by unit.
CREATE TABLE sync_links (
    connection TEXT NOT NULL,
    remote     TEXT NOT NULL,
    deal       INTEGER NOT NULL,
    status     TEXT NOT NULL,
    crm        TEXT NOT NULL,
    theirs     TEXT NOT NULL,
    seen_at    TEXT,
    PRIMARY KEY (connection, remote)
) STRICT;
CREATE UNIQUE INDEX sync_links_live_deal ON sync_links (connection, deal) WHERE status = 'live';

-- Creations in the remote that were begun and not yet seen to end.
CREATE TABLE sync_intents (
    connection TEXT NOT NULL,
    deal       INTEGER NOT NULL,
    run        TEXT NOT NULL,
    payload    TEXT NOT NULL,
    sent_at    TEXT,
    PRIMARY KEY (connection, deal)
) STRICT;

-- When and where a value of the CRM was really written, though a sync brought it.
CREATE TABLE sync_origins (
    deal      INTEGER NOT NULL,
    unit      TEXT NOT NULL,
    value     TEXT NOT NULL,
    edited_lo TEXT NOT NULL,
    edited_hi TEXT NOT NULL,
    remote    TEXT NOT NULL,
    PRIMARY KEY (deal, unit)
) STRICT;

-- What the last run of a connection left for the next one.
CREATE TABLE sync_baselines (
    connection  TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    seen_at     TEXT NOT NULL,
    unsettled   TEXT NOT NULL
) STRICT;

CREATE TABLE sync_runs (
    id          TEXT NOT NULL PRIMARY KEY,
    connection  TEXT NOT NULL,
    mode        TEXT NOT NULL,
    asked_by    TEXT NOT NULL,
    plan        TEXT,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    status      TEXT NOT NULL,
    counts      TEXT NOT NULL,
    usage       TEXT NOT NULL,
    message     TEXT,
    overrides   TEXT NOT NULL
) STRICT;
CREATE INDEX sync_runs_connection ON sync_runs (connection, id);

-- The log of what was done and tried: only added to, the source of undo and of "why did this change".
CREATE TABLE sync_operations (
    id         INTEGER PRIMARY KEY,
    connection TEXT NOT NULL,
    run        TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    action     TEXT NOT NULL,
    deal       INTEGER,
    remote     TEXT,
    label      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    changes    TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    message    TEXT,
    at         TEXT NOT NULL
) STRICT;
CREATE INDEX sync_operations_run ON sync_operations (run, id);
CREATE INDEX sync_operations_deal ON sync_operations (deal, id);

-- The ledger: units that both sides changed, with the value that lost.
CREATE TABLE sync_conflicts (
    connection TEXT NOT NULL,
    id         TEXT NOT NULL,
    deal       INTEGER NOT NULL,
    remote     TEXT NOT NULL,
    unit       TEXT NOT NULL,
    -- open: waits for a person; decided: somebody won; closed: went away by itself; superseded: by another one.
    state      TEXT NOT NULL,
    conflict   TEXT NOT NULL,
    run        TEXT NOT NULL,
    noted_at   TEXT NOT NULL,
    PRIMARY KEY (connection, id)
) STRICT;
CREATE INDEX sync_conflicts_deal ON sync_conflicts (deal);

-- Plans kept for a later approval.
CREATE TABLE sync_plans (
    id         TEXT NOT NULL PRIMARY KEY,
    connection TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    plan       TEXT NOT NULL,
    applied_by TEXT
) STRICT;

CREATE TABLE sync_settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
