CREATE OR REPLACE VIEW public.report_completeness WITH (security_barrier) AS
SELECT * FROM reports.completeness WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_completeness IS 'Half hours by community and local day of the last 400 days: expected, held, estimated, missing';
SELECT flows.allow_select('public.report_completeness', '{admin,service,reporting,flows_worker}');
