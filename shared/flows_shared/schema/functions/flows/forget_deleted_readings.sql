CREATE OR REPLACE FUNCTION flows.forget_deleted_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    DELETE FROM flows.register_interval_sources AS source
     USING old_rows
     WHERE source.register_id = old_rows.register_id AND source.timestamp = old_rows.timestamp;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.forget_deleted_readings()', '{}');
