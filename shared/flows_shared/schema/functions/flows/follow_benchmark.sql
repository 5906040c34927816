CREATE OR REPLACE FUNCTION flows.follow_benchmark() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.write_tariffs(NEW.id);
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.follow_benchmark()', '{}');
