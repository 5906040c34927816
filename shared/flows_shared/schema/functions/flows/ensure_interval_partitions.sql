-- Row level security forbids COPY to all but a table's owner, so meter-sync owns the partitions that it copies into.
CREATE OR REPLACE FUNCTION flows.ensure_interval_partitions(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    month timestamp;
    partition text;
    made integer := 0;
BEGIN
    FOR month IN SELECT generate_series(date_trunc('month', first_day::timestamp), last_day::timestamp, '1 month') LOOP
        partition := 'register_interval_hh_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('flows.' || partition) IS NOT NULL;
        PERFORM pg_advisory_xact_lock(hashtext('flows.ensure_interval_partitions'));
        -- By a query: to_regclass may remember from before the wait that there was none.
        CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'flows'::regnamespace);
        EXECUTE format('CREATE TABLE flows.%I PARTITION OF flows.register_interval_hh FOR VALUES FROM (%L) TO (%L)',
                       partition, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        EXECUTE format('ALTER TABLE flows.%I ENABLE ROW LEVEL SECURITY', partition);
        GRANT CREATE ON SCHEMA flows TO flows_meter_sync;
        EXECUTE format('ALTER TABLE flows.%I OWNER TO flows_meter_sync', partition);
        REVOKE CREATE ON SCHEMA flows FROM flows_meter_sync;
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION flows.ensure_interval_partitions(date,date) IS 'Make the monthly partitions (UTC) that hold [first_day, last_day]; returns how many were made';
SELECT flows.allow_execute('flows.ensure_interval_partitions(date,date)', '{flows_meter_sync}');
