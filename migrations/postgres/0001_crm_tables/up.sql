-- The CRM's own tables, as the CRM makes them. A database that it made is adopted as it is, rows included.

CREATE TABLE IF NOT EXISTS deals (
    id              serial PRIMARY KEY,
    client          varchar(255) NOT NULL,
    statut          varchar(50) NOT NULL,
    montant_brut    numeric(12, 2) NOT NULL,
    probabilite     numeric(3, 2) NOT NULL,
    valeur_ponderee numeric(12, 2) NOT NULL,
    secteur         varchar(100),
    date_echeance   date,
    assignee        varchar(100),
    notes           text,
    created_at      timestamp DEFAULT now(),
    updated_at      timestamp DEFAULT now()
);

CREATE TABLE IF NOT EXISTS connector_configs (
    id            serial PRIMARY KEY,
    provider      varchar(50) NOT NULL UNIQUE,
    api_token     text,
    base_id       varchar(255),
    table_name    varchar(255),
    field_mapping text,
    is_active     boolean DEFAULT true,
    updated_at    timestamp DEFAULT now()
);

CREATE TABLE IF NOT EXISTS sync_logs (
    id                serial PRIMARY KEY,
    provider          varchar(50) NOT NULL,
    direction         varchar(20) NOT NULL,
    status            varchar(20) NOT NULL,
    records_processed integer DEFAULT 0,
    records_created   integer DEFAULT 0,
    records_updated   integer DEFAULT 0,
    error_message     text,
    started_at        timestamp DEFAULT now(),
    completed_at      timestamp
);
