-- Other writers than meter-sync write the parent table, and are followed there.
CREATE OR REPLACE FUNCTION flows.follow_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.supersede_missing(array_agg(DISTINCT register_id), min(timestamp), max(timestamp) + interval '1 microsecond')
       FROM changed HAVING count(*) > 0;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.follow_readings()', '{}');
