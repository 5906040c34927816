CREATE OR REPLACE VIEW flows.invoice_differences WITH (security_invoker) AS
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
COMMENT ON VIEW flows.invoice_differences IS 'Issued invoices that would be others today, and why: by line where readings changed, by invoice otherwise';
SELECT flows.allow_select('flows.invoice_differences', '{admin,service,reporting,flows_worker}');
