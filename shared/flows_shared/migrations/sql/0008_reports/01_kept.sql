-- What the reports are read from. Materialised views know no policies, so they are kept in a schema that nobody may use;
-- 02_views.sql shows them.
CREATE SCHEMA reports;
COMMENT ON SCHEMA reports IS 'Kept results of reports; read them through the views public.report_*';

-- Days come from the roll-ups. What was counted out has none: there it is the advance between the last readings of two
-- days, and only registers that ever counted out are asked.
CREATE MATERIALIZED VIEW reports.energy AS
WITH place AS (
    SELECT register.register_id, register.nature, esco.id AS esco, esco.code AS esco_code, esco.time_zone
      FROM flows.meter_registers AS register
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
), measured AS (
    SELECT esco, day, nature, sum(kwh) AS kwh, 0 AS estimated_kwh, 0 AS exported_kwh
      FROM flows.register_interval_daily AS daily JOIN place USING (register_id)
     GROUP BY esco, day, nature
), estimated AS (
    SELECT esco, (timestamp AT TIME ZONE time_zone)::date AS day, nature, sum(kwh) AS kwh, sum(kwh) AS estimated_kwh, 0
      FROM flows.register_interval_estimates JOIN place USING (register_id)
     GROUP BY 1, 2, 3
), exporting AS (
    SELECT place.*, first.timestamp AS first_at, first.read AS first_read, last.timestamp AS last_at
      FROM place
      JOIN LATERAL (SELECT timestamp, read FROM flows.register_export AS history
                     WHERE history.register_id = place.register_id ORDER BY timestamp DESC LIMIT 1) AS last ON last.read > 0
      JOIN LATERAL (SELECT timestamp, read FROM flows.register_export AS history
                     WHERE history.register_id = place.register_id ORDER BY timestamp LIMIT 1) AS first ON true
), advanced AS (
    SELECT exporting.esco, calendar.day, exporting.nature,
           closing.read - lag(closing.read, 1, first_read) OVER (PARTITION BY register_id ORDER BY calendar.day) AS kwh
      FROM exporting
      JOIN flows.calendar_days AS calendar ON calendar.time_zone = exporting.time_zone
       AND calendar.ends_at > first_at AND calendar.starts_at <= last_at
      JOIN LATERAL (SELECT read FROM flows.register_export AS history
                     WHERE history.register_id = exporting.register_id AND history.timestamp <= calendar.ends_at
                     ORDER BY timestamp DESC LIMIT 1) AS closing ON true
), exported AS (
    SELECT esco, day, nature, 0, 0, sum(greatest(kwh, 0)) FROM advanced GROUP BY esco, day, nature
)
SELECT esco.code AS esco_code, esco.id AS esco, day, nature, sum(kwh) AS kwh, sum(estimated_kwh) AS estimated_kwh,
       sum(exported_kwh) AS exported_kwh
  FROM (SELECT * FROM measured UNION ALL SELECT * FROM estimated UNION ALL SELECT * FROM exported) AS part
  JOIN flows.escos AS esco ON esco.id = part.esco
 GROUP BY esco.id, day, nature;
CREATE UNIQUE INDEX ON reports.energy (esco, day, nature);

CREATE MATERIALIZED VIEW reports.completeness AS
WITH day AS (
    SELECT register.register_id, meter.esco, calendar.day,
           (ceil(extract(epoch FROM least(calendar.ends_at, register.end_time)) / 1800)
            - ceil(extract(epoch FROM greatest(calendar.starts_at, register.start_time)) / 1800))::integer AS expected
      FROM flows.meter_registers AS register
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id AND meter.installation_status = 'enabled'
      JOIN flows.escos AS esco ON esco.id = meter.esco
      JOIN flows.calendar_days AS calendar ON calendar.time_zone = esco.time_zone
       AND calendar.ends_at > register.start_time
       AND calendar.starts_at < coalesce(register.end_time, 'infinity')
       AND calendar.ends_at <= now() AND calendar.ends_at > now() - interval '400 days'
), estimated AS (
    SELECT estimate.register_id, (estimate.timestamp AT TIME ZONE esco.time_zone)::date AS day, count(*) AS intervals
      FROM flows.register_interval_estimates AS estimate
      JOIN flows.meter_registers AS register ON register.register_id = estimate.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
     GROUP BY 1, 2
)
SELECT esco.code AS esco_code, esco.id AS esco, day, sum(expected) AS expected, sum(coalesce(daily.intervals, 0)) AS held,
       sum(coalesce(estimated.intervals, 0)) AS estimated,
       sum(greatest(expected - coalesce(daily.intervals, 0) - coalesce(estimated.intervals, 0), 0)) AS missing
  FROM day
  JOIN flows.escos AS esco ON esco.id = day.esco
  LEFT JOIN flows.register_interval_daily AS daily USING (register_id, day)
  LEFT JOIN estimated USING (register_id, day)
 GROUP BY esco.id, day;
