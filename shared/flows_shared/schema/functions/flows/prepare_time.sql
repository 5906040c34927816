CREATE OR REPLACE FUNCTION flows.prepare_time() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    zone text;
BEGIN
    PERFORM flows.ensure_interval_partitions(current_date, current_date + 92);
    FOR zone IN SELECT DISTINCT time_zone FROM flows.escos LOOP
        PERFORM flows.extend_calendar(zone, current_date, current_date + 400);
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.prepare_time() IS 'Partitions three months and calendars a year ahead; a daily job calls it';
SELECT flows.allow_execute('flows.prepare_time()', '{flows_meter_sync}');
