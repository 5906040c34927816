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
  JOIN flows.meter_line(ARRAY(SELECT solar_meter FROM public.properties WHERE solar_meter IS NOT NULL)) AS register
    ON register.meter = property.solar_meter AND register.nature = 'solar'
  JOIN generated ON generated.register_id = register.register_id
 GROUP BY esco.id, property.id, installation.property, day;
CREATE UNIQUE INDEX solar_yield_property_day_idx ON reports.solar_yield USING btree (property, day);
SELECT flows.allow_select('reports.solar_yield', '{}');
