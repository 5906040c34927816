-- Half hours that cannot be, from before there was a check: a negative one hides in the sum of its month, so no bill would
-- fail on it. They are no readings: they go, and the audit log keeps each as it was, as of those off the clock.
DO $$
DECLARE
    holding text;
BEGIN
    FOREACH holding IN ARRAY ARRAY['register_interval_hh', 'register_interval_estimates'] LOOP
        EXECUTE format('INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before)
                        SELECT flows.actor(), session_user, ''delete'', %L,
                               format(''%%s,%%s'', register_id, to_jsonb(timestamp) #>> ''{}''), to_jsonb(held)
                          FROM flows.%I AS held WHERE NOT kwh BETWEEN 0 AND 10000', 'flows.' || holding, holding);
        EXECUTE format('DELETE FROM flows.%I WHERE NOT kwh BETWEEN 0 AND 10000', holding);
    END LOOP;
END
$$;
