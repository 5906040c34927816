CREATE OR REPLACE FUNCTION flows.zone_problem(zone text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog SET timezone = 'UTC' AS $$
DECLARE
    uneven interval;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = zone) THEN
        RETURN format('time zone "%s" is not known', zone);
    ELSIF zone NOT IN ('UTC', 'GMT') AND EXISTS (SELECT FROM pg_timezone_abbrevs WHERE abbrev = zone) THEN
        RETURN format('time zone "%s" is also short for one offset all year: name a place, such as Europe/London', zone);
    END IF;
    SELECT (at AT TIME ZONE zone) - (at AT TIME ZONE 'UTC') INTO uneven
      FROM generate_series(timestamptz '2020-01-01 00:00Z', now() + interval '10 years', interval '1 day') AS at
     WHERE extract(epoch FROM (at AT TIME ZONE zone) - (at AT TIME ZONE 'UTC')) % 1800 <> 0
     LIMIT 1;
    IF FOUND THEN
        RETURN format('time zone "%s" is %s from UTC: its midnights cut half hours, which begin on those of UTC', zone, uneven);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION flows.zone_problem(text) IS 'Why no community can have a time zone: it is unknown, ambiguous, or its days are not made of half hours; null where it can';
SELECT flows.allow_execute('flows.zone_problem(text)', '{}');
