-- Who changes how one logs in proves who they are: by a login of this day, the password, or a code that is mailed.
CREATE OR REPLACE FUNCTION flows.session_began(session_id uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT min(logged_in_at) FROM flows.refresh_tokens WHERE session = session_id;
$$;
SELECT flows.allow_execute('flows.session_began(uuid)', '{flows_gateway}');
