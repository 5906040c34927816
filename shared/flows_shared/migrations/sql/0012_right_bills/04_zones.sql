-- The local day of an instant, and the instant at which a local day begins. flows_shared/time.py has the same two; every
-- conversion in this direction asks here, as AT TIME ZONE alone takes the second of two midnights.
CREATE FUNCTION flows.local_date(at timestamptz, zone text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at AT TIME ZONE zone)::date;
COMMENT ON FUNCTION flows.local_date IS 'The local day that holds an instant';

-- Where midnight comes twice, the first is a day after the midnight before; where it is skipped, AT TIME ZONE gives the
-- jump. One expression, so that it is inlined.
CREATE FUNCTION flows.local_midnight(day date, zone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN ((day - 1)::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC' + interval '1 day') AT TIME ZONE 'UTC' AT TIME ZONE zone
         = day::timestamp
    THEN ((day - 1)::timestamp AT TIME ZONE zone AT TIME ZONE 'UTC' + interval '1 day') AT TIME ZONE 'UTC'
    ELSE day::timestamp AT TIME ZONE zone
END;
COMMENT ON FUNCTION flows.local_midnight IS 'The first instant of a local day: the earlier midnight where there are two, the jump where there is none';

CREATE FUNCTION flows.zone_problem(zone text) RETURNS text
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
COMMENT ON FUNCTION flows.zone_problem IS 'Why no community can have a time zone: it is unknown, ambiguous, or its days are not made of half hours; null where it can';

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
COMMENT ON FUNCTION flows.extend_calendar IS 'Fill the calendar of a time zone for [first_day, last_day]; what is there is kept where it is right';

CREATE OR REPLACE FUNCTION flows.sum_register_days(touched flows.register_interval_daily[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    -- Two writers of one day sum it one after the other, so that the second sees what the first has written.
    SELECT FROM flows.meter_registers
     WHERE register_id = ANY(ARRAY(SELECT register_id FROM unnest(touched)))
     ORDER BY register_id FOR NO KEY UPDATE;

    DELETE FROM flows.register_interval_daily AS daily
     USING unnest(touched) AS t
     WHERE daily.register_id = t.register_id AND daily.day = t.day;

    INSERT INTO flows.register_interval_daily (register_id, day, kwh, intervals)
    SELECT t.register_id, t.day, sum(hh.kwh), count(*)
      FROM unnest(touched) AS t
      JOIN flows.meter_registers AS register ON register.register_id = t.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
      JOIN flows.register_interval_hh AS hh ON hh.register_id = t.register_id
       AND hh.timestamp >= flows.local_midnight(t.day, esco.time_zone)
       AND hh.timestamp < flows.local_midnight(t.day + 1, esco.time_zone)
     GROUP BY t.register_id, t.day;
$$;

-- Another zone has other days: sums of the old ones would be billed as those of the new.
CREATE FUNCTION flows.sum_esco_days(esco_in uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    DELETE FROM flows.calendar_bands WHERE profile IN (SELECT id FROM public.rate_profiles WHERE esco = esco_in);

    WITH own AS MATERIALIZED (
        SELECT register.register_id, esco.time_zone
          FROM flows.escos AS esco
          JOIN flows.meter_registry AS meter ON meter.esco = esco.id
          JOIN flows.meter_registers AS register ON register.meter_id = meter.id
         WHERE esco.id = esco_in
    ), days AS (
        SELECT register_id, flows.local_date(timestamp, time_zone) AS day FROM own JOIN flows.register_interval_hh USING (register_id)
         UNION
        SELECT register_id, day FROM own JOIN flows.register_interval_daily USING (register_id)
    )
    SELECT flows.sum_register_days(array_agg(ROW(register_id, day, 0, 0)::flows.register_interval_daily))
      FROM days HAVING count(*) > 0;
$$;
COMMENT ON FUNCTION flows.sum_esco_days IS 'Sum all days of a community anew, and let its bands be put on the calendar again';

CREATE OR REPLACE FUNCTION flows.esco_calendar() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    problem text := flows.zone_problem(NEW.time_zone);
BEGIN
    IF problem IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = problem;
    END IF;
    IF NOT EXISTS (SELECT FROM flows.calendar_days WHERE time_zone = NEW.time_zone) THEN
        PERFORM flows.extend_calendar(NEW.time_zone, current_date - 1200, current_date + 400);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.time_zone IS DISTINCT FROM NEW.time_zone THEN
        PERFORM flows.sum_esco_days(NEW.id);
    END IF;
    RETURN NULL;
END
$$;

-- Whole days are told by their dates: a comparison of the day with two others, once a link.
CREATE OR REPLACE VIEW flows.circuit_interval_daily WITH (security_invoker) AS
WITH joined AS (
    SELECT circuit_register.circuit, circuit_register.register, circuit_register.start_time,
           coalesce(circuit_register.end_time, 'infinity') AS end_time, esco.time_zone
      FROM flows.circuit_register
      JOIN flows.meter_registers AS register ON register.register_id = circuit_register.register
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
), link AS (
    SELECT joined.*, flows.local_date(start_time, time_zone) AS first_day, flows.local_date(end_time, time_zone) AS last_day
      FROM joined
), edge AS (
    SELECT link.*, cut.day, flows.local_midnight(cut.day, time_zone) AS starts_at, flows.local_midnight(cut.day + 1, time_zone) AS ends_at
      FROM link, LATERAL (SELECT first_day AS day UNION SELECT last_day WHERE end_time < 'infinity') AS cut
)
SELECT circuit_id, day, sum(kwh) AS kwh
  FROM (SELECT link.circuit AS circuit_id, daily.day, daily.kwh
          FROM link
          JOIN flows.register_interval_daily AS daily ON daily.register_id = link.register
           AND daily.day >= first_day + (flows.local_midnight(first_day, time_zone) < start_time)::integer
           AND daily.day < last_day
         UNION ALL
        SELECT edge.circuit, edge.day, hh.kwh
          FROM edge
          JOIN flows.register_interval_hh AS hh ON hh.register_id = edge.register
           AND hh.timestamp >= greatest(edge.starts_at, edge.start_time)
           AND hh.timestamp < least(edge.ends_at, edge.end_time)
         WHERE edge.start_time > edge.starts_at OR edge.end_time < edge.ends_at
         UNION ALL
        SELECT link.circuit, flows.local_date(estimate.timestamp, link.time_zone), estimate.kwh
          FROM link
          JOIN flows.register_interval_estimates AS estimate ON estimate.register_id = link.register
           AND estimate.timestamp >= link.start_time AND estimate.timestamp < link.end_time) AS part
 GROUP BY circuit_id, day;

CREATE OR REPLACE FUNCTION flows.own_times() RETURNS flows.own_time[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(
        WITH RECURSIVE tenure AS (
            SELECT account.property, daterange(account.start_date, account.end_date, '[]') AS days
              FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
             WHERE role.customer = me AND (account.status <> 'closed' OR account.end_date IS NOT NULL)
             UNION
            SELECT property, '(,)' FROM flows.properties_owned_by(me) AS property
        ), home AS (
            SELECT property.id, property.supply_meter, property.solar_meter, tenure.days,
                   tstzrange(flows.local_midnight(lower(days), esco.time_zone),
                             flows.local_midnight(upper(days), esco.time_zone)) AS times
              FROM tenure
              JOIN public.properties AS property ON property.id = tenure.property
              JOIN flows.escos AS esco ON esco.id = property.esco
        ), meter AS (
            SELECT supply_meter AS id, days, times FROM home WHERE supply_meter IS NOT NULL
             UNION ALL
            SELECT solar_meter, days, times FROM home WHERE solar_meter IS NOT NULL
        ), register AS (
            SELECT register.register_id AS id, register.meter_id, register.start_time, meter.days, meter.times
              FROM meter JOIN flows.meter_registers AS register ON register.meter_id = meter.id AND register.replaced_by IS NULL
             UNION
            SELECT earlier.register_id, earlier.meter_id, earlier.start_time, register.days, register.times
              FROM register
              JOIN flows.meter_registers AS last ON last.replaced_by = register.meter_id AND last.end_time = register.start_time
              JOIN flows.meter_registers AS earlier ON earlier.replaced_by = register.meter_id AND earlier.meter_id = last.meter_id
        )
        SELECT ROW(id, days, times)::flows.own_time FROM home
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM meter
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM register
         UNION ALL
        SELECT ROW(link.circuit, register.days, register.times)::flows.own_time
          FROM register JOIN flows.circuit_register AS link ON link.register = register.id);
END
$$;

CREATE OR REPLACE VIEW public.corrections_due WITH (security_invoker) AS
WITH touched AS MATERIALIZED (
    SELECT line.invoice, line.register, line.period_start, min(changed.changed_at) AS noted_at
      FROM flows.register_days_changed AS changed
      JOIN public.invoice_lines AS line ON line.register = changed.register_id AND line.kind IN ('energy', 'shared_energy')
       AND changed.day >= line.period_start AND changed.day < line.period_end
      JOIN public.invoices AS invoice ON invoice.id = line.invoice AND invoice.status NOT IN ('draft', 'void')
     GROUP BY line.invoice, line.register, line.period_start
), billed AS (
    SELECT touched.invoice, touched.register, touched.period_start, line.period_end, touched.noted_at, line.band,
           coalesce(own.rate_profile, community.rate_profile) AS profile, min(line.position) AS position,
           sum(line.quantity) AS kwh, max(line.intervals) AS intervals
      FROM touched
      JOIN public.invoice_lines AS line ON line.invoice = touched.invoice AND line.register = touched.register
       AND line.period_start = touched.period_start AND line.kind IN ('energy', 'shared_energy')
      LEFT JOIN public.customer_tariffs AS own ON own.id = line.customer_tariff
      LEFT JOIN public.microgrid_tariffs AS community ON community.id = line.microgrid_tariff
     GROUP BY touched.invoice, touched.register, touched.period_start, line.period_end, touched.noted_at, line.band,
              own.rate_profile, community.rate_profile
)
SELECT invoice.esco, invoice.account, invoice.customer, invoice.id AS invoice, invoice.number, 'readings' AS cause,
       billed.noted_at, billed.position AS line, billed.register, billed.band, billed.period_start, billed.period_end,
       billed.kwh AS billed_kwh, billed.intervals AS billed_intervals,
       known.kwh, known.intervals::integer AS intervals
  FROM billed
  JOIN public.invoices AS invoice ON invoice.id = billed.invoice
  JOIN flows.escos AS esco ON esco.id = invoice.esco
  JOIN flows.meter_registers AS register ON register.register_id = billed.register
  JOIN LATERAL (
       SELECT coalesce(sum(hh.kwh), 0) AS kwh, count(*) AS intervals
         FROM flows.register_intervals AS hh
        WHERE hh.register_id = billed.register
          AND hh.timestamp >= greatest(flows.local_midnight(billed.period_start, esco.time_zone),
                                       date_bin('30 minutes', register.start_time, '2000-01-01Z'))
          AND hh.timestamp < least(flows.local_midnight(billed.period_end, esco.time_zone),
                                   date_bin('30 minutes', register.end_time + interval '29 minutes 59.999999 seconds', '2000-01-01Z'))
          AND (billed.band IS NULL
               OR EXISTS (SELECT FROM flows.calendar_bands AS calendar
                           WHERE calendar.profile = billed.profile AND calendar.timestamp = hh.timestamp
                             AND calendar.band = billed.band))) AS known
    ON (known.kwh, known.intervals) <> (billed.kwh, billed.intervals)
 UNION ALL
SELECT invoice.esco, invoice.account, invoice.customer, invoice.id, invoice.number, stale.cause, stale.noted_at,
       NULL::smallint, NULL::uuid, NULL::text, invoice.period_start, invoice.period_end, NULL::numeric, NULL::integer,
       NULL::numeric, NULL::integer
  FROM public.stale_invoices AS stale
  JOIN public.invoices AS invoice ON invoice.id = stale.invoice
 WHERE invoice.status NOT IN ('draft', 'void');

GRANT EXECUTE ON FUNCTION flows.local_date, flows.local_midnight TO anon, customer, admin, service, reporting, flows_worker;
REVOKE EXECUTE ON FUNCTION flows.local_date, flows.local_midnight, flows.zone_problem, flows.sum_esco_days FROM PUBLIC;

-- What was kept by the second midnight. Communities in zones that are refused now stay, and are named to whoever upgrades.
DO $$
DECLARE
    held record;
BEGIN
    FOR held IN SELECT time_zone, array_agg(id) AS escos, string_agg(code, ', ') AS codes FROM flows.escos GROUP BY time_zone LOOP
        IF flows.zone_problem(held.time_zone) IS NOT NULL THEN
            RAISE WARNING '%: %', held.codes, flows.zone_problem(held.time_zone);
            CONTINUE;
        END IF;
        CONTINUE WHEN NOT EXISTS (SELECT FROM flows.calendar_days AS calendar
                                   WHERE calendar.time_zone = held.time_zone
                                     AND starts_at <> flows.local_midnight(day, held.time_zone));
        PERFORM flows.extend_calendar(held.time_zone, min(day), max(day)) FROM flows.calendar_days AS calendar
          WHERE calendar.time_zone = held.time_zone;
        PERFORM flows.sum_esco_days(esco) FROM unnest(held.escos) AS esco;
    END LOOP;
END
$$;
