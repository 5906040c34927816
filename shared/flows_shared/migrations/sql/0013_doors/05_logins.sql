-- Whoever gets in by one link has no use for the others, and nobody else may have.
CREATE TABLE flows.login_mails (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('password_changed', 'email_changed', 'reauthentication')),
    email text NOT NULL,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON flows.login_mails (user_id, created_at);
COMMENT ON TABLE flows.login_mails IS 'What a login''s owner is told by mail: that something changed, or the code that proves who they are, which works once';

ALTER TABLE flows.login_mails ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON flows.login_mails TO service, flows_worker USING (true);
CREATE POLICY reporting ON flows.login_mails FOR SELECT TO reporting USING (true);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.login_mails FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();
GRANT SELECT ON flows.login_mails TO flows_notify;
GRANT UPDATE (sent_at) ON flows.login_mails TO flows_notify;

ALTER TABLE flows.refresh_tokens ADD COLUMN logged_in_at timestamptz NOT NULL DEFAULT now();
UPDATE flows.refresh_tokens AS token SET logged_in_at = session.began_at
  FROM (SELECT session, min(created_at) AS began_at FROM flows.refresh_tokens GROUP BY session) AS session
 WHERE session.session = token.session;
COMMENT ON COLUMN flows.refresh_tokens.logged_in_at IS 'When the session began';

