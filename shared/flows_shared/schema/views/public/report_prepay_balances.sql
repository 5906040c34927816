CREATE OR REPLACE VIEW public.report_prepay_balances WITH (security_barrier) AS
SELECT * FROM reports.prepay_balances WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_prepay_balances IS 'GBP held by each prepay meter; is_low as in flows.meters_low_balance';
SELECT flows.allow_select('public.report_prepay_balances', '{admin,service,reporting,flows_worker}');