CREATE UNIQUE INDEX ON reports.completeness (esco, day);

CREATE MATERIALIZED VIEW reports.solar_yield AS
WITH generated AS (
    SELECT register_id, day, kwh FROM flows.register_interval_daily
     UNION ALL
    SELECT estimate.register_id, (estimate.timestamp AT TIME ZONE esco.time_zone)::date, estimate.kwh
      FROM flows.register_interval_estimates AS estimate
      JOIN flows.meter_registers AS register ON register.register_id = estimate.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
)
SELECT esco.code AS esco_code, esco.id AS esco, day, property.id AS property, property.plot,
       installation.declared_net_capacity AS capacity_kw, sum(generated.kwh) AS kwh,
       round(sum(generated.kwh) / installation.declared_net_capacity, 3) AS kwh_per_kw
  FROM public.solar_installation AS installation
  JOIN public.properties AS property ON property.id = installation.property
  JOIN flows.escos AS esco ON esco.id = property.esco
  JOIN flows.meter_registers AS register ON register.meter_id = property.solar_meter AND register.nature = 'solar'
  JOIN generated ON generated.register_id = register.register_id
 GROUP BY esco.id, property.id, installation.property, day;
CREATE UNIQUE INDEX ON reports.solar_yield (property, day);

CREATE MATERIALIZED VIEW reports.revenue AS
SELECT esco.code AS esco_code, esco.id AS esco, date_trunc('month', entry.entry_date::timestamp)::date AS month,
       count(DISTINCT entry.id) FILTER (WHERE entry.kind = 'invoice') AS invoices,
       coalesce(-sum(amount_pence) FILTER (WHERE place.type = 'income'), 0) AS revenue_pence,
       coalesce(-sum(amount_pence) FILTER (WHERE place.code = 'vat'), 0) AS vat_pence,
       coalesce(sum(amount_pence) FILTER (WHERE place.code = 'receivable' AND entry.kind = 'invoice'), 0) AS invoiced_pence,
       coalesce(-sum(amount_pence) FILTER (WHERE place.code = 'receivable' AND entry.kind = 'credit_note'), 0) AS credited_pence,
       coalesce(-sum(amount_pence) FILTER (WHERE place.code = 'receivable' AND entry.kind IN ('payment', 'refund')), 0)
           AS received_pence,
       coalesce(-sum(amount_pence) FILTER (WHERE place.code = 'receivable' AND entry.kind = 'write_off'), 0)
           AS written_off_pence
  FROM public.ledger_entries AS entry
  JOIN flows.escos AS esco ON esco.id = entry.esco
  JOIN public.ledger_postings AS posting ON posting.entry = entry.id
  JOIN public.ledger_accounts AS place ON place.id = posting.ledger_account
 GROUP BY esco.id, 3;
CREATE UNIQUE INDEX ON reports.revenue (esco, month);

