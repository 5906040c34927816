CREATE OR REPLACE FUNCTION public.meters_missing_future_tariffs(esco_code_in text DEFAULT NULL::text)
 RETURNS TABLE(serial text, meter_id uuid, customer_id uuid, customer_email text, esco_code text, tariff_period_start date, customer_unit_rate numeric, customer_standing_charge numeric, emergency_credit numeric, debt_recovery_rate numeric, ecredit_button_threshold numeric, current_future_standing_charge numeric, current_future_unit_rate_a numeric, current_future_unit_rate_b numeric, current_future_activation_datetime timestamp with time zone, customer_unit_rate_b numeric)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public'
AS $function$
    WITH next AS (
        SELECT DISTINCT ON (tariff.meter) tariff.*, esco.code, esco.time_zone
          FROM public.supply_tariffs AS tariff
          JOIN flows.escos AS esco ON esco.id = tariff.esco
         WHERE tariff.period_start > (now() AT TIME ZONE esco.time_zone)::date
           AND (esco_code_in IS NULL OR lower(esco.code) = lower(esco_code_in))
         ORDER BY tariff.meter, tariff.period_start
    ), due AS (
        SELECT next.*, coalesce(community.emergency_credit, 0) AS emergency_credit,
               coalesce(community.debt_recovery_rate, 0) AS debt_recovery_rate,
               coalesce(community.ecredit_button_threshold, 0) AS ecredit_button_threshold
          FROM next
          LEFT JOIN LATERAL (
               SELECT tariff.emergency_credit, tariff.debt_recovery_rate, tariff.ecredit_button_threshold
                 FROM public.microgrid_tariffs AS tariff
                WHERE tariff.esco = next.esco AND tariff.period_start <= next.period_start AND tariff.superseded_by IS NULL
                ORDER BY tariff.period_start DESC
                LIMIT 1) AS community ON true
    )
    SELECT due.serial, due.meter, due.customer, customer.email, due.code, due.period_start, due.computed_unit_rate,
           due.computed_standing_charge, due.emergency_credit, due.debt_recovery_rate, due.ecredit_button_threshold,
           held.future_standing_charge, held.future_unit_rate_a, held.future_unit_rate_b, held.future_activation_datetime,
           due.computed_unit_rate_b
      FROM due
      JOIN public.customers AS customer ON customer.id = due.customer
      JOIN flows.meter_registry AS registry ON registry.id = due.meter
      JOIN flows.meter_shadows_tariffs AS held ON held.id = due.meter
     WHERE registry.mode = 'active' AND registry.installation_status = 'enabled'
       AND (held.future_activation_datetime > now()
            AND held.future_activation_datetime = (now() AT TIME ZONE due.time_zone)::date::timestamp AT TIME ZONE 'UTC')
           IS NOT TRUE
       AND ((held.future_standing_charge, held.future_unit_rate_a)
            IS DISTINCT FROM (due.computed_standing_charge, due.computed_unit_rate)
            OR (held.future_activation_datetime IN (due.period_start::timestamp AT TIME ZONE due.time_zone,
                                                    due.period_start::timestamp AT TIME ZONE 'UTC')
                -- Where the clocks go back at midnight it comes twice.
                OR held.future_activation_datetime AT TIME ZONE due.time_zone = due.period_start::timestamp) IS NOT TRUE
            -- Not every writer of shadows tells these; what it does not tell is not wrong.
            OR held.future_unit_rate_b <> due.computed_unit_rate_b
            OR held.future_emergency_credit <> due.emergency_credit
            OR held.future_debt_recovery_rate <> due.debt_recovery_rate
            OR held.future_ecredit_availability <> due.ecredit_button_threshold)
     ORDER BY due.serial;
$function$;
COMMENT ON FUNCTION public.meters_missing_future_tariffs(text) IS 'Meters whose future tariff is absent, for another date, or of other values than their customer''s next tariff; null = all communities';
SELECT flows.allow_execute('public.meters_missing_future_tariffs(text)', '{admin,service,reporting,flows_worker}');
