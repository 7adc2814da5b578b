-- What a deleted deal held: the CRM deletes with its own statements, and a record that was edited in the meantime brings
-- the deal back with everything that people wrote into it. Cells are text, as the deals themselves are read.

CREATE TABLE sync_graves (
    deal            integer PRIMARY KEY,
    client          text,
    statut          text,
    montant_brut    text,
    secteur         text,
    date_echeance   text,
    assignee        text,
    notes           text,
    probabilite     text,
    valeur_ponderee text,
    edited_at       timestamptz,
    buried_at       timestamptz NOT NULL,
    -- The connection whose sync deleted it.
    connection      text
);

CREATE FUNCTION sync_bury_deal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM sync_graves WHERE deal = OLD.id;
    INSERT INTO sync_graves (
        deal, client, statut, montant_brut, secteur, date_echeance, assignee, notes, probabilite, valeur_ponderee,
        edited_at, buried_at
    ) VALUES (
        OLD.id,
        OLD.client::text,
        OLD.statut::text,
        OLD.montant_brut::text,
        OLD.secteur::text,
        OLD.date_echeance::text,
        OLD.assignee::text,
        OLD.notes::text,
        OLD.probabilite::text,
        OLD.valeur_ponderee::text,
        (SELECT edited_at FROM sync_deal_edits WHERE deal = OLD.id),
        clock_timestamp()
    );
    RETURN NULL;
END
$$;

CREATE FUNCTION sync_raise_deal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM sync_graves WHERE deal = NEW.id;
    RETURN NULL;
END
$$;

-- By its name it comes before sync_deal_added, which forgets the deal's edit time.
CREATE TRIGGER sync_bury_deal AFTER DELETE ON deals
FOR EACH ROW EXECUTE FUNCTION sync_bury_deal();

-- A deal that is there has no grave.
CREATE TRIGGER sync_raise_deal AFTER INSERT ON deals
FOR EACH ROW EXECUTE FUNCTION sync_raise_deal();
