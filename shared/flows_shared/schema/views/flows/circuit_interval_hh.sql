-- What a circuit used: estimates count where there is no reading.
CREATE OR REPLACE VIEW flows.circuit_interval_hh WITH (security_invoker) AS
SELECT link.circuit AS circuit_id, interval_hh.timestamp, sum(interval_hh.kwh) AS kwh
  FROM flows.circuit_register AS link
  JOIN flows.register_intervals AS interval_hh ON interval_hh.register_id = link.register
   AND interval_hh.timestamp >= link.start_time
   AND (link.end_time IS NULL OR interval_hh.timestamp < link.end_time)
 GROUP BY link.circuit, interval_hh.timestamp;
SELECT flows.allow_select('flows.circuit_interval_hh', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.circuit_interval_hh TO service;
