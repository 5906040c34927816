CREATE OR REPLACE FUNCTION flows.note_login(user_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    UPDATE public.users SET last_login_at = now() WHERE id = user_id;
$$;
SELECT flows.allow_execute('flows.note_login(uuid)', '{flows_gateway}');
