CREATE OR REPLACE VIEW public.meters_with_incorrect_tariffs WITH (security_invoker) AS
SELECT * FROM public.meter_tariffs
 WHERE tariff_period_start IS NOT NULL
   AND (customer_unit_rate, customer_unit_rate_b, customer_standing_charge)
       IS DISTINCT FROM
       (active_unit_rate_a, coalesce(active_unit_rate_b, customer_unit_rate_b), active_standing_charge);
SELECT flows.allow_select('public.meters_with_incorrect_tariffs', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.meters_with_incorrect_tariffs TO service;
