-- (1 - discount) x benchmark, cut to five decimals, for every community of the region and every customer with a price of
-- their own: the discounts, bands and components of the version before go on. What was used on a bill stays.
CREATE OR REPLACE FUNCTION public.prepare_tariffs(benchmark uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.check_write(place)
       FROM unnest(ARRAY['public.microgrid_tariffs', 'public.customer_tariffs', 'public.tariff_components']) AS place;
    PERFORM flows.write_tariffs(benchmark);
END
$$;
COMMENT ON FUNCTION public.prepare_tariffs(uuid) IS 'The prices that a benchmark makes, from its period_start on';
SELECT flows.allow_execute('public.prepare_tariffs(uuid)', '{service,flows_worker}');
