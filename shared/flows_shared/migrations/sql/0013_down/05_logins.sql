-- Logins as they were.
CREATE OR REPLACE FUNCTION flows.rotate_refresh_token(
    given_hash bytea, new_hash bytea, lasts_until timestamptz, grace interval DEFAULT '0'
) RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    given flows.refresh_tokens;
    following flows.refresh_tokens;
BEGIN
    SELECT token.* INTO given
      FROM flows.refresh_tokens AS token
      JOIN public.users AS login ON login.id = token.user_id AND login.disabled_at IS NULL
     WHERE token.token_hash = given_hash AND token.expires_at > now() AND token.revoked_at IS NULL
       FOR UPDATE OF token;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid;
    ELSIF given.used_at IS NULL THEN
        UPDATE flows.refresh_tokens SET used_at = clock_timestamp() WHERE token_hash = given_hash;
        INSERT INTO flows.refresh_tokens (token_hash, session, user_id, expires_at)
        VALUES (new_hash, given.session, given.user_id, lasts_until);
        RETURN QUERY SELECT 'rotated', given.user_id;
    ELSE
        SELECT * INTO following FROM flows.refresh_tokens AS token
         WHERE token.token_hash = new_hash AND token.session = given.session;
        IF FOUND AND given.used_at > clock_timestamp() - grace THEN
            RETURN QUERY SELECT CASE WHEN following.used_at IS NULL THEN 'rotated' ELSE 'passed_on' END, given.user_id;
        ELSE
            UPDATE flows.refresh_tokens SET revoked_at = now() WHERE session = given.session AND revoked_at IS NULL;
            RETURN QUERY SELECT 'used', given.user_id;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION flows.rotate_refresh_token IS 'A token that is used again after the grace ends its session: one of the two who had it should not have. passed_on: the next one was used as well';

CREATE OR REPLACE FUNCTION flows.begin_email_change(
    change_id uuid, login_id uuid, wanted_email text, new_hash bytea, lasts_until timestamptz, redirect_to text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM FROM public.users WHERE id = login_id FOR UPDATE;
    IF EXISTS (SELECT FROM public.users WHERE email = lower(wanted_email)) THEN
        RETURN 'taken';
    ELSIF EXISTS (SELECT FROM flows.email_changes WHERE user_id = login_id AND created_at > now() - interval '1 minute') THEN
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
COMMENT ON FUNCTION flows.begin_email_change IS 'Has a mail sent to the new address, at most one a minute: begun, taken or too_soon';

CREATE OR REPLACE FUNCTION flows.use_email_change(given_hash bytea) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    change flows.email_changes;
    old_email text;
BEGIN
    UPDATE flows.email_changes AS asked SET used_at = now()
      FROM public.users AS login
     WHERE login.id = asked.user_id AND login.disabled_at IS NULL
       AND asked.token_hash = given_hash AND asked.used_at IS NULL AND asked.expires_at > now()
    RETURNING asked.* INTO change;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT email INTO old_email FROM public.users WHERE id = change.user_id;
    PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', change.user_id)::text, true);
    UPDATE public.users SET email = change.new_email WHERE id = change.user_id;
    UPDATE public.customers AS customer SET email = change.new_email
      FROM public.users AS login
     WHERE login.id = change.user_id AND customer.id = login.customer AND lower(trim(customer.email)) = old_email;
    RETURN change.user_id;
END
$$;
COMMENT ON FUNCTION flows.use_email_change IS 'Gives a login its new address, and its customer where theirs was the same';

CREATE OR REPLACE FUNCTION flows.use_recovery(given_hash bytea) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.recoveries AS recovery SET used_at = now()
      FROM public.users AS login
     WHERE login.id = recovery.user_id AND login.disabled_at IS NULL
       AND recovery.token_hash = given_hash AND recovery.used_at IS NULL AND recovery.expires_at > now()
    RETURNING recovery.user_id;
$$;

CREATE OR REPLACE FUNCTION flows.end_sessions(login_id uuid, session_id uuid, extent text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.refresh_tokens SET revoked_at = now()
     WHERE user_id = login_id AND revoked_at IS NULL
       AND CASE extent WHEN 'global' THEN true
                       WHEN 'local' THEN session = session_id
                       WHEN 'others' THEN session IS DISTINCT FROM session_id END;
    SELECT flows.audit_access('logout_' || extent, login_id);
$$;

CREATE OR REPLACE FUNCTION flows.set_password(login_id uuid, new_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT set_config('request.jwt.claims', jsonb_build_object('sub', login_id)::text, true);
    UPDATE public.users SET password_hash = new_hash WHERE id = login_id;
$$;

DROP FUNCTION flows.use_reauthentication, flows.reauthentication_of, flows.begin_reauthentication, flows.session_began,
    flows.end_links, flows.mail_login;
ALTER TABLE flows.refresh_tokens DROP COLUMN logged_in_at;
DROP TABLE flows.login_mails;
DELETE FROM flows.outbox WHERE job = 'send_login_mail';
