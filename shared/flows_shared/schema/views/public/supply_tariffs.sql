CREATE OR REPLACE VIEW public.supply_tariffs WITH (security_invoker) AS
SELECT supply.meter, supply.serial, supply.esco, supply.customer, tariff.period_start,
       trunc(tariff.computed_unit_rate * (1 + vat.rate), 5)::numeric(10, 5) AS computed_unit_rate,
       trunc(coalesce(tariff.computed_unit_rate_b, tariff.computed_unit_rate) * (1 + vat.rate), 5)::numeric(10, 5)
           AS computed_unit_rate_b,
       trunc(tariff.computed_standing_charge * (1 + vat.rate), 5)::numeric(10, 5) AS computed_standing_charge
  FROM public.supply_payers AS supply
  JOIN LATERAL (
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat
         FROM public.customer_tariffs WHERE customer = supply.customer AND superseded_by IS NULL
        UNION ALL
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat
         FROM public.microgrid_tariffs AS community
        WHERE esco = supply.esco AND superseded_by IS NULL
          AND NOT EXISTS (SELECT FROM public.customer_tariffs AS own
                           WHERE own.customer = supply.customer AND own.period_start <= community.period_start)) AS tariff ON true
 CROSS JOIN LATERAL (
       SELECT CASE WHEN tariff.includes_vat THEN 0
                   ELSE flows.supply_vat_rate(supply.property, supply.customer, supply.esco, tariff.period_start) END AS rate) AS vat;
COMMENT ON VIEW public.supply_tariffs IS 'Every price that a supply has had, has and will have, with VAT, each until the next one''s period_start';
SELECT flows.allow_select('public.supply_tariffs', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.supply_tariffs TO service;
