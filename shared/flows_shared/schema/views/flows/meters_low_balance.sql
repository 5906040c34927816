CREATE OR REPLACE VIEW flows.meters_low_balance WITH (security_invoker) AS
SELECT meter.id, meter.serial, meter.name, esco.code AS esco, shadow.balance, shadow.health, shadow.updated_at
  FROM flows.meter_registry AS meter
  JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
  JOIN flows.escos AS esco ON esco.id = meter.esco
 WHERE meter.prepay_enabled AND shadow.balance < 15;
SELECT flows.allow_select('flows.meters_low_balance', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.meters_low_balance TO service;
