CREATE OR REPLACE FUNCTION flows.end_sessions(login_id uuid, session_id uuid, extent text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.refresh_tokens SET revoked_at = now()
     WHERE user_id = login_id AND revoked_at IS NULL
       AND CASE extent WHEN 'global' THEN true
                       WHEN 'local' THEN session = session_id
                       WHEN 'others' THEN session IS DISTINCT FROM session_id END;
    SELECT flows.end_links(login_id);
    SELECT flows.audit_access('logout_' || extent, login_id);
$$;
SELECT flows.allow_execute('flows.end_sessions(uuid,uuid,text)', '{flows_gateway}');
