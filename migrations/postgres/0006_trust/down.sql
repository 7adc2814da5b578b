DROP TABLE sync_calls;
DROP TABLE sync_looks;
DROP INDEX sync_runs_undone;
ALTER TABLE sync_runs DROP COLUMN subject;
ALTER TABLE sync_runs DROP COLUMN purpose;
