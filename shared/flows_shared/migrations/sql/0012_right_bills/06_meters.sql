-- A meter's clock is UTC, so writers arm a tariff for the community's midnight or for that of UTC: either is right, and
-- the one leaves alone what the other has armed. What is armed for a midnight of UTC that is still to come today is not
-- written over by the tariff after it.
DO $$
DECLARE
    definition text := pg_get_functiondef('public.meters_missing_future_tariffs'::regproc);
    held text := '       AND ((held.future_standing_charge, held.future_unit_rate_a, held.future_activation_datetime)
            IS DISTINCT FROM
            (due.computed_standing_charge, due.computed_unit_rate, due.period_start::timestamp AT TIME ZONE due.time_zone)
';
BEGIN
    IF position(held IN definition) = 0 THEN
        RAISE no_data_found USING MESSAGE = 'meters_missing_future_tariffs does not compare midnights';
    END IF;
    EXECUTE replace(definition, held, '       AND (held.future_activation_datetime > now()
            AND held.future_activation_datetime = (now() AT TIME ZONE due.time_zone)::date::timestamp AT TIME ZONE ''UTC'')
           IS NOT TRUE
       AND ((held.future_standing_charge, held.future_unit_rate_a)
            IS DISTINCT FROM (due.computed_standing_charge, due.computed_unit_rate)
            OR (held.future_activation_datetime IN (due.period_start::timestamp AT TIME ZONE due.time_zone,
                                                    due.period_start::timestamp AT TIME ZONE ''UTC'')
                -- Where the clocks go back at midnight it comes twice.
                OR held.future_activation_datetime AT TIME ZONE due.time_zone = due.period_start::timestamp) IS NOT TRUE
');
END
$$;