CREATE FUNCTION flows.mail_login(mail_id uuid, login_id uuid, mail_kind text, address text, lasts_until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    DELETE FROM flows.login_mails WHERE user_id = login_id AND expires_at < now();
    INSERT INTO flows.login_mails (id, user_id, kind, email, expires_at)
    VALUES (mail_id, login_id, mail_kind, address, lasts_until);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_login_mail', jsonb_build_array(mail_id), mail_id);
$$;

CREATE FUNCTION flows.end_links(login_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.recoveries SET used_at = now() WHERE user_id = login_id AND used_at IS NULL;
    UPDATE flows.email_changes SET used_at = now() WHERE user_id = login_id AND used_at IS NULL;
    UPDATE flows.login_mails SET used_at = now() WHERE user_id = login_id AND used_at IS NULL AND kind = 'reauthentication';
$$;
COMMENT ON FUNCTION flows.end_links IS 'Ends what was mailed to a login and lets in, of every kind';

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

CREATE OR REPLACE FUNCTION flows.set_password(login_id uuid, new_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT set_config('request.jwt.claims', jsonb_build_object('sub', login_id)::text, true);
    SELECT flows.end_links(login_id);
    SELECT flows.mail_login(gen_random_uuid(), login_id, 'password_changed', login.email, now() + interval '1 day')
      FROM public.users AS login WHERE login.id = login_id AND login.password_hash IS NOT NULL;
    UPDATE public.users SET password_hash = new_hash WHERE id = login_id;
$$;

CREATE OR REPLACE FUNCTION flows.use_recovery(given_hash bytea) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    login_id uuid;
BEGIN
    -- The login is locked first: of two links that are used at once, one works.
    SELECT login.id INTO login_id
      FROM public.users AS login
      JOIN flows.recoveries AS recovery ON recovery.user_id = login.id
     WHERE recovery.token_hash = given_hash AND login.disabled_at IS NULL
       FOR UPDATE OF login;
    UPDATE flows.recoveries AS recovery SET used_at = now()
     WHERE recovery.user_id = login_id AND recovery.token_hash = given_hash
       AND recovery.used_at IS NULL AND recovery.expires_at > now();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM flows.end_links(login_id);
    RETURN login_id;
END
$$;

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
COMMENT ON FUNCTION flows.begin_email_change IS 'Has a mail sent to the new address, at most one a minute, unless it is someone''s: begun or too_soon';

CREATE OR REPLACE FUNCTION flows.use_email_change(given_hash bytea) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    change flows.email_changes;
    old_email text;
BEGIN
    SELECT login.email INTO old_email
      FROM public.users AS login
      JOIN flows.email_changes AS asked ON asked.user_id = login.id
     WHERE asked.token_hash = given_hash AND login.disabled_at IS NULL
       FOR UPDATE OF login;
    UPDATE flows.email_changes AS asked SET used_at = now()
      FROM public.users AS login
     WHERE login.id = asked.user_id AND login.disabled_at IS NULL
       AND asked.token_hash = given_hash AND asked.used_at IS NULL AND asked.expires_at > now()
    RETURNING asked.* INTO change;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', change.user_id)::text, true);
    UPDATE public.users SET email = change.new_email WHERE id = change.user_id;
    UPDATE public.customers AS customer SET email = change.new_email
      FROM public.users AS login
     WHERE login.id = change.user_id AND customer.id = login.customer AND lower(trim(customer.email)) = old_email;
    PERFORM flows.end_sessions(change.user_id, NULL, 'global');
    PERFORM flows.mail_login(gen_random_uuid(), change.user_id, 'email_changed', old_email, now() + interval '1 day');
    RETURN change.user_id;
END
$$;
COMMENT ON FUNCTION flows.use_email_change IS 'Gives a login its new address, and its customer where theirs was the same; all sessions end, and the old address is told';

-- Who changes how one logs in proves who they are: by a login of this day, the password, or a code that is mailed.
CREATE FUNCTION flows.session_began(session_id uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT min(logged_in_at) FROM flows.refresh_tokens WHERE session = session_id;
$$;

CREATE FUNCTION flows.begin_reauthentication(mail_id uuid, login_id uuid, lasts_until timestamptz) RETURNS text
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
COMMENT ON FUNCTION flows.begin_reauthentication IS 'Has a code mailed, at most one a minute; the last one counts: begun or too_soon';

CREATE FUNCTION flows.reauthentication_of(login_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT id FROM flows.login_mails
     WHERE user_id = login_id AND kind = 'reauthentication' AND used_at IS NULL AND expires_at > now();
$$;
COMMENT ON FUNCTION flows.reauthentication_of IS 'The mail whose code counts';

CREATE FUNCTION flows.use_reauthentication(mail_id uuid) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    WITH used AS (UPDATE flows.login_mails SET used_at = now() WHERE id = mail_id AND used_at IS NULL RETURNING id)
    SELECT EXISTS (SELECT FROM used);
$$;

-- The next token follows from the one before it. Who holds the parent of the token that nobody has used yet may not have
-- seen it, however long ago that was.
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
        INSERT INTO flows.refresh_tokens (token_hash, session, user_id, expires_at, logged_in_at)
        VALUES (new_hash, given.session, given.user_id, lasts_until, given.logged_in_at);
        RETURN QUERY SELECT 'rotated', given.user_id;
    ELSE
        SELECT * INTO following FROM flows.refresh_tokens AS token
         WHERE token.token_hash = new_hash AND token.session = given.session;
        IF FOUND AND following.used_at IS NULL THEN
            RETURN QUERY SELECT 'rotated', given.user_id;
        ELSIF FOUND AND given.used_at > clock_timestamp() - grace THEN
            RETURN QUERY SELECT 'passed_on', given.user_id;
        ELSE
            UPDATE flows.refresh_tokens SET revoked_at = now() WHERE session = given.session AND revoked_at IS NULL;
            RETURN QUERY SELECT 'used', given.user_id;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION flows.rotate_refresh_token IS 'The parent of the unused token gets that one. Any other token that is used again after the grace ends its session: one of the two who had it should not have. passed_on: the next one was used as well';

REVOKE EXECUTE ON FUNCTION flows.mail_login, flows.end_links, flows.session_began, flows.begin_reauthentication,
    flows.reauthentication_of, flows.use_reauthentication FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.session_began, flows.begin_reauthentication, flows.reauthentication_of,
    flows.use_reauthentication TO flows_gateway;
