-- The run that was cut off and whose work this one does to the end. Who asked stays who asked.
ALTER TABLE sync_runs ADD COLUMN continues text;
