-- Invites as they were; a token that was sealed stays so: invites that are open are made anew.
DROP TRIGGER seal ON public.customer_invites;
DROP TRIGGER seal_new ON public.customer_invites;
DROP FUNCTION flows.seal_invite, flows.seal_new_invite;
UPDATE public.customer_invites SET status = 'expired' WHERE status IN ('pending', 'sent');
ALTER TABLE public.customer_invites DROP COLUMN mailed_token;
COMMENT ON COLUMN public.customer_invites.invite_token IS NULL;
COMMENT ON COLUMN public.customer_invites.invite_url IS NULL;

CREATE OR REPLACE FUNCTION flows.accept_invite(token uuid, login_email text, new_hash text) RETURNS TABLE (outcome text, user_id uuid)
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
