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
SELECT flows.allow_select('flows.circuit_interval_daily', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.circuit_interval_daily TO service;
