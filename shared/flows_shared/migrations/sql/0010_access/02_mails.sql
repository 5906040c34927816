-- Links in mails may lead to a page that the client names. The gateway has looked whether it may.
ALTER TABLE flows.recoveries ADD COLUMN redirect_to text;

DROP FUNCTION flows.begin_recovery;
CREATE FUNCTION flows.begin_recovery(
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
COMMENT ON FUNCTION flows.begin_recovery IS 'Has a mail sent, at most one a minute; says nothing, so that none learns whose address is known';

-- A login's new address counts once someone who reads its mail says so.
CREATE TABLE flows.email_changes (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    new_email text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    redirect_to text,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON flows.email_changes (user_id, created_at);
COMMENT ON TABLE flows.email_changes IS 'New addresses of logins that were asked for; the token is kept as its SHA-256, and the last one works once';

ALTER TABLE flows.email_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON flows.email_changes TO service, flows_worker USING (true);
CREATE POLICY reporting ON flows.email_changes FOR SELECT TO reporting USING (true);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.email_changes FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE FUNCTION flows.begin_email_change(
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

CREATE FUNCTION flows.use_email_change(given_hash bytea) RETURNS uuid
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

REVOKE EXECUTE ON FUNCTION flows.begin_recovery, flows.begin_email_change, flows.use_email_change FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.begin_recovery, flows.begin_email_change, flows.use_email_change TO flows_gateway;
GRANT SELECT ON flows.email_changes TO flows_notify;
GRANT UPDATE (sent_at) ON flows.email_changes TO flows_notify;

SELECT flows.guard_writes();
