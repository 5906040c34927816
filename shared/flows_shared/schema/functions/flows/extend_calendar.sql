-- Rules of zones change, and PostgreSQL learns them with an update: then days that are there already are put right.
CREATE OR REPLACE FUNCTION flows.extend_calendar(zone text, first_day date, last_day date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.calendar_days AS held
       SET starts_at = right_one.starts_at, ends_at = right_one.ends_at,
           half_hours = extract(epoch FROM right_one.ends_at - right_one.starts_at) / 1800
      FROM (SELECT day, flows.local_midnight(day, zone) AS starts_at, flows.local_midnight(day + 1, zone) AS ends_at
              FROM flows.calendar_days WHERE time_zone = zone AND day BETWEEN first_day AND last_day) AS right_one
     WHERE held.time_zone = zone AND held.day = right_one.day
       AND (held.starts_at, held.ends_at) <> (right_one.starts_at, right_one.ends_at);

    UPDATE flows.calendar_half_hours
       SET day = flows.local_date(timestamp, zone), local_time = (timestamp AT TIME ZONE zone)::time
     WHERE time_zone = zone AND timestamp >= flows.local_midnight(first_day, zone)
       AND timestamp < flows.local_midnight(last_day + 1, zone)
       AND (day, local_time) <> (flows.local_date(timestamp, zone), (timestamp AT TIME ZONE zone)::time);

    INSERT INTO flows.calendar_days (time_zone, day, starts_at, ends_at, half_hours)
    SELECT zone, day, starts_at, ends_at, extract(epoch FROM ends_at - starts_at) / 1800
      FROM (SELECT day::date AS day,
                   flows.local_midnight(day::date, zone) AS starts_at,
                   flows.local_midnight(day::date + 1, zone) AS ends_at
              FROM generate_series(first_day::timestamp, last_day::timestamp, '1 day') AS day) AS local_day
        ON CONFLICT DO NOTHING;

    INSERT INTO flows.calendar_half_hours (time_zone, timestamp, day, local_time)
    SELECT zone, half_hour, calendar.day, (half_hour AT TIME ZONE zone)::time
      FROM flows.calendar_days AS calendar,
           generate_series(calendar.starts_at, calendar.ends_at - interval '30 minutes', '30 minutes') AS half_hour
     WHERE calendar.time_zone = zone AND calendar.day BETWEEN first_day AND last_day
        ON CONFLICT DO NOTHING;
$$;
COMMENT ON FUNCTION flows.extend_calendar(text,date,date) IS 'Fill the calendar of a time zone for [first_day, last_day]; what is there is kept where it is right';
SELECT flows.allow_execute('flows.extend_calendar(text,date,date)', '{flows_meter_sync}');
