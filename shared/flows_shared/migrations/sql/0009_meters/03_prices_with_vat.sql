-- A meter shows, and a prepay meter takes, what the customer pays: VAT is in it, by the status of the supply.
-- The rules are those of bills (VAT Act 1994, Schedule 7A, Group 1; VAT Notice 701/19), but for small quantities: how much
-- is used is known only afterwards.
CREATE FUNCTION flows.supply_vat_rate(premises uuid, payer uuid, seller uuid, day date) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
    SELECT CASE WHEN NOT esco.vat_registered THEN 0
                WHEN used.use = 'domestic' OR used.use = 'charity' AND used.certified THEN rates.reduced
                WHEN used.use = 'mixed' AND used.certified AND esco.vat_mixed_use AND used.percent >= 60 THEN rates.reduced
                WHEN used.use = 'mixed' AND used.certified
                THEN (used.percent * rates.reduced + (100 - used.percent) * rates.standard) / 100
                ELSE rates.standard END
      FROM flows.escos AS esco
     CROSS JOIN (VALUES (0.05, 0.20)) AS rates (reduced, standard)
      LEFT JOIN LATERAL (SELECT * FROM public.vat_statuses
                          WHERE (property = premises OR customer = payer) AND valid_from <= day
                          ORDER BY property IS NULL, valid_from DESC LIMIT 1) AS status ON true
     CROSS JOIN LATERAL (SELECT coalesce(status.use, esco.vat_use) AS use, status.qualifying_percent AS percent,
                                coalesce(status.certificate_from <= day AND day <= coalesce(status.certificate_to, day), false)
                                AS certified) AS used
     WHERE esco.id = seller;
$$;
COMMENT ON FUNCTION flows.supply_vat_rate IS 'The rate of VAT on what a home is supplied with from a day on, as far as it is known before';

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
REVOKE EXECUTE ON FUNCTION flows.supply_vat_rate FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.supply_vat_rate TO customer, admin, service, reporting, flows_worker;
