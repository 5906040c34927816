-- Kept, and shown by views that know who asks; a change makes all of it anew.
DROP MATERIALIZED VIEW IF EXISTS reports.completeness CASCADE;
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
CREATE UNIQUE INDEX completeness_esco_day_idx ON reports.completeness USING btree (esco, day);
SELECT flows.allow_select('reports.completeness', '{}');
CREATE OR REPLACE VIEW public.report_completeness WITH (security_barrier) AS
SELECT * FROM reports.completeness WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_completeness IS 'Half hours by community and local day of the last 400 days: expected, held, estimated, missing';
SELECT flows.allow_select('public.report_completeness', '{admin,service,reporting,flows_worker}');
