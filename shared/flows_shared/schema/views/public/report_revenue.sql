CREATE OR REPLACE VIEW public.report_revenue WITH (security_barrier) AS
SELECT * FROM reports.revenue WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_revenue IS 'By community and month, from the ledger: revenue without VAT, VAT, invoiced, credited, received, written off';
SELECT flows.allow_select('public.report_revenue', '{admin,service,reporting,flows_worker}');
