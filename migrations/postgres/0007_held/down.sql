DROP TABLE sync_troubles;
ALTER TABLE sync_baselines DROP COLUMN fields;
ALTER TABLE sync_links DROP COLUMN held;
