-- How one gets in without a password: by an invite, or by a mail to the login's address.
CREATE TABLE flows.recoveries (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON flows.recoveries (user_id, created_at);
COMMENT ON TABLE flows.recoveries IS 'Password recoveries that were asked for; the token is kept as its SHA-256 and works once';

ALTER TABLE flows.recoveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON flows.recoveries TO service, flows_worker USING (true);
CREATE POLICY reporting ON flows.recoveries FOR SELECT TO reporting USING (true);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.recoveries FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE FUNCTION flows.begin_recovery(recovery_id uuid, login_email text, new_hash bytea, lasts_until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    login uuid;
BEGIN
    SELECT id INTO login FROM public.users WHERE email = lower(login_email) AND disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM flows.recoveries WHERE user_id = login AND created_at > now() - interval '1 minute') THEN
        RETURN;
    END IF;
    DELETE FROM flows.recoveries WHERE user_id = login AND expires_at < now();
    INSERT INTO flows.recoveries (id, user_id, token_hash, expires_at) VALUES (recovery_id, login, new_hash, lasts_until);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_recovery', jsonb_build_array(recovery_id), recovery_id);
    PERFORM flows.audit_access('recover', login);
END
$$;
COMMENT ON FUNCTION flows.begin_recovery IS 'Has a mail sent, at most one a minute; says nothing, so that none learns whose address is known';

CREATE FUNCTION flows.use_recovery(given_hash bytea) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.recoveries AS recovery SET used_at = now()
      FROM public.users AS login
     WHERE login.id = recovery.user_id AND login.disabled_at IS NULL
       AND recovery.token_hash = given_hash AND recovery.used_at IS NULL AND recovery.expires_at > now()
    RETURNING recovery.user_id;
$$;

CREATE FUNCTION flows.accept_invite(token uuid, login_email text, new_hash text) RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    invite public.customer_invites;
    known_email text;
    login uuid := gen_random_uuid();
BEGIN
    SELECT * INTO invite FROM public.customer_invites WHERE invite_token = token FOR UPDATE;
    IF NOT FOUND OR invite.status NOT IN ('pending', 'sent') THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid;
        RETURN;
    ELSIF invite.expires_at <= now() THEN
        UPDATE public.customer_invites SET status = 'expired' WHERE invite_token = token;
        RETURN QUERY SELECT 'expired', NULL::uuid;
        RETURN;
    END IF;
    SELECT lower(nullif(trim(email), '')) INTO known_email FROM public.customers WHERE id = invite.customer;
    IF lower(login_email) <> known_email THEN
        RETURN QUERY SELECT 'other_email', NULL::uuid;
    ELSIF coalesce(known_email, login_email) IS NULL THEN
        RETURN QUERY SELECT 'no_email', NULL::uuid;
    ELSIF EXISTS (SELECT FROM public.users WHERE customer = invite.customer OR email = lower(coalesce(known_email, login_email))) THEN
        RETURN QUERY SELECT 'registered', NULL::uuid;
    ELSE
        PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', login)::text, true);
        INSERT INTO public.users (id, email, password_hash, role, customer)
        VALUES (login, lower(coalesce(known_email, login_email)), new_hash, 'customer', invite.customer);
        UPDATE public.customer_invites SET status = 'accepted', accessed_at = now() WHERE invite_token = token;
        RETURN QUERY SELECT 'accepted', login;
    END IF;
END
$$;
COMMENT ON FUNCTION flows.accept_invite IS 'Makes the login of an invited customer; it works once. The address is the customer''s, or the given one where there is none';

-- However an invite is made, the mail follows.
CREATE FUNCTION flows.send_invite() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_invites', jsonb_build_array(NEW.customer), NEW.customer)
        ON CONFLICT (service, job, key) WHERE key IS NOT NULL AND failed_at IS NULL DO UPDATE SET sent_at = NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER send_invite AFTER INSERT ON public.customer_invites
    FOR EACH ROW WHEN (NEW.status = 'pending') EXECUTE FUNCTION flows.send_invite();

REVOKE EXECUTE ON FUNCTION flows.begin_recovery, flows.use_recovery, flows.accept_invite, flows.send_invite FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.begin_recovery, flows.use_recovery, flows.accept_invite TO flows_gateway;
GRANT SELECT ON public.customer_invites, flows.recoveries TO flows_notify;
GRANT UPDATE (status, invite_url) ON public.customer_invites TO flows_notify;
GRANT UPDATE (sent_at) ON flows.recoveries TO flows_notify;
