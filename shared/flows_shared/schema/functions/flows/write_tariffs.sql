CREATE OR REPLACE FUNCTION flows.write_tariffs(benchmark uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    WITH cap AS (
        SELECT cap.*, esco.id AS esco
          FROM benchmark_tariffs AS cap JOIN flows.escos AS esco ON esco.region = cap.region
         WHERE cap.id = $1
    ), made AS (
        INSERT INTO microgrid_tariffs AS tariff (
            esco, period_start, discount_rate_basis_points, discount_rate_basis_points_b, computed_unit_rate,
            computed_unit_rate_b, computed_standing_charge, includes_vat, emergency_credit, debt_recovery_rate,
            ecredit_button_threshold, rate_profile, benchmark)
        SELECT cap.esco, cap.period_start, last.discount_rate_basis_points, last.discount_rate_basis_points_b,
               trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points) / 10000, 5),
               CASE WHEN last.discount_rate_basis_points_b IS NULL THEN last.computed_unit_rate_b
                    ELSE trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points_b) / 10000, 5) END,
               trunc(cap.standing_charge * (10000 - last.discount_rate_basis_points) / 10000, 5),
               cap.includes_vat, last.emergency_credit, last.debt_recovery_rate, last.ecredit_button_threshold,
               last.rate_profile, cap.id
          FROM cap
          JOIN LATERAL (SELECT * FROM microgrid_tariffs AS earlier
                         WHERE earlier.esco = cap.esco AND earlier.period_start < cap.period_start
                         AND earlier.superseded_by IS NULL ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
            ON CONFLICT (esco, period_start) WHERE superseded_by IS NULL DO UPDATE
           SET computed_unit_rate = excluded.computed_unit_rate, computed_unit_rate_b = excluded.computed_unit_rate_b,
               computed_standing_charge = excluded.computed_standing_charge, includes_vat = excluded.includes_vat
         WHERE tariff.benchmark = excluded.benchmark
           AND NOT EXISTS (SELECT FROM invoice_lines AS line WHERE line.microgrid_tariff = tariff.id)
        RETURNING tariff.id, tariff.esco, tariff.period_start
    )
    INSERT INTO tariff_components (microgrid_tariff, kind, element, band, from_kwh, threshold_period, rate, includes_vat)
    SELECT made.id, part.kind, part.element, part.band, part.from_kwh, part.threshold_period, part.rate, part.includes_vat
      FROM made
      JOIN LATERAL (SELECT id FROM microgrid_tariffs AS earlier
                     WHERE earlier.esco = made.esco AND earlier.period_start < made.period_start
                     AND earlier.superseded_by IS NULL ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
      JOIN tariff_components AS part ON part.microgrid_tariff = last.id
        ON CONFLICT DO NOTHING;

    WITH cap AS (
        SELECT cap.*, customer.id AS customer
          FROM benchmark_tariffs AS cap
          JOIN flows.escos AS esco ON esco.region = cap.region
          JOIN customers AS customer ON customer.esco = esco.id
         WHERE cap.id = $1
    ), made AS (
        INSERT INTO customer_tariffs AS tariff (
            customer, period_start, discount_rate_basis_points, discount_rate_basis_points_b, computed_unit_rate,
            computed_unit_rate_b, computed_standing_charge, includes_vat, rate_profile, benchmark)
        SELECT cap.customer, cap.period_start, last.discount_rate_basis_points, last.discount_rate_basis_points_b,
               trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points) / 10000, 5),
               CASE WHEN last.discount_rate_basis_points_b IS NULL THEN last.computed_unit_rate_b
                    ELSE trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points_b) / 10000, 5) END,
               trunc(cap.standing_charge * (10000 - last.discount_rate_basis_points) / 10000, 5),
               cap.includes_vat, last.rate_profile, cap.id
          FROM cap
          JOIN LATERAL (SELECT * FROM customer_tariffs AS earlier
                         WHERE earlier.customer = cap.customer AND earlier.period_start < cap.period_start
                         AND earlier.superseded_by IS NULL ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
            ON CONFLICT (customer, period_start) WHERE superseded_by IS NULL DO UPDATE
           SET computed_unit_rate = excluded.computed_unit_rate, computed_unit_rate_b = excluded.computed_unit_rate_b,
               computed_standing_charge = excluded.computed_standing_charge, includes_vat = excluded.includes_vat
         WHERE tariff.benchmark = excluded.benchmark
           AND NOT EXISTS (SELECT FROM invoice_lines AS line WHERE line.customer_tariff = tariff.id)
        RETURNING tariff.id, tariff.customer, tariff.period_start
    )
    INSERT INTO tariff_components (customer_tariff, kind, element, band, from_kwh, threshold_period, rate, includes_vat)
    SELECT made.id, part.kind, part.element, part.band, part.from_kwh, part.threshold_period, part.rate, part.includes_vat
      FROM made
      JOIN LATERAL (SELECT id FROM customer_tariffs AS earlier
                     WHERE earlier.customer = made.customer AND earlier.period_start < made.period_start
                     AND earlier.superseded_by IS NULL ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
      JOIN tariff_components AS part ON part.customer_tariff = last.id
        ON CONFLICT DO NOTHING;
$function$;
COMMENT ON FUNCTION flows.write_tariffs(uuid) IS 'The prices that a benchmark makes, from its period_start on';
SELECT flows.allow_execute('flows.write_tariffs(uuid)', '{}');
