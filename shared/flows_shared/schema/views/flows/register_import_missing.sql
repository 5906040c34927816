CREATE OR REPLACE VIEW flows.register_import_missing WITH (security_invoker) AS
SELECT register.register_id, calendar.day AS date, 1 AS expected, 0 AS found, 1 AS missing
  FROM flows.meter_registers AS register
  JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
  JOIN flows.escos AS esco ON esco.id = meter.esco
  JOIN flows.calendar_days AS calendar ON calendar.time_zone = esco.time_zone
   AND calendar.starts_at >= register.start_time AND calendar.starts_at < coalesce(register.end_time, 'infinity')
   AND calendar.ends_at <= now()
 WHERE NOT EXISTS (SELECT FROM flows.register_import AS history
                    WHERE history.register_id = register.register_id
                      AND history.timestamp >= calendar.starts_at AND history.timestamp < calendar.ends_at);
SELECT flows.allow_select('flows.register_import_missing', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.register_import_missing TO service;
