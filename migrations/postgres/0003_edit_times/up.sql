-- When a deal was last edited. The CRM does not move deals.updated_at, and that column has no time zone: a trigger notes
-- the time in a table of ours, and moves updated_at as well.

CREATE TABLE sync_deal_edits (
    deal      integer PRIMARY KEY,
    edited_at timestamptz NOT NULL
);

-- Off: the triggers do nothing, and no edit time is known.
INSERT INTO sync_settings (name, value) VALUES ('edit_times', 'on');

-- With their owner's rights and search path: the CRM's user need not have any on our tables.
CREATE FUNCTION sync_touch_deal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sync_settings WHERE name = 'edit_times' AND value = 'on') THEN
        -- In the zone of the CRM's own session, like the column's default.
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION sync_note_edit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM sync_deal_edits WHERE deal = OLD.id;
    ELSIF EXISTS (SELECT 1 FROM sync_settings WHERE name = 'edit_times' AND value = 'on') THEN
        INSERT INTO sync_deal_edits (deal, edited_at) VALUES (NEW.id, clock_timestamp())
        ON CONFLICT (deal) DO UPDATE SET edited_at = excluded.edited_at;
        -- A value that is edited no longer comes from where a sync brought it from.
        IF TG_OP = 'UPDATE' THEN
            DELETE FROM sync_origins WHERE deal = NEW.id AND CASE unit
                WHEN 'client' THEN OLD.client IS DISTINCT FROM NEW.client
                WHEN 'statut' THEN OLD.statut IS DISTINCT FROM NEW.statut
                WHEN 'montant_brut' THEN OLD.montant_brut IS DISTINCT FROM NEW.montant_brut
                WHEN 'secteur' THEN OLD.secteur IS DISTINCT FROM NEW.secteur
                WHEN 'date_echeance' THEN OLD.date_echeance IS DISTINCT FROM NEW.date_echeance
                WHEN 'assignee' THEN OLD.assignee IS DISTINCT FROM NEW.assignee
                WHEN 'notes' THEN OLD.notes IS DISTINCT FROM NEW.notes
            END;
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER sync_touch_deal BEFORE UPDATE ON deals
FOR EACH ROW WHEN (
    (OLD.client, OLD.statut, OLD.montant_brut, OLD.secteur, OLD.date_echeance, OLD.assignee, OLD.notes)
    IS DISTINCT FROM
    (NEW.client, NEW.statut, NEW.montant_brut, NEW.secteur, NEW.date_echeance, NEW.assignee, NEW.notes)
) EXECUTE FUNCTION sync_touch_deal();

CREATE TRIGGER sync_deal_updated AFTER UPDATE ON deals
FOR EACH ROW WHEN (
    (OLD.client, OLD.statut, OLD.montant_brut, OLD.secteur, OLD.date_echeance, OLD.assignee, OLD.notes)
    IS DISTINCT FROM
    (NEW.client, NEW.statut, NEW.montant_brut, NEW.secteur, NEW.date_echeance, NEW.assignee, NEW.notes)
) EXECUTE FUNCTION sync_note_edit();

CREATE TRIGGER sync_deal_added AFTER INSERT OR DELETE ON deals
FOR EACH ROW EXECUTE FUNCTION sync_note_edit();
