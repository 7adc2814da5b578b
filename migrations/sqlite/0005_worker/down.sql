DROP INDEX sync_plans_made;
DROP INDEX sync_links_ended;
ALTER TABLE sync_links DROP COLUMN ended_at;
DROP INDEX sync_runs_unfinished;
DROP TABLE sync_events;
DROP TABLE sync_jobs;
