-- Time: local days of the communities' zones, and monthly partitions, both made ahead.
CREATE FUNCTION flows.extend_calendar(zone text, first_day date, last_day date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.calendar_days (time_zone, day, starts_at, ends_at, half_hours)
    SELECT zone, day, starts_at, ends_at, extract(epoch FROM ends_at - starts_at) / 1800
      FROM (SELECT day::date AS day,
                   day AT TIME ZONE zone AS starts_at,
                   (day + interval '1 day') AT TIME ZONE zone AS ends_at
              FROM generate_series(first_day::timestamp, last_day::timestamp, '1 day') AS day) AS local_day
        ON CONFLICT DO NOTHING;

    INSERT INTO flows.calendar_half_hours (time_zone, timestamp, day, local_time)
    SELECT zone, half_hour, calendar.day, (half_hour AT TIME ZONE zone)::time
      FROM flows.calendar_days AS calendar,
           generate_series(calendar.starts_at, calendar.ends_at - interval '30 minutes', '30 minutes') AS half_hour
     WHERE calendar.time_zone = zone AND calendar.day BETWEEN first_day AND last_day
        ON CONFLICT DO NOTHING;
$$;
COMMENT ON FUNCTION flows.extend_calendar IS 'Fill the calendar of a time zone for [first_day, last_day]; what is there stays';

CREATE FUNCTION flows.esco_calendar() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = NEW.time_zone) THEN
        RAISE check_violation USING MESSAGE = format('time zone "%s" is not known', NEW.time_zone);
    END IF;
    IF NOT EXISTS (SELECT FROM flows.calendar_days WHERE time_zone = NEW.time_zone) THEN
        PERFORM flows.extend_calendar(NEW.time_zone, current_date - 1200, current_date + 400);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER calendar AFTER INSERT OR UPDATE OF time_zone ON flows.escos
    FOR EACH ROW EXECUTE FUNCTION flows.esco_calendar();

-- Row level security forbids COPY to all but a table's owner, so meter-sync owns the partitions that it copies into.
CREATE FUNCTION flows.ensure_interval_partitions(first_day date, last_day date) RETURNS integer
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
COMMENT ON FUNCTION flows.ensure_interval_partitions IS 'Make the monthly partitions (UTC) that hold [first_day, last_day]; returns how many were made';

CREATE FUNCTION flows.prepare_time() RETURNS void
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
COMMENT ON FUNCTION flows.prepare_time IS 'Partitions three months and calendars a year ahead; a daily job calls it';
