-- What a deleted deal held: the CRM deletes with its own statements, and a record that was edited in the meantime brings
-- the deal back with everything that people wrote into it. Cells are text, as the deals themselves are read.

CREATE TABLE sync_graves (
    deal            INTEGER PRIMARY KEY,
    client          TEXT,
    statut          TEXT,
    montant_brut    TEXT,
    secteur         TEXT,
    date_echeance   TEXT,
    assignee        TEXT,
    notes           TEXT,
    probabilite     TEXT,
    valeur_ponderee TEXT,
    edited_at       TEXT,
    buried_at       TEXT NOT NULL,
    -- The connection whose sync deleted it.
    connection      TEXT
) STRICT;

DROP TRIGGER sync_deal_removed;
CREATE TRIGGER sync_deal_removed AFTER DELETE ON deals
BEGIN
    INSERT OR REPLACE INTO sync_graves
    VALUES (
        OLD.id,
        CAST(OLD.client AS TEXT),
        CAST(OLD.statut AS TEXT),
        CAST(OLD.montant_brut AS TEXT),
        CAST(OLD.secteur AS TEXT),
        CAST(OLD.date_echeance AS TEXT),
        CAST(OLD.assignee AS TEXT),
        CAST(OLD.notes AS TEXT),
        CAST(OLD.probabilite AS TEXT),
        CAST(OLD.valeur_ponderee AS TEXT),
        (SELECT edited_at FROM sync_deal_edits WHERE deal = OLD.id),
        strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'),
        NULL
    );
    DELETE FROM sync_deal_edits WHERE deal = OLD.id;
END;

-- A deal that is there has no grave.
CREATE TRIGGER sync_raise_deal AFTER INSERT ON deals
BEGIN
    DELETE FROM sync_graves WHERE deal = NEW.id;
END;
