-- A meter shows, and a prepay meter takes, what the customer pays: VAT is in it, by the status of the supply.
-- The rates are worked out by billing's rules (vat/rules.py), and written here by make schema (vat/in_sql.py, which says
-- where a bill's may be others).
CREATE OR REPLACE FUNCTION flows.supply_vat_rate(premises uuid, payer uuid, seller uuid, day date) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
    SELECT CASE WHEN NOT esco.vat_registered THEN 0
                WHEN known.rest_rate IS NULL OR esco.vat_mixed_use AND used.percent >= known.whole_from_percent
                THEN known.rate
                ELSE (used.percent * known.rate + (100 - used.percent) * known.rest_rate) / 100 END
      FROM flows.escos AS esco
      LEFT JOIN LATERAL (SELECT * FROM public.vat_statuses
                          WHERE (property = premises OR customer = payer) AND valid_from <= day
                          ORDER BY property IS NULL, valid_from DESC LIMIT 1) AS status ON true
     CROSS JOIN LATERAL (SELECT coalesce(status.use, esco.vat_use) AS use, status.qualifying_percent AS percent,
                                coalesce(status.certificate_from <= day AND day <= coalesce(status.certificate_to, day), false)
                                AS certified) AS used
      JOIN (VALUES
           ('domestic', false, date '-infinity', 0, NULL, NULL),
           ('domestic', false, date '1994-04-01', 0.08, NULL, NULL),
           ('domestic', false, date '1997-09-01', 0.05, NULL, NULL),
           ('domestic', true, date '-infinity', 0, NULL, NULL),
           ('domestic', true, date '1994-04-01', 0.08, NULL, NULL),
           ('domestic', true, date '1997-09-01', 0.05, NULL, NULL),
           ('charity', false, date '-infinity', 0, NULL, NULL),
           ('charity', false, date '1973-04-01', 0.10, NULL, NULL),
           ('charity', false, date '1974-07-29', 0.08, NULL, NULL),
           ('charity', false, date '1979-06-18', 0.15, NULL, NULL),
           ('charity', false, date '1991-04-01', 0.175, NULL, NULL),
           ('charity', false, date '2008-12-01', 0.15, NULL, NULL),
           ('charity', false, date '2010-01-01', 0.175, NULL, NULL),
           ('charity', false, date '2011-01-04', 0.20, NULL, NULL),
           ('charity', true, date '-infinity', 0, NULL, NULL),
           ('charity', true, date '1994-04-01', 0.08, NULL, NULL),
           ('charity', true, date '1997-09-01', 0.05, NULL, NULL),
           ('business', false, date '-infinity', 0, NULL, NULL),
           ('business', false, date '1973-04-01', 0.10, NULL, NULL),
           ('business', false, date '1974-07-29', 0.08, NULL, NULL),
           ('business', false, date '1979-06-18', 0.15, NULL, NULL),
           ('business', false, date '1991-04-01', 0.175, NULL, NULL),
           ('business', false, date '2008-12-01', 0.15, NULL, NULL),
           ('business', false, date '2010-01-01', 0.175, NULL, NULL),
           ('business', false, date '2011-01-04', 0.20, NULL, NULL),
           ('business', true, date '-infinity', 0, NULL, NULL),
           ('business', true, date '1973-04-01', 0.10, NULL, NULL),
           ('business', true, date '1974-07-29', 0.08, NULL, NULL),
           ('business', true, date '1979-06-18', 0.15, NULL, NULL),
           ('business', true, date '1991-04-01', 0.175, NULL, NULL),
           ('business', true, date '2008-12-01', 0.15, NULL, NULL),
           ('business', true, date '2010-01-01', 0.175, NULL, NULL),
           ('business', true, date '2011-01-04', 0.20, NULL, NULL),
           ('mixed', false, date '-infinity', 0, NULL, NULL),
           ('mixed', false, date '1973-04-01', 0.10, NULL, NULL),
           ('mixed', false, date '1974-07-29', 0.08, NULL, NULL),
           ('mixed', false, date '1979-06-18', 0.15, NULL, NULL),
           ('mixed', false, date '1991-04-01', 0.175, NULL, NULL),
           ('mixed', false, date '2008-12-01', 0.15, NULL, NULL),
           ('mixed', false, date '2010-01-01', 0.175, NULL, NULL),
           ('mixed', false, date '2011-01-04', 0.20, NULL, NULL),
           ('mixed', true, date '-infinity', 0, 0, 60),
           ('mixed', true, date '1973-04-01', 0, 0.10, 60),
           ('mixed', true, date '1974-07-29', 0, 0.08, 60),
           ('mixed', true, date '1979-06-18', 0, 0.15, 60),
           ('mixed', true, date '1991-04-01', 0, 0.175, 60),
           ('mixed', true, date '1994-04-01', 0.08, 0.175, 60),
           ('mixed', true, date '1997-09-01', 0.05, 0.175, 60),
           ('mixed', true, date '2008-12-01', 0.05, 0.15, 60),
           ('mixed', true, date '2010-01-01', 0.05, 0.175, 60),
           ('mixed', true, date '2011-01-04', 0.05, 0.20, 60)
           ) AS known (use, is_certified, since, rate, rest_rate, whole_from_percent)
        ON known.use = used.use AND known.is_certified = used.certified AND known.since <= day
     WHERE esco.id = seller
     ORDER BY known.since DESC
     LIMIT 1;
$$;
COMMENT ON FUNCTION flows.supply_vat_rate(uuid,uuid,uuid,date) IS 'The rate of VAT on what a home is supplied with from a day on, as far as it is known before';
SELECT flows.allow_execute('flows.supply_vat_rate(uuid,uuid,uuid,date)', '{customer,admin,service,reporting,flows_worker}');
