CREATE OR REPLACE FUNCTION flows.keep_endpoint() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
BEGIN
    NEW.ip_address := flows.endpoint(NEW.ip_address);
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.keep_endpoint()', '{}');
