CREATE OR REPLACE VIEW public.report_savings WITH (security_barrier) AS
SELECT * FROM reports.savings WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_savings IS 'What each customer was billed for supply, what it costs at the benchmark, and the saving, with VAT';
SELECT flows.allow_select('public.report_savings', '{admin,service,reporting,flows_worker}');
