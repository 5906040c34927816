-- Kept, and shown by views that know who asks; a change makes all of it anew.
DROP MATERIALIZED VIEW IF EXISTS reports.energy CASCADE;
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
CREATE UNIQUE INDEX energy_esco_day_nature_idx ON reports.energy USING btree (esco, day, nature);
SELECT flows.allow_select('reports.energy', '{}');
CREATE OR REPLACE VIEW public.report_energy WITH (security_barrier) AS
SELECT * FROM reports.energy WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_energy IS 'Energy in kWh by community, local day and nature; kwh holds what was estimated';
SELECT flows.allow_select('public.report_energy', '{admin,service,reporting,flows_worker}');
-- What was shared came from inside the community.
CREATE OR REPLACE VIEW public.report_exchange WITH (security_barrier) AS
SELECT energy.esco_code, energy.esco, energy.day,
       coalesce(sum(kwh) FILTER (WHERE nature <> 'solar'), 0) - coalesce(shared.shared_kwh, 0) AS imported_kwh,
       coalesce(shared.shared_kwh, 0) AS shared_kwh,
       coalesce(sum(kwh) FILTER (WHERE nature = 'solar'), 0) AS generated_kwh,
       coalesce(sum(exported_kwh) FILTER (WHERE nature <> 'solar'), 0) AS exported_kwh
  FROM reports.energy AS energy
  LEFT JOIN (SELECT sharing.esco, (half.timestamp AT TIME ZONE esco.time_zone)::date AS day, sum(half.shared_kwh) AS shared_kwh
               FROM public.sharing_half_hours AS half
               JOIN public.sharing_groups AS sharing ON sharing.id = half.sharing_group
               JOIN flows.escos AS esco ON esco.id = sharing.esco
              WHERE sharing.esco = ANY((SELECT flows.report_escos())::uuid[])
              GROUP BY 1, 2) AS shared ON shared.esco = energy.esco AND shared.day = energy.day
 WHERE energy.esco = ANY((SELECT flows.report_escos())::uuid[])
 GROUP BY energy.esco_code, energy.esco, energy.day, shared.shared_kwh;
COMMENT ON VIEW public.report_exchange IS 'What homes imported, shared and exported and what was generated, in kWh by community and local day';
COMMENT ON COLUMN public.report_exchange.imported_kwh IS 'Through the homes'' meters, without what was shared';
COMMENT ON COLUMN public.report_exchange.shared_kwh IS 'What homes used of what the community generated, as its last billing run allocated it';
SELECT flows.allow_select('public.report_exchange', '{admin,service,reporting,flows_worker}');
