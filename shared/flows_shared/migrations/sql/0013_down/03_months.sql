-- Runs of no month do not come back.
SELECT 1;
