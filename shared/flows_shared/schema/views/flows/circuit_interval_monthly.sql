CREATE OR REPLACE VIEW flows.circuit_interval_monthly WITH (security_invoker) AS
SELECT circuit_id, date_trunc('month', day::timestamp)::date AS month, sum(kwh) AS kwh
  FROM flows.circuit_interval_daily
 GROUP BY circuit_id, date_trunc('month', day::timestamp)::date;
SELECT flows.allow_select('flows.circuit_interval_monthly', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.circuit_interval_monthly TO service;
