-- Half hours begin on the clock: then their number says whether all are there. A time between them fills the count of
-- one that is missing, so every table of half hours refuses it.
CREATE FUNCTION flows.refuse_off_the_clock(at timestamptz) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RAISE check_violation USING
        MESSAGE = format('no half hour begins at %sZ', to_json(at AT TIME ZONE 'UTC') #>> '{}'),
        HINT = 'Half hours begin at minute 0 and 30 of UTC.',
        CONSTRAINT = 'timestamp_is_a_half_hour';
END
$$;
COMMENT ON FUNCTION flows.refuse_off_the_clock IS 'The last part of the tables'' checks: reached by a time that is no start of a half hour, which it names';
REVOKE EXECUTE ON FUNCTION flows.refuse_off_the_clock FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.refuse_off_the_clock TO customer, admin, service, reporting, flows_worker;

-- Of older rows nobody knows which half hour they are: they go, and the audit log keeps each as it was. Its day is summed
-- anew by the table's triggers, and bills that counted it are due for correction.
DO $$
DECLARE
    holding text;
    clock constant text := 'isfinite(timestamp) AND date_bin(''30 minutes'', timestamp, ''2000-01-01Z'') = timestamp';
BEGIN
    FOREACH holding IN ARRAY ARRAY['register_interval_hh', 'register_interval_estimates'] LOOP
        EXECUTE format('INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before)
                        SELECT flows.actor(), session_user, ''delete'', %L,
                               format(''%%s,%%s'', register_id, to_jsonb(timestamp) #>> ''{}''), to_jsonb(held)
                          FROM flows.%I AS held WHERE NOT (%s)', 'flows.' || holding, holding, clock);
    END LOOP;
    FOREACH holding IN ARRAY ARRAY['flows.register_interval_hh', 'flows.register_interval_estimates',
                                   'flows.register_interval_missing_reasons', 'flows.register_interval_sources',
                                   'flows.register_interval_flags', 'public.sharing_half_hours'] LOOP
        EXECUTE format('DELETE FROM %s WHERE NOT (%s)', holding, clock);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT timestamp_is_a_half_hour CHECK (%s OR flows.refuse_off_the_clock(timestamp))',
                       holding, clock);
    END LOOP;
END
$$;
