CREATE OR REPLACE FUNCTION public.correct_tariff(tariff uuid, reason text, unit_rate numeric DEFAULT NULL::numeric, standing_charge numeric DEFAULT NULL::numeric, unit_rate_b numeric DEFAULT NULL::numeric, includes_vat boolean DEFAULT NULL::boolean)
 RETURNS uuid
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public'
AS $function$
#variable_conflict use_variable
DECLARE
    correcting uuid := gen_random_uuid();
BEGIN
    -- The old version names the new one before that is there, as two cannot hold from one day.
    SET CONSTRAINTS microgrid_tariffs_superseded_by_fkey, customer_tariffs_superseded_by_fkey DEFERRED;
    UPDATE microgrid_tariffs SET superseded_by = correcting WHERE id = tariff AND superseded_by IS NULL;
    IF FOUND THEN
        INSERT INTO microgrid_tariffs (
            id, correction_reason, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat, esco,
            period_start, discount_rate_basis_points, discount_rate_basis_points_b, emergency_credit, debt_recovery_rate,
            ecredit_button_threshold, rate_profile)
        SELECT correcting, reason, coalesce(unit_rate, wrong.computed_unit_rate),
               coalesce(unit_rate_b, wrong.computed_unit_rate_b), coalesce(standing_charge, wrong.computed_standing_charge),
               coalesce(includes_vat, wrong.includes_vat), wrong.esco, wrong.period_start, wrong.discount_rate_basis_points,
               wrong.discount_rate_basis_points_b, wrong.emergency_credit, wrong.debt_recovery_rate,
               wrong.ecredit_button_threshold, wrong.rate_profile
          FROM microgrid_tariffs AS wrong WHERE wrong.id = tariff;
    ELSE
        UPDATE customer_tariffs SET superseded_by = correcting WHERE id = tariff AND superseded_by IS NULL;
        IF NOT FOUND THEN
            RAISE SQLSTATE 'PT404' USING MESSAGE = format('there is no version %s that holds', tariff);
        END IF;
        INSERT INTO customer_tariffs (
            id, correction_reason, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat, customer,
            period_start, discount_rate_basis_points, discount_rate_basis_points_b, rate_profile)
        SELECT correcting, reason, coalesce(unit_rate, wrong.computed_unit_rate),
               coalesce(unit_rate_b, wrong.computed_unit_rate_b), coalesce(standing_charge, wrong.computed_standing_charge),
               coalesce(includes_vat, wrong.includes_vat), wrong.customer, wrong.period_start,
               wrong.discount_rate_basis_points, wrong.discount_rate_basis_points_b, wrong.rate_profile
          FROM customer_tariffs AS wrong WHERE wrong.id = tariff;
    END IF;
    INSERT INTO tariff_components (microgrid_tariff, customer_tariff, kind, element, band, from_kwh, threshold_period, rate, includes_vat)
    SELECT CASE WHEN part.microgrid_tariff IS NOT NULL THEN correcting END,
           CASE WHEN part.customer_tariff IS NOT NULL THEN correcting END,
           part.kind, part.element, part.band, part.from_kwh, part.threshold_period, part.rate, part.includes_vat
      FROM tariff_components AS part
     WHERE part.microgrid_tariff = tariff OR part.customer_tariff = tariff;
    SET CONSTRAINTS microgrid_tariffs_superseded_by_fkey, customer_tariffs_superseded_by_fkey IMMEDIATE;
    RETURN correcting;
END
$function$;
COMMENT ON FUNCTION public.correct_tariff(uuid,text,numeric,numeric,numeric,boolean) IS 'A version in place of a wrong one that was billed, with its id; what is not given is as before. Its components can be changed until it is billed';
SELECT flows.allow_execute('public.correct_tariff(uuid,text,numeric,numeric,numeric,boolean)', '{admin,service}');
