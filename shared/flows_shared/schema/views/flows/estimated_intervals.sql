CREATE OR REPLACE VIEW flows.estimated_intervals WITH (security_invoker) AS
SELECT register_id, timestamp, kwh FROM flows.register_interval_estimates;
COMMENT ON VIEW flows.estimated_intervals IS 'Half hours whose energy was estimated, not measured';
SELECT flows.allow_select('flows.estimated_intervals', '{customer,admin,service,reporting,flows_worker}');
