CREATE OR REPLACE VIEW flows.meters_clock_drift WITH (security_invoker) AS
SELECT meter.id, meter.serial, meter.name, esco.code AS esco, shadow.clock_time_diff_seconds, shadow.clock_time_diff_synced_at
  FROM flows.meter_registry AS meter
  JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
  JOIN flows.escos AS esco ON esco.id = meter.esco
 WHERE abs(shadow.clock_time_diff_seconds) >= 60;
SELECT flows.allow_select('flows.meters_clock_drift', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.meters_clock_drift TO service;
