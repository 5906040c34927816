CREATE OR REPLACE FUNCTION flows.refuse_used_tariff()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'flows'
AS $function$
DECLARE
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    free text[] := ARRAY['updated_at', 'emergency_credit', 'debt_recovery_rate', 'ecredit_button_threshold', 'superseded_by'];
    tariffs uuid[];
    profiles uuid[];
BEGIN
    IF old_row - free IS NOT DISTINCT FROM new_row - free THEN
        RETURN NEW;
    END IF;
    CASE TG_TABLE_NAME
    WHEN 'tariff_components' THEN
        tariffs := ARRAY[old_row ->> 'microgrid_tariff', old_row ->> 'customer_tariff',
                         new_row ->> 'microgrid_tariff', new_row ->> 'customer_tariff']::uuid[];
    WHEN 'rate_profiles' THEN
        profiles := ARRAY[old_row ->> 'id']::uuid[];
    WHEN 'rate_bands' THEN
        profiles := ARRAY[old_row ->> 'profile', new_row ->> 'profile']::uuid[];
    ELSE
        tariffs := ARRAY[old_row ->> 'id']::uuid[];
    END CASE;
    IF profiles IS NOT NULL THEN
        tariffs := ARRAY(SELECT id FROM public.microgrid_tariffs WHERE rate_profile = ANY(profiles)
                         UNION ALL SELECT id FROM public.customer_tariffs WHERE rate_profile = ANY(profiles));
    END IF;
    IF EXISTS (SELECT FROM public.invoice_lines WHERE microgrid_tariff = ANY(tariffs))
       OR EXISTS (SELECT FROM public.invoice_lines WHERE customer_tariff = ANY(tariffs)) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s: this price was used on a bill, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Add a version with a later period_start, or correct this one with correct_tariff().';
    END IF;
    IF profiles IS NOT NULL THEN
        DELETE FROM flows.calendar_bands WHERE profile = ANY(profiles);
        DELETE FROM flows.register_interval_bands WHERE profile = ANY(profiles);
    END IF;
    RETURN coalesce(NEW, OLD);
END
$function$;
SELECT flows.allow_execute('flows.refuse_used_tariff()', '{}');
