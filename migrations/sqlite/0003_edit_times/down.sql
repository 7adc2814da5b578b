DROP TRIGGER sync_deal_removed;
DROP TRIGGER sync_deal_updated;
DROP TRIGGER sync_deal_added;
DELETE FROM sync_settings WHERE name = 'edit_times';
DROP TABLE sync_deal_edits;
