-- A version that was used on a bill stays as it is. Where it was wrong, a correcting one with the same first day takes its
-- place: what asks for a price finds that one, and the old lines still name theirs.
ALTER TABLE public.microgrid_tariffs
    ADD COLUMN superseded_by uuid CHECK (superseded_by <> id),
    ADD COLUMN correction_reason text CHECK (correction_reason <> ''),
    ADD UNIQUE (id, esco, period_start),
    DROP CONSTRAINT microgrid_tariffs_esco_period_start_key,
    ADD CONSTRAINT microgrid_tariffs_superseded_by_fkey FOREIGN KEY (superseded_by, esco, period_start)
        REFERENCES public.microgrid_tariffs (id, esco, period_start) DEFERRABLE;
CREATE UNIQUE INDEX microgrid_tariffs_one_a_day ON public.microgrid_tariffs (esco, period_start) WHERE superseded_by IS NULL;
CREATE INDEX ON public.microgrid_tariffs (superseded_by) WHERE superseded_by IS NOT NULL;
COMMENT ON COLUMN public.microgrid_tariffs.superseded_by IS 'The version that corrects this one, from the same day on; null: it holds';
COMMENT ON COLUMN public.microgrid_tariffs.correction_reason IS 'Why this version took the place of another';

ALTER TABLE public.customer_tariffs
    ADD COLUMN superseded_by uuid CHECK (superseded_by <> id),
    ADD COLUMN correction_reason text CHECK (correction_reason <> ''),
    ADD UNIQUE (id, customer, period_start),
    DROP CONSTRAINT customer_tariffs_customer_period_start_key,
    ADD CONSTRAINT customer_tariffs_superseded_by_fkey FOREIGN KEY (superseded_by, customer, period_start)
        REFERENCES public.customer_tariffs (id, customer, period_start) DEFERRABLE;
CREATE UNIQUE INDEX customer_tariffs_one_a_day ON public.customer_tariffs (customer, period_start) WHERE superseded_by IS NULL;
CREATE INDEX ON public.customer_tariffs (superseded_by) WHERE superseded_by IS NOT NULL;
COMMENT ON COLUMN public.customer_tariffs.superseded_by IS 'The version that corrects this one, from the same day on; null: it holds';
COMMENT ON COLUMN public.customer_tariffs.correction_reason IS 'Why this version took the place of another';

CREATE FUNCTION public.correct_tariff(
    tariff uuid, reason text, unit_rate numeric DEFAULT NULL, standing_charge numeric DEFAULT NULL,
    unit_rate_b numeric DEFAULT NULL, includes_vat boolean DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
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
            RAISE no_data_found USING MESSAGE = format('there is no version %s that holds', tariff);
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
$$;
COMMENT ON FUNCTION public.correct_tariff IS
    'A version in place of a wrong one that was billed, with its id; what is not given is as before. Its components can be changed until it is billed';

-- These functions know versions by their first day: now by their first day among those that hold.
CREATE FUNCTION flows.rewrite_function(name regproc, before text, after text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    definition text := pg_get_functiondef(name);
BEGIN
    IF position(before IN definition) = 0 THEN
        RAISE no_data_found USING MESSAGE = format('%s does not hold: %s', name, before);
    END IF;
    EXECUTE replace(definition, before, after);
END
$$;
SELECT flows.rewrite_function('public.prepare_tariffs', 'ON CONFLICT (esco, period_start)',
                              'ON CONFLICT (esco, period_start) WHERE superseded_by IS NULL'),
       flows.rewrite_function('public.prepare_tariffs', 'ON CONFLICT (customer, period_start)',
                              'ON CONFLICT (customer, period_start) WHERE superseded_by IS NULL'),
       flows.rewrite_function('public.prepare_tariffs', 'ORDER BY earlier.period_start',
                              'AND earlier.superseded_by IS NULL ORDER BY earlier.period_start'),
       flows.rewrite_function('public.meters_missing_future_tariffs', 'tariff.period_start <= next.period_start',
                              'tariff.period_start <= next.period_start AND tariff.superseded_by IS NULL'),
       flows.rewrite_function('flows.refuse_used_tariff', '''ecredit_button_threshold'']',
                              '''ecredit_button_threshold'', ''superseded_by'']'),
       flows.rewrite_function('flows.refuse_used_tariff', 'Add a version with a later period_start.',
                              'Add a version with a later period_start, or correct this one with correct_tariff().');
DROP FUNCTION flows.rewrite_function;

CREATE OR REPLACE VIEW public.supply_tariffs WITH (security_invoker) AS
SELECT supply.meter, supply.serial, supply.esco, supply.customer, tariff.period_start, tariff.computed_unit_rate,
       coalesce(tariff.computed_unit_rate_b, tariff.computed_unit_rate) AS computed_unit_rate_b,
       tariff.computed_standing_charge
  FROM public.supply_payers AS supply
  JOIN LATERAL (
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
         FROM public.customer_tariffs WHERE customer = supply.customer AND superseded_by IS NULL
        UNION ALL
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
         FROM public.microgrid_tariffs AS community
        WHERE esco = supply.esco AND superseded_by IS NULL
          AND NOT EXISTS (SELECT FROM public.customer_tariffs AS own
                           WHERE own.customer = supply.customer AND own.period_start <= community.period_start)) AS tariff ON true;
