-- Functions that write past the policies ask for the scopes themselves. What a trigger writes in turn is not asked about.
ALTER FUNCTION public.prepare_tariffs(uuid) RENAME TO write_tariffs;
ALTER FUNCTION public.write_tariffs(uuid) SET SCHEMA flows;
REVOKE EXECUTE ON FUNCTION flows.write_tariffs FROM service, flows_worker;

CREATE FUNCTION public.prepare_tariffs(benchmark uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.check_write(place)
       FROM unnest(ARRAY['public.microgrid_tariffs', 'public.customer_tariffs', 'public.tariff_components']) AS place;
    PERFORM flows.write_tariffs(benchmark);
END
$$;
COMMENT ON FUNCTION public.prepare_tariffs IS 'The prices that a benchmark makes, from its period_start on';
REVOKE EXECUTE ON FUNCTION public.prepare_tariffs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.prepare_tariffs TO service, flows_worker;
CREATE OR REPLACE FUNCTION flows.follow_benchmark() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.write_tariffs(NEW.id);
    RETURN NULL;
END
$$;

-- An API key is 256 random bits that the gateway drew: nobody gives it a secret of their own choice. It always ends.
REVOKE INSERT ON flows.api_key_secrets FROM admin;
REVOKE INSERT (api_key, secret_hash) ON flows.api_key_secrets FROM admin;
DROP POLICY made ON flows.api_key_secrets;

CREATE FUNCTION flows.keep_api_key(made uuid, new_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.api_key_secrets (api_key, secret_hash)
    SELECT id, new_hash FROM public.api_keys WHERE id = made AND created_by = flows.current_user_id();
$$;
COMMENT ON FUNCTION flows.keep_api_key IS 'For the gateway alone: the hash of the secret that it drew for a key of who asks';
REVOKE EXECUTE ON FUNCTION flows.keep_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.keep_api_key TO flows_gateway;

UPDATE public.api_keys SET expires_at = created_at + interval '1098 days' WHERE expires_at > created_at + interval '1098 days';
ALTER TABLE public.api_keys ADD CONSTRAINT ends_within_three_years CHECK (expires_at <= created_at + interval '1098 days');
