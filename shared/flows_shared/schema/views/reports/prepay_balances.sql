-- Kept, and shown by views that know who asks; a change makes all of it anew.
DROP MATERIALIZED VIEW IF EXISTS reports.prepay_balances CASCADE;
CREATE MATERIALIZED VIEW reports.prepay_balances AS
SELECT esco.code AS esco_code, esco.id AS esco, meter.serial, meter.id AS meter, property.plot, shadow.balance,
       shadow.balance < 15 AS is_low, read.timestamp AS balance_at, shadow.health
  FROM flows.meter_registry AS meter
  JOIN flows.escos AS esco ON esco.id = meter.esco
  JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
  LEFT JOIN public.properties AS property ON property.supply_meter = meter.id
  LEFT JOIN LATERAL (SELECT timestamp FROM flows.meter_prepay_balance AS history
                      WHERE history.meter_id = meter.id ORDER BY timestamp DESC LIMIT 1) AS read ON true
 WHERE meter.prepay_enabled AND meter.installation_status = 'enabled';
CREATE UNIQUE INDEX prepay_balances_meter_idx ON reports.prepay_balances USING btree (meter);
SELECT flows.allow_select('reports.prepay_balances', '{}');
CREATE OR REPLACE VIEW public.report_prepay_balances WITH (security_barrier) AS
SELECT * FROM reports.prepay_balances WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_prepay_balances IS 'GBP held by each prepay meter; is_low as in flows.meters_low_balance';
SELECT flows.allow_select('public.report_prepay_balances', '{admin,service,reporting,flows_worker}');
