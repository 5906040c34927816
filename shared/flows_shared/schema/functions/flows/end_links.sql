CREATE OR REPLACE FUNCTION flows.end_links(login_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.recoveries SET used_at = now() WHERE user_id = login_id AND used_at IS NULL;
    UPDATE flows.email_changes SET used_at = now() WHERE user_id = login_id AND used_at IS NULL;
    UPDATE flows.login_mails SET used_at = now() WHERE user_id = login_id AND used_at IS NULL AND kind = 'reauthentication';
$$;
COMMENT ON FUNCTION flows.end_links(uuid) IS 'Ends what was mailed to a login and lets in, of every kind';
SELECT flows.allow_execute('flows.end_links(uuid)', '{}');
