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
