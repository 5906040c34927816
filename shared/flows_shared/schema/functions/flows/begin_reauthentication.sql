CREATE OR REPLACE FUNCTION flows.begin_reauthentication(mail_id uuid, login_id uuid, lasts_until timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    address text;
BEGIN
    SELECT email INTO address FROM public.users WHERE id = login_id FOR UPDATE;
    IF EXISTS (SELECT FROM flows.login_mails
                WHERE user_id = login_id AND kind = 'reauthentication' AND created_at > now() - interval '1 minute') THEN
        RETURN 'too_soon';
    END IF;
    DELETE FROM flows.login_mails WHERE user_id = login_id AND kind = 'reauthentication';
    PERFORM flows.mail_login(mail_id, login_id, 'reauthentication', address, lasts_until);
    RETURN 'begun';
END
$$;
COMMENT ON FUNCTION flows.begin_reauthentication(uuid,uuid,timestamp with time zone) IS 'Has a code mailed, at most one a minute; the last one counts: begun or too_soon';
SELECT flows.allow_execute('flows.begin_reauthentication(uuid,uuid,timestamp with time zone)', '{flows_gateway}');
