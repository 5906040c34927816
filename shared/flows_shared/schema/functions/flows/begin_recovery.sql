CREATE OR REPLACE FUNCTION flows.begin_recovery(
    recovery_id uuid, login_email text, new_hash bytea, lasts_until timestamptz, redirect_to text DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    login uuid;
BEGIN
    SELECT id INTO login FROM public.users WHERE email = lower(login_email) AND disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM flows.recoveries WHERE user_id = login AND created_at > now() - interval '1 minute') THEN
        RETURN;
    END IF;
    DELETE FROM flows.recoveries WHERE user_id = login AND expires_at < now();
    INSERT INTO flows.recoveries (id, user_id, token_hash, expires_at, redirect_to)
    VALUES (recovery_id, login, new_hash, lasts_until, begin_recovery.redirect_to);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_recovery', jsonb_build_array(recovery_id), recovery_id);
    PERFORM flows.audit_access('recover', login);
END
$$;
COMMENT ON FUNCTION flows.begin_recovery(uuid,text,bytea,timestamp with time zone,text) IS 'Has a mail sent, at most one a minute; says nothing, so that none learns whose address is known';
SELECT flows.allow_execute('flows.begin_recovery(uuid,text,bytea,timestamp with time zone,text)', '{flows_gateway}');
