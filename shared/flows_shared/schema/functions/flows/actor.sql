CREATE OR REPLACE FUNCTION flows.actor() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(flows.claims() ->> 'act', flows.claims() ->> 'sub', session_user);
$$;
COMMENT ON FUNCTION flows.actor() IS 'Who acts: the person a service acts for, the token''s subject, or the login role';
SELECT flows.allow_execute('flows.actor()', '{anon,customer,admin,service,reporting,flows_worker,mediator}');
