-- Sessions that end before their tokens do. All of this is for the gateway's login role alone.
CREATE OR REPLACE FUNCTION flows.session_of(given_hash bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT session FROM flows.refresh_tokens WHERE token_hash = given_hash;
$$;
SELECT flows.allow_execute('flows.session_of(bytea)', '{flows_gateway}');
