-- The CRM's own tables, as the CRM makes them. A database that it made is adopted as it is, rows included.

CREATE TABLE IF NOT EXISTS deals (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    client          TEXT NOT NULL,
    statut          TEXT NOT NULL,
    montant_brut    REAL NOT NULL,
    probabilite     REAL NOT NULL,
    valeur_ponderee REAL NOT NULL,
    secteur         TEXT,
    date_echeance   TEXT,
    assignee        TEXT,
    notes           TEXT,
    created_at      TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at      TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS connector_configs (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    provider      TEXT NOT NULL UNIQUE,
    api_token     TEXT,
    base_id       TEXT,
    table_name    TEXT,
    field_mapping TEXT,
    is_active     INTEGER DEFAULT 1,
    updated_at    TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS sync_logs (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    provider          TEXT NOT NULL,
    direction         TEXT NOT NULL,
    status            TEXT NOT NULL,
    records_processed INTEGER DEFAULT 0,
    records_created   INTEGER DEFAULT 0,
    records_updated   INTEGER DEFAULT 0,
    error_message     TEXT,
    started_at        TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    completed_at      TIMESTAMP
);
