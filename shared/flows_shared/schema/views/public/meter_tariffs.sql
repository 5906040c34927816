CREATE OR REPLACE VIEW public.meter_tariffs WITH (security_invoker) AS
SELECT supply.meter AS meter_id, supply.serial, esco.code AS esco_code, supply.customer,
       tariff.period_start AS tariff_period_start,
       tariff.computed_unit_rate AS customer_unit_rate,
       tariff.computed_standing_charge AS customer_standing_charge,
       active.active_unit_rate_a, active.active_unit_rate_b, active.active_standing_charge,
       tariff.computed_unit_rate_b AS customer_unit_rate_b
  FROM public.supply_payers AS supply
  JOIN flows.escos AS esco ON esco.id = supply.esco
  JOIN flows.meter_shadows_tariffs AS active ON active.id = supply.meter
  LEFT JOIN LATERAL (
       SELECT *
         FROM public.supply_tariffs AS tariff
        WHERE tariff.meter = supply.meter AND tariff.period_start <= (now() AT TIME ZONE esco.time_zone)::date
        ORDER BY tariff.period_start DESC
        LIMIT 1) AS tariff ON true;
SELECT flows.allow_select('public.meter_tariffs', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.meter_tariffs TO service;
