-- When a deal was last edited. The CRM does not move deals.updated_at, and that column has whole seconds: a trigger notes
-- the time in a table of ours, and moves updated_at as well.

CREATE TABLE sync_deal_edits (
    deal      INTEGER PRIMARY KEY,
    edited_at TEXT NOT NULL
) STRICT;

-- Off: the triggers do nothing, and no edit time is known.
INSERT INTO sync_settings (name, value) VALUES ('edit_times', 'on');

CREATE TRIGGER sync_deal_added AFTER INSERT ON deals
WHEN EXISTS (SELECT 1 FROM sync_settings WHERE name = 'edit_times' AND value = 'on')
BEGIN
    INSERT INTO sync_deal_edits (deal, edited_at) VALUES (NEW.id, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
    ON CONFLICT (deal) DO UPDATE SET edited_at = excluded.edited_at;
END;

-- Of these columns only: our own update of updated_at does not fire it again, even with recursive triggers.
CREATE TRIGGER sync_deal_updated
AFTER UPDATE OF client, statut, montant_brut, secteur, date_echeance, assignee, notes ON deals
WHEN EXISTS (SELECT 1 FROM sync_settings WHERE name = 'edit_times' AND value = 'on')
AND (
    OLD.client IS NOT NEW.client
    OR OLD.statut IS NOT NEW.statut
    OR OLD.montant_brut IS NOT NEW.montant_brut
    OR OLD.secteur IS NOT NEW.secteur
    OR OLD.date_echeance IS NOT NEW.date_echeance
    OR OLD.assignee IS NOT NEW.assignee
    OR OLD.notes IS NOT NEW.notes
)
BEGIN
    UPDATE deals SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
    INSERT INTO sync_deal_edits (deal, edited_at) VALUES (NEW.id, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
    ON CONFLICT (deal) DO UPDATE SET edited_at = excluded.edited_at;
    -- A value that is edited no longer comes from where a sync brought it from.
    DELETE FROM sync_origins WHERE deal = NEW.id AND CASE unit
        WHEN 'client' THEN OLD.client IS NOT NEW.client
        WHEN 'statut' THEN OLD.statut IS NOT NEW.statut
        WHEN 'montant_brut' THEN OLD.montant_brut IS NOT NEW.montant_brut
        WHEN 'secteur' THEN OLD.secteur IS NOT NEW.secteur
        WHEN 'date_echeance' THEN OLD.date_echeance IS NOT NEW.date_echeance
        WHEN 'assignee' THEN OLD.assignee IS NOT NEW.assignee
        WHEN 'notes' THEN OLD.notes IS NOT NEW.notes
    END;
END;

CREATE TRIGGER sync_deal_removed AFTER DELETE ON deals
BEGIN
    DELETE FROM sync_deal_edits WHERE deal = OLD.id;
END;
