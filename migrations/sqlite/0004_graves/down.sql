DROP TRIGGER sync_raise_deal;
DROP TRIGGER sync_deal_removed;
CREATE TRIGGER sync_deal_removed AFTER DELETE ON deals
BEGIN
    DELETE FROM sync_deal_edits WHERE deal = OLD.id;
END;
DROP TABLE sync_graves;
