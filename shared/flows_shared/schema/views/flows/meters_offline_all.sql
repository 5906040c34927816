CREATE OR REPLACE VIEW flows.meters_offline_all WITH (security_invoker) AS
SELECT meter.id, meter.serial, meter.name, esco.code AS esco, shadow.last_healthy_at AS last_online, shadow.health_details
  FROM flows.meter_registry AS meter
  JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
  JOIN flows.escos AS esco ON esco.id = meter.esco
 WHERE meter.installation_status = 'enabled'
   AND (shadow.last_healthy_at IS NULL OR shadow.last_healthy_at < now() - interval '3 hours');
SELECT flows.allow_select('flows.meters_offline_all', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.meters_offline_all TO service;
