DO $$
BEGIN
    EXECUTE replace(pg_get_functiondef('public.correct_tariff'::regproc), 'RAISE SQLSTATE ''PT404'' USING', 'RAISE no_data_found USING');
END
$$;
