CREATE OR REPLACE FUNCTION flows.audit_access(action text, login_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id)
    VALUES (coalesce(flows.claims() ->> 'sub', login_id::text), coalesce(flows.claims() ->> 'role', session_user),
            action, 'public.users', login_id::text);
$$;
COMMENT ON FUNCTION flows.audit_access(text,uuid) IS 'A record of what changes who is let in, but no row of a business table';
SELECT flows.allow_execute('flows.audit_access(text,uuid)', '{}');