-- The newest invoices are what a balance still lacks, as for the status of invoices.
CREATE MATERIALIZED VIEW reports.arrears AS
WITH balance AS (
    SELECT receivable.account, sum(posting.amount_pence) AS pence
      FROM public.ledger_accounts AS receivable
      JOIN public.ledger_postings AS posting ON posting.ledger_account = receivable.id
     WHERE receivable.code = 'receivable'
     GROUP BY receivable.account
    HAVING sum(posting.amount_pence) <> 0
), charged AS (
    SELECT invoice.account, invoice.customer, invoice.issue_date, invoice.number, greatest(invoice.total_pence, 0) AS pence,
           (now() AT TIME ZONE esco.time_zone)::date - invoice.due_date AS days_late
      FROM public.invoices AS invoice
      JOIN flows.escos AS esco ON esco.id = invoice.esco
     WHERE invoice.status NOT IN ('draft', 'void')
), owed AS (
    SELECT charged.account, charged.days_late,
           least(charged.pence,
                 greatest(balance.pence - coalesce(sum(charged.pence) OVER newer, 0), 0)) AS pence
      FROM charged JOIN balance ON balance.account = charged.account
    WINDOW newer AS (PARTITION BY charged.account ORDER BY issue_date DESC, number DESC
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), aged AS (
    SELECT account, sum(pence) AS pence,
           coalesce(sum(pence) FILTER (WHERE days_late <= 0), 0) AS current_pence,
           coalesce(sum(pence) FILTER (WHERE days_late BETWEEN 1 AND 30), 0) AS days_1_30_pence,
           coalesce(sum(pence) FILTER (WHERE days_late BETWEEN 31 AND 60), 0) AS days_31_60_pence,
           coalesce(sum(pence) FILTER (WHERE days_late BETWEEN 61 AND 90), 0) AS days_61_90_pence,
           coalesce(sum(pence) FILTER (WHERE days_late > 90), 0) AS days_over_90_pence
      FROM owed
     GROUP BY account
), latest AS (
    SELECT DISTINCT ON (account) account, customer FROM charged ORDER BY account, issue_date DESC, number DESC
)
SELECT esco.code AS esco_code, esco.id AS esco, account.account_number, account.id AS account, latest.customer,
       customer.fullname, property.plot, balance.pence AS balance_pence,
       coalesce(current_pence, 0) AS current_pence, coalesce(days_1_30_pence, 0) AS days_1_30_pence,
       coalesce(days_31_60_pence, 0) AS days_31_60_pence, coalesce(days_61_90_pence, 0) AS days_61_90_pence,
       coalesce(days_over_90_pence, 0) AS days_over_90_pence, balance.pence - coalesce(aged.pence, 0) AS other_pence
  FROM balance
  JOIN public.accounts AS account ON account.id = balance.account
  JOIN public.properties AS property ON property.id = account.property
  JOIN flows.escos AS esco ON esco.id = property.esco
  LEFT JOIN aged ON aged.account = balance.account
  LEFT JOIN latest ON latest.account = balance.account
  LEFT JOIN public.customers AS customer ON customer.id = latest.customer;
CREATE UNIQUE INDEX ON reports.arrears (account);

CREATE MATERIALIZED VIEW reports.savings AS
SELECT esco.code AS esco_code, esco.id AS esco, date_trunc('month', invoice.period_start::timestamp)::date AS month,
       account.account_number, account.id AS account, customer.id AS customer, customer.fullname,
       sum(invoice.total_pence - credits.pence) AS supply_pence, sum(invoice.benchmark_pence) AS benchmark_pence,
       sum(invoice.benchmark_pence - invoice.total_pence + credits.pence) AS saving_pence
  FROM public.invoices AS invoice
  JOIN flows.escos AS esco ON esco.id = invoice.esco
  JOIN public.accounts AS account ON account.id = invoice.account
  JOIN public.customers AS customer ON customer.id = invoice.customer
  JOIN LATERAL (SELECT coalesce(sum(line.amount_pence), 0) AS pence FROM public.invoice_lines AS line
                 WHERE line.invoice = invoice.id AND line.kind IN ('export_credit', 'solar_credit')) AS credits ON true
 WHERE invoice.status NOT IN ('draft', 'void') AND invoice.benchmark_pence IS NOT NULL
 GROUP BY esco.id, 3, account.id, customer.id;
CREATE UNIQUE INDEX ON reports.savings (account, customer, month);

CREATE MATERIALIZED VIEW reports.prepay_balances AS
SELECT esco.code AS esco_code, esco.id AS esco, meter.serial, meter.id AS meter, property.plot, shadow.balance,
       shadow.balance < 15 AS is_low, read.timestamp AS balance_at, shadow.health
  FROM flows.meter_registry AS meter
  JOIN flows.escos AS esco ON esco.id = meter.esco
  JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
  LEFT JOIN public.properties AS property ON property.supply_meter = meter.id
  LEFT JOIN LATERAL (SELECT timestamp FROM flows.meter_prepay_balance AS history
                      WHERE history.meter_id = meter.id ORDER BY timestamp DESC LIMIT 1) AS read ON true
 WHERE meter.prepay_enabled AND meter.installation_status = 'enabled';
CREATE UNIQUE INDEX ON reports.prepay_balances (meter);

REVOKE ALL ON SCHEMA reports FROM PUBLIC;
