CREATE OR REPLACE FUNCTION flows.use_reauthentication(mail_id uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    WITH used AS (UPDATE flows.login_mails SET used_at = now() WHERE id = mail_id AND used_at IS NULL RETURNING id)
    SELECT EXISTS (SELECT FROM used);
$$;
SELECT flows.allow_execute('flows.use_reauthentication(uuid)', '{flows_gateway}');
