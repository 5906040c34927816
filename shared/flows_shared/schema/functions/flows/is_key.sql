CREATE OR REPLACE FUNCTION flows.is_key() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(flows.claims() ? 'key', false);
$$;
COMMENT ON FUNCTION flows.is_key() IS 'Whether a program asks, by its key';
SELECT flows.allow_execute('flows.is_key()', '{anon,customer,admin,service,reporting,flows_worker}');
