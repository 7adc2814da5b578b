DROP TRIGGER sync_deal_added ON deals;
DROP TRIGGER sync_deal_updated ON deals;
DROP TRIGGER sync_touch_deal ON deals;
DROP FUNCTION sync_note_edit();
DROP FUNCTION sync_touch_deal();
DELETE FROM sync_settings WHERE name = 'edit_times';
DROP TABLE sync_deal_edits;
