CREATE OR REPLACE VIEW public.report_energy WITH (security_barrier) AS
SELECT * FROM reports.energy WHERE esco = ANY((SELECT flows.report_escos())::uuid[]);
COMMENT ON VIEW public.report_energy IS 'Energy in kWh by community, local day and nature; kwh holds what was estimated';
SELECT flows.allow_select('public.report_energy', '{admin,service,reporting,flows_worker}');
