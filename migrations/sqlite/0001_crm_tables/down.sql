-- The CRM's tables are not ours to drop, whoever made them.
SELECT 1;
