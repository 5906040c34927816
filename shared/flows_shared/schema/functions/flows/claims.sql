CREATE OR REPLACE FUNCTION flows.claims() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb;
$$;
COMMENT ON FUNCTION flows.claims() IS 'The verified token of the request that this transaction serves; null where there is none';
SELECT flows.allow_execute('flows.claims()', '{anon,customer,admin,service,reporting,flows_worker,mediator}');
