-- A meter shows, and a prepay meter takes, what the customer pays: VAT is in it, by the status of the supply.
-- The rules are those of bills (VAT Act 1994, Schedule 7A, Group 1; VAT Notice 701/19), but for small quantities: how much
-- is used is known only afterwards.
CREATE OR REPLACE FUNCTION flows.supply_vat_rate(premises uuid, payer uuid, seller uuid, day date) RETURNS numeric
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
COMMENT ON FUNCTION flows.supply_vat_rate(uuid,uuid,uuid,date) IS 'The rate of VAT on what a home is supplied with from a day on, as far as it is known before';
SELECT flows.allow_execute('flows.supply_vat_rate(uuid,uuid,uuid,date)', '{customer,admin,service,reporting,flows_worker}');
