CREATE OR REPLACE VIEW public.sharing_balances WITH (security_invoker) AS
SELECT half.sharing_group, date_trunc('month', half.timestamp AT TIME ZONE esco.time_zone)::date AS month,
       count(*) AS half_hours, count(residue_kwh) AS half_hours_with_boundary,
       sum(generation_kwh) AS generation_kwh, sum(consumption_kwh) AS consumption_kwh, sum(shared_kwh) AS shared_kwh,
       sum(surplus_kwh) AS surplus_kwh, sum(consumption_kwh - shared_kwh) AS imported_kwh, sum(others_kwh) AS others_kwh,
       sum(boundary_import_kwh) AS boundary_import_kwh, sum(boundary_export_kwh) AS boundary_export_kwh,
       sum(residue_kwh) AS residue_kwh
  FROM public.sharing_half_hours AS half
  JOIN public.sharing_groups AS sharing ON sharing.id = half.sharing_group
  JOIN flows.escos AS esco ON esco.id = sharing.esco
 GROUP BY half.sharing_group, month;
COMMENT ON VIEW public.sharing_balances IS 'A group''s months: generation, sharing, surplus, and the residue against its boundary meter';
SELECT flows.allow_select('public.sharing_balances', '{admin,service,reporting,flows_worker}');
