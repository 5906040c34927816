-- The rules once more, in another way: local time from PostgreSQL's own zones, a price by the half hour's day, and nothing of
-- what a run uses: no calendar, no roll-up, no plan.
WITH clock AS MATERIALIZED (
    SELECT timestamp, timestamp AT TIME ZONE 'Europe/London' AS local
      FROM generate_series('2026-09-30 23:00Z'::timestamptz, '2026-10-31 23:30Z', '30 minutes') AS timestamp
), banded AS MATERIALIZED (
    SELECT timestamp, local::date AS day, profile.id AS profile, coalesce(matching.band, 'standard') AS band
      FROM clock CROSS JOIN public.rate_profiles AS profile
      LEFT JOIN LATERAL (
           SELECT band FROM public.rate_bands
            WHERE rate_bands.profile = profile.id
              AND CASE WHEN extract(isodow FROM local) > 5 THEN 'weekend' ELSE 'weekday' END = ANY(days)
              AND CASE WHEN starts_at < ends_at THEN local::time >= starts_at AND local::time < ends_at
                       ELSE local::time >= starts_at OR local::time < ends_at END
              AND (season_start IS NULL OR to_char(local, 'MM-DD') >= season_start OR to_char(local, 'MM-DD') <= season_end)
            ORDER BY position LIMIT 1) AS matching ON true
     UNION ALL
    SELECT timestamp, local::date, NULL, NULL FROM clock
), lived AS (
    SELECT DISTINCT ON (account.property, day)
           account.id AS account, account.property, day::date AS day, party.customer
      FROM public.accounts AS account
      JOIN public.customer_accounts AS party ON party.account = account.id,
           generate_series(timestamp '2026-10-01', '2026-10-31', '1 day') AS day
     WHERE day >= account.start_date AND day <= coalesce(account.end_date, day)
     ORDER BY account.property, day, account.start_date DESC
), priced AS (
    SELECT lived.*, property.supply_meter AS meter, tariff.id AS tariff, tariff.rate_profile AS profile
      FROM lived
      JOIN public.properties AS property ON property.id = lived.property
      JOIN LATERAL (SELECT * FROM public.customer_tariffs AS version
                     WHERE version.customer = lived.customer AND version.period_start <= lived.day
                     ORDER BY version.period_start DESC LIMIT 1) AS tariff ON true
), part AS (
    SELECT account, property, customer, tariff, count(*) AS days FROM priced GROUP BY 1, 2, 3, 4
), reading AS (
    SELECT register_id, timestamp, kwh FROM flows.register_interval_hh
     UNION ALL
    SELECT register_id, timestamp, kwh FROM flows.register_interval_estimates
), wired AS MATERIALIZED (
    SELECT property.id AS property, register_id, element
      FROM public.properties AS property
      JOIN flows.meter_registers AS register ON property.supply_meter IN (register.meter_id, register.replaced_by)
), turned AS (
    SELECT timestamp, local::date AS day,
           extract(hour FROM utc) * 2 + extract(minute FROM utc) / 30 + (utc::date - date '1970-01-01') AS turn
      FROM clock, LATERAL (SELECT timestamp AT TIME ZONE 'UTC' AS utc) AS utc
), generated AS MATERIALIZED (
    SELECT turned.timestamp, turn, sum(kwh) * 1000 AS sun
      FROM turned
      JOIN public.sharing_meters AS meter ON day >= valid_from AND (day < valid_to) IS NOT false
      JOIN reading ON reading.register_id = meter.register AND reading.timestamp = turned.timestamp
     GROUP BY turned.timestamp, turn
), wanted AS MATERIALIZED (
    SELECT reading.*, property, kwh * 1000 AS wh, sum(kwh * 1000) OVER (PARTITION BY property, timestamp) AS home_wh,
           sum(kwh * 1000) OVER (PARTITION BY timestamp) AS all_wh
      FROM reading JOIN wired USING (register_id) JOIN public.sharing_members USING (property)
), portion AS (
    SELECT DISTINCT property, timestamp, turn, home_wh, least(sun, all_wh) AS pool,
           trunc(least(sun, all_wh) * home_wh / all_wh) AS whole, mod(least(sun, all_wh) * home_wh, all_wh) AS rest
      FROM wanted JOIN generated USING (timestamp)
     WHERE all_wh > 0
), got AS MATERIALIZED (
    SELECT property, timestamp, turn, home_wh,
           whole + CASE WHEN row_number() OVER (PARTITION BY timestamp ORDER BY rest DESC, mod(place - turn + 1000000 * places, places))
                             <= pool - sum(whole) OVER (PARTITION BY timestamp) THEN 1 ELSE 0 END AS wh
      FROM portion
      JOIN (SELECT property, row_number() OVER (ORDER BY property) - 1 AS place, count(*) OVER () AS places
              FROM public.sharing_members) AS member USING (property)
), shared AS MATERIALIZED (
    SELECT register_id, timestamp,
           (whole + CASE WHEN row_number() OVER (PARTITION BY property, timestamp
                                                 ORDER BY rest DESC, mod(place - turn + 1000000 * places, places))
                              <= got.wh - sum(whole) OVER (PARTITION BY property, timestamp) THEN 1 ELSE 0 END) / 1000 AS kwh
      FROM got
      JOIN wanted USING (property, timestamp)
      JOIN (SELECT register_id, row_number() OVER (PARTITION BY property ORDER BY register_id) - 1 AS place,
                   count(*) OVER (PARTITION BY property) AS places FROM wired) AS register USING (register_id),
           LATERAL (SELECT trunc(got.wh * wanted.wh / wanted.home_wh) AS whole,
                           mod(got.wh * wanted.wh, wanted.home_wh) AS rest) AS part
     WHERE wanted.home_wh > 0
), used AS MATERIALIZED (
    SELECT priced.account, priced.tariff, reading.register_id, wired.element, banded.band, banded.day,
           sum(reading.kwh) AS kwh, coalesce(sum(shared.kwh), 0) AS shared_kwh
      FROM reading
      JOIN wired ON wired.register_id = reading.register_id
      LEFT JOIN shared ON shared.register_id = reading.register_id AND shared.timestamp = reading.timestamp
      JOIN clock ON clock.timestamp = reading.timestamp
      JOIN priced ON priced.property = wired.property AND priced.day = clock.local::date
      JOIN banded ON banded.timestamp = reading.timestamp AND banded.profile IS NOT DISTINCT FROM priced.profile
     GROUP BY 1, 2, 3, 4, 5, 6
), priced_band AS (
    SELECT DISTINCT used.tariff, used.element, used.band, part.days
      FROM used JOIN part ON part.account = used.account AND part.tariff = used.tariff
), fitting AS (
    SELECT place.*, component.rate, component.includes_vat, component.from_kwh, component.threshold_period,
           rank() OVER (PARTITION BY place.tariff, place.element, place.band
                        ORDER BY component.band IS NULL, component.element IS NULL) AS fit
      FROM priced_band AS place
      JOIN public.tariff_components AS component
        ON component.customer_tariff = place.tariff AND component.kind = 'unit_rate'
       AND (component.element IS NULL OR component.element = place.element)
       AND (component.band IS NULL OR component.band = place.band)
), block AS (
    SELECT tariff, element, band, rate, includes_vat, bool_or(threshold_period = 'day') OVER own AS daily,
           CASE threshold_period WHEN 'month' THEN round(from_kwh * days / 31, 3) ELSE from_kwh END AS low,
           lead(CASE threshold_period WHEN 'month' THEN round(from_kwh * days / 31, 3) ELSE from_kwh END)
               OVER (PARTITION BY tariff, element, band ORDER BY from_kwh) AS high
      FROM fitting WHERE fit = 1
    WINDOW own AS (PARTITION BY tariff, element, band)
     UNION ALL
    SELECT place.tariff, place.element, place.band,
           CASE place.element WHEN 'B' THEN coalesce(computed_unit_rate_b, computed_unit_rate) ELSE computed_unit_rate END,
           flat.includes_vat, false, 0, NULL
      FROM priced_band AS place
      JOIN public.customer_tariffs AS flat ON flat.id = place.tariff
     WHERE NOT EXISTS (SELECT FROM fitting WHERE (fitting.tariff, fitting.element) = (place.tariff, place.element)
                          AND fitting.band IS NOT DISTINCT FROM place.band)
), judged AS (
    SELECT account, used.tariff, register_id, used.band, block.rate, block.includes_vat, block.low, block.high,
           sum(kwh - shared_kwh) AS kwh
      FROM used
      JOIN block ON (block.tariff, block.element) = (used.tariff, used.element)
       AND block.band IS NOT DISTINCT FROM used.band
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, CASE WHEN daily THEN day END
), supplied AS (
    SELECT account, tariff, rate, includes_vat,
           sum(greatest(least(kwh, coalesce(high, kwh)) - low, 0)) AS quantity
      FROM judged GROUP BY account, tariff, register_id, band, rate, includes_vat, low, high
     UNION ALL
    SELECT account, tariff, internal_rate, includes_vat, sum(shared_kwh)
      FROM used CROSS JOIN public.sharing_terms GROUP BY account, tariff, register_id, band, internal_rate, includes_vat
     UNION ALL
    SELECT account, tariff, computed_standing_charge, includes_vat, days
      FROM part JOIN public.customer_tariffs AS version ON version.id = part.tariff
), lacking AS (
    SELECT part.account, minimum.includes_vat,
           round(100 * minimum.rate * part.days / 31 - 100 * sum(supplied.rate * supplied.quantity)) AS pence
      FROM part
      JOIN public.tariff_components AS minimum ON minimum.customer_tariff = part.tariff AND minimum.kind = 'minimum_charge'
      JOIN supplied ON supplied.account = part.account AND supplied.tariff = part.tariff
     GROUP BY part.account, part.tariff, part.days, minimum.rate, minimum.includes_vat
), billed AS (
    SELECT part.account, part.property, part.customer, sum(days) AS days,
           (SELECT sum(kwh) FROM used WHERE used.account = part.account) AS kwh
      FROM part GROUP BY 1, 2, 3
), share AS (
    SELECT account, share.fraction, share.rate
      FROM billed
      LEFT JOIN public.vat_statuses AS status
        ON status.property = billed.property OR status.customer = billed.customer,
           LATERAL (SELECT coalesce(status.certificate_to >= '2026-10-31', status.certificate IS NOT NULL) AS certified) AS of,
           LATERAL (SELECT CASE WHEN status.use IS NULL OR billed.kwh <= 33 * billed.days THEN 1
                                WHEN status.use = 'mixed' AND certified AND qualifying_percent >= 60 THEN 1
                                WHEN status.use = 'mixed' AND certified THEN qualifying_percent / 100
                                ELSE 0 END AS reduced) AS qualifying,
           LATERAL (VALUES (reduced, 0.05), (1 - reduced, 0.20)) AS share (fraction, rate)
     WHERE share.fraction > 0
), amount AS (
    SELECT account, share.rate AS vat_rate, includes_vat, round(100 * quantity * fraction * supplied.rate) AS pence
      FROM supplied JOIN share USING (account)
     UNION ALL
    SELECT account, share.rate, includes_vat, greatest(lacking.pence, 0) FROM lacking JOIN share USING (account)
     UNION ALL
    SELECT priced.account, CASE WHEN registered.vat_number IS NULL THEN 0 ELSE 0.20 END, credit.includes_vat,
           -round(100 * credit.rate * (SELECT max(read) FILTER (WHERE timestamp <= '2026-11-01 00:00Z')
                                              - max(read) FILTER (WHERE timestamp <= '2026-09-30 23:00Z')
                                         FROM flows.register_export AS history
                                        WHERE history.register_id = register.register_id))
      FROM priced
      JOIN flows.meter_registers AS register ON register.meter_id = priced.meter
      JOIN public.tariff_components AS credit ON credit.customer_tariff = priced.tariff AND credit.kind = 'export_credit'
      LEFT JOIN public.vat_registrations AS registered ON registered.customer = priced.customer
     WHERE priced.day = '2026-10-01'
), taxed AS (
    SELECT account, includes_vat, sum(pence) AS pence,
           round(CASE WHEN includes_vat THEN sum(pence) * vat_rate / (1 + vat_rate) ELSE sum(pence) * vat_rate END) AS vat
      FROM amount GROUP BY account, vat_rate, includes_vat
)
SELECT taxed.account, sum(CASE WHEN includes_vat THEN pence - vat ELSE pence END)::integer AS net_pence,
       sum(vat)::integer AS vat_pence,
       (SELECT round(100 * (billed.kwh * cap.unit_rate + billed.days * cap.standing_charge))
          FROM billed
          JOIN public.benchmark_tariffs AS cap ON cap.period_start = '2026-10-01'
           AND cap.rate_type = CASE WHEN EXISTS (SELECT FROM priced WHERE priced.account = billed.account
                                                    AND profile IS NOT NULL) THEN 'multi' ELSE 'single' END
         WHERE billed.account = taxed.account)::integer AS benchmark_pence
  FROM taxed GROUP BY taxed.account
