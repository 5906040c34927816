DO $$
DECLARE
    definition text := pg_get_functiondef('public.meters_missing_future_tariffs'::regproc);
    first integer := position('       AND (held.future_activation_datetime > now()' IN definition);
    next integer := position('            -- Not every writer of shadows tells these' IN definition);
BEGIN
    EXECUTE overlay(definition PLACING
'       AND ((held.future_standing_charge, held.future_unit_rate_a, held.future_activation_datetime)
            IS DISTINCT FROM
            (due.computed_standing_charge, due.computed_unit_rate, due.period_start::timestamp AT TIME ZONE due.time_zone)
' FROM first FOR next - first);
END
$$;
