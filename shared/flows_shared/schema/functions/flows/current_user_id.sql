-- Who asks, and what is theirs: read once a statement by the policies, past the policies of what it is read from.
-- In plpgsql, as its plans stay with the connection; those of SQL functions are made again for each statement.
CREATE OR REPLACE FUNCTION flows.current_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
    SELECT (flows.claims() ->> 'sub')::uuid;
$$;
SELECT flows.allow_execute('flows.current_user_id()', '{anon,customer,admin,service,reporting,flows_worker,mediator}');
