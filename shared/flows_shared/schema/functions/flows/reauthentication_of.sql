CREATE OR REPLACE FUNCTION flows.reauthentication_of(login_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT id FROM flows.login_mails
     WHERE user_id = login_id AND kind = 'reauthentication' AND used_at IS NULL AND expires_at > now();
$$;
COMMENT ON FUNCTION flows.reauthentication_of(uuid) IS 'The mail whose code counts';
SELECT flows.allow_execute('flows.reauthentication_of(uuid)', '{flows_gateway}');
