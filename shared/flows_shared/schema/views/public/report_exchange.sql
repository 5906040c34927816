-- What was shared came from inside the community.
CREATE OR REPLACE VIEW public.report_exchange WITH (security_barrier) AS
SELECT energy.esco_code, energy.esco, energy.day,
       coalesce(sum(kwh) FILTER (WHERE nature <> 'solar'), 0) - coalesce(shared.shared_kwh, 0) AS imported_kwh,
       coalesce(shared.shared_kwh, 0) AS shared_kwh,
       coalesce(sum(kwh) FILTER (WHERE nature = 'solar'), 0) AS generated_kwh,
       coalesce(sum(exported_kwh) FILTER (WHERE nature <> 'solar'), 0) AS exported_kwh
  FROM reports.energy AS energy
  LEFT JOIN (SELECT sharing.esco, (half.timestamp AT TIME ZONE esco.time_zone)::date AS day, sum(half.shared_kwh) AS shared_kwh
               FROM public.sharing_half_hours AS half
               JOIN public.sharing_groups AS sharing ON sharing.id = half.sharing_group
               JOIN flows.escos AS esco ON esco.id = sharing.esco
              WHERE sharing.esco = ANY((SELECT flows.report_escos())::uuid[])
              GROUP BY 1, 2) AS shared ON shared.esco = energy.esco AND shared.day = energy.day
 WHERE energy.esco = ANY((SELECT flows.report_escos())::uuid[])
 GROUP BY energy.esco_code, energy.esco, energy.day, shared.shared_kwh;
COMMENT ON VIEW public.report_exchange IS 'What homes imported, shared and exported and what was generated, in kWh by community and local day';
COMMENT ON COLUMN public.report_exchange.imported_kwh IS 'Through the homes'' meters, without what was shared';
COMMENT ON COLUMN public.report_exchange.shared_kwh IS 'What homes used of what the community generated, as its last billing run allocated it';
SELECT flows.allow_select('public.report_exchange', '{admin,service,reporting,flows_worker}');
