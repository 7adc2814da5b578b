DROP TRIGGER sync_raise_deal ON deals;
DROP TRIGGER sync_bury_deal ON deals;
DROP FUNCTION sync_raise_deal();
DROP FUNCTION sync_bury_deal();
DROP TABLE sync_graves;
