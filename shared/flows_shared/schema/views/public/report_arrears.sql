CREATE OR REPLACE VIEW public.report_arrears WITH (security_barrier) AS
SELECT * FROM reports.arrears WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_arrears IS 'What each account owes, by days past due; other_pence is what no invoice explains, negative in credit';
SELECT flows.allow_select('public.report_arrears', '{admin,service,reporting,flows_worker}');
