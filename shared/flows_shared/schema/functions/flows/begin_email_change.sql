-- Whether the address is someone's is not told here: the mail is not sent then, and no link can be followed.
CREATE OR REPLACE FUNCTION flows.begin_email_change(
    change_id uuid, login_id uuid, wanted_email text, new_hash bytea, lasts_until timestamptz, redirect_to text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM FROM public.users WHERE id = login_id FOR UPDATE;
    IF EXISTS (SELECT FROM flows.email_changes WHERE user_id = login_id AND created_at > now() - interval '1 minute') THEN
        RETURN 'too_soon';
    END IF;
    DELETE FROM flows.email_changes WHERE user_id = login_id AND used_at IS NULL;
    INSERT INTO flows.email_changes (id, user_id, new_email, token_hash, redirect_to, expires_at)
    VALUES (change_id, login_id, lower(wanted_email), new_hash, begin_email_change.redirect_to, lasts_until);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_email_change', jsonb_build_array(change_id), change_id);
    PERFORM flows.audit_access('change_email', login_id);
    RETURN 'begun';
END
$$;
COMMENT ON FUNCTION flows.begin_email_change(uuid,uuid,text,bytea,timestamp with time zone,text) IS 'Has a mail sent to the new address, at most one a minute, unless it is someone''s: begun or too_soon';
SELECT flows.allow_execute('flows.begin_email_change(uuid,uuid,text,bytea,timestamp with time zone,text)', '{flows_gateway}');
