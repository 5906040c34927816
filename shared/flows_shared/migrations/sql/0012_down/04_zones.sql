CREATE OR REPLACE FUNCTION flows.extend_calendar(zone text, first_day date, last_day date) RETURNS void
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
       AND hh.timestamp >= t.day::timestamp AT TIME ZONE esco.time_zone
       AND hh.timestamp < (t.day + 1)::timestamp AT TIME ZONE esco.time_zone
     GROUP BY t.register_id, t.day;
$$;

CREATE OR REPLACE FUNCTION flows.esco_calendar() RETURNS trigger
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

CREATE OR REPLACE VIEW flows.circuit_interval_daily WITH (security_invoker) AS
WITH link AS (
    SELECT circuit_register.circuit, circuit_register.register, circuit_register.start_time,
           coalesce(circuit_register.end_time, 'infinity') AS end_time, esco.time_zone
      FROM flows.circuit_register
      JOIN flows.meter_registers AS register ON register.register_id = circuit_register.register
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
), edge AS (
    SELECT link.*, cut.day,
           cut.day::timestamp AT TIME ZONE time_zone AS starts_at, (cut.day + 1)::timestamp AT TIME ZONE time_zone AS ends_at
      FROM link, LATERAL (SELECT (start_time AT TIME ZONE time_zone)::date AS day
                           UNION
                          SELECT (end_time AT TIME ZONE time_zone)::date WHERE end_time < 'infinity') AS cut
)
SELECT circuit_id, day, sum(kwh) AS kwh
  FROM (SELECT link.circuit AS circuit_id, daily.day, daily.kwh
          FROM link
          JOIN flows.register_interval_daily AS daily ON daily.register_id = link.register
           AND daily.day::timestamp AT TIME ZONE link.time_zone >= link.start_time
           AND (daily.day + 1)::timestamp AT TIME ZONE link.time_zone <= link.end_time
         UNION ALL
        SELECT edge.circuit, edge.day, hh.kwh
          FROM edge
          JOIN flows.register_interval_hh AS hh ON hh.register_id = edge.register
           AND hh.timestamp >= greatest(edge.starts_at, edge.start_time)
           AND hh.timestamp < least(edge.ends_at, edge.end_time)
         WHERE edge.start_time > edge.starts_at OR edge.end_time < edge.ends_at
         UNION ALL
        SELECT link.circuit, (estimate.timestamp AT TIME ZONE link.time_zone)::date, estimate.kwh
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
                   tstzrange(lower(days)::timestamp AT TIME ZONE esco.time_zone,
                             upper(days)::timestamp AT TIME ZONE esco.time_zone) AS times
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
          AND hh.timestamp >= greatest(billed.period_start::timestamp AT TIME ZONE esco.time_zone,
                                       date_bin('30 minutes', register.start_time, '2000-01-01Z'))
          AND hh.timestamp < least(billed.period_end::timestamp AT TIME ZONE esco.time_zone,
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

DROP FUNCTION flows.sum_esco_days, flows.zone_problem, flows.local_midnight, flows.local_date;
