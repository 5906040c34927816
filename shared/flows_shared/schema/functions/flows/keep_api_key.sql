CREATE OR REPLACE FUNCTION flows.keep_api_key(made uuid, new_hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.api_key_secrets (api_key, secret_hash)
    SELECT id, new_hash FROM public.api_keys WHERE id = made AND created_by = flows.current_user_id();
$$;
COMMENT ON FUNCTION flows.keep_api_key(uuid,bytea) IS 'For the gateway alone: the hash of the secret that it drew for a key of who asks';
SELECT flows.allow_execute('flows.keep_api_key(uuid,bytea)', '{flows_gateway}');
