-- An invite's token is given once, as its row is inserted (RETURNING); the row itself keeps its seal, by which it is
-- found, changed and deleted from then on, and which lets nobody in. The mail holds a token of its own.
ALTER TABLE public.customer_invites ADD COLUMN mailed_token uuid UNIQUE;
COMMENT ON COLUMN public.customer_invites.invite_token IS 'Given plain by the insert alone; kept as its seal';
COMMENT ON COLUMN public.customer_invites.mailed_token IS 'The seal of the token that the mail holds';
COMMENT ON COLUMN public.customer_invites.invite_url IS 'The page that the mail''s link leads to, without the token';

CREATE FUNCTION flows.seal_invite() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    NEW.invite_token := flows.sealed(NEW.invite_token);
    NEW.mailed_token := flows.sealed(NEW.mailed_token);
    NEW.invite_url := regexp_replace(NEW.invite_url, '([?#]|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}).*$', '', 'i');
    RETURN NEW;
END
$$;
CREATE TRIGGER seal BEFORE UPDATE ON public.customer_invites FOR EACH ROW EXECUTE FUNCTION flows.seal_invite();
-- Links that were mailed before hold the row's own token, and go on.
UPDATE public.customer_invites SET invite_token = flows.sealed(invite_token);

CREATE FUNCTION flows.seal_new_invite() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    UPDATE public.customer_invites SET invite_token = flows.sealed(invite_token) WHERE invite_token = NEW.invite_token;
    RETURN NULL;
END
$$;
CREATE TRIGGER seal_new AFTER INSERT ON public.customer_invites
    FOR EACH ROW EXECUTE FUNCTION flows.seal_new_invite();

-- Who comes with an invite is not told that an address has a login: the invite is spent, as after any use.
CREATE OR REPLACE FUNCTION flows.accept_invite(token uuid, login_email text, new_hash text) RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    invite public.customer_invites;
    known_email text;
    login uuid := gen_random_uuid();
BEGIN
    SELECT * INTO invite FROM public.customer_invites
     WHERE flows.sealed(token) IN (invite_token, mailed_token) AND token <> flows.sealed(token) FOR UPDATE;
    IF NOT FOUND OR invite.status NOT IN ('pending', 'sent') THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid;
        RETURN;
    END IF;
    SELECT lower(nullif(trim(email), '')) INTO known_email FROM public.customers WHERE id = invite.customer;
    IF invite.expires_at <= now() THEN
        UPDATE public.customer_invites SET status = 'expired' WHERE invite_token = invite.invite_token;
        RETURN QUERY SELECT 'unknown', NULL::uuid;
    ELSIF lower(login_email) <> known_email THEN
        RETURN QUERY SELECT 'other_email', NULL::uuid;
    ELSIF coalesce(known_email, login_email) IS NULL THEN
        RETURN QUERY SELECT 'no_email', NULL::uuid;
    ELSIF EXISTS (SELECT FROM public.users WHERE customer = invite.customer OR email = lower(coalesce(known_email, login_email))) THEN
        UPDATE public.customer_invites SET status = 'expired' WHERE invite_token = invite.invite_token;
        RETURN QUERY SELECT 'unknown', NULL::uuid;
    ELSE
        PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', login)::text, true);
        INSERT INTO public.users (id, email, password_hash, role, customer)
        VALUES (login, lower(coalesce(known_email, login_email)), new_hash, 'customer', invite.customer);
        UPDATE public.customer_invites SET status = 'accepted', accessed_at = now() WHERE invite_token = invite.invite_token;
        RETURN QUERY SELECT 'accepted', login;
    END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION flows.seal_invite, flows.seal_new_invite FROM PUBLIC;
GRANT UPDATE (mailed_token) ON public.customer_invites TO flows_notify;
