-- A key that was used is looked up here, before there is a role; its last use is noted at most once a minute.
CREATE OR REPLACE FUNCTION flows.use_api_key(given_hash bytea)
RETURNS TABLE (id uuid, role text, scopes text[], esco uuid, created_by uuid, expires_at timestamptz, revoked_at timestamptz,
               allowed boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.api_key_secrets SET last_used_at = now()
     WHERE secret_hash = given_hash AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute');
    SELECT key.id, key.role, key.scopes, key.esco, key.created_by, key.expires_at, key.revoked_at,
           login.disabled_at IS NULL AND login.role = 'admin' AND (key.role = 'admin' OR login.all_escos)
      FROM flows.api_key_secrets AS secret
      JOIN public.api_keys AS key ON key.id = secret.api_key
      JOIN public.users AS login ON login.id = key.created_by
     WHERE secret.secret_hash = given_hash;
$$;
COMMENT ON FUNCTION flows.use_api_key(bytea) IS 'allowed: whether the maker still may have such a key';
SELECT flows.allow_execute('flows.use_api_key(bytea)', '{flows_gateway}');
