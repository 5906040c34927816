-- Who corrects a tariff that is not theirs, not there or corrected already hears 404 and not that something broke.
DO $$
BEGIN
    EXECUTE replace(pg_get_functiondef('public.correct_tariff'::regproc), 'RAISE no_data_found USING', 'RAISE SQLSTATE ''PT404'' USING');
END
$$;
