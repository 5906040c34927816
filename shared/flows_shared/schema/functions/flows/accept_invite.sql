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
COMMENT ON FUNCTION flows.accept_invite(uuid,text,text) IS 'Makes the login of an invited customer; it works once. The address is the customer''s, or the given one where there is none';
SELECT flows.allow_execute('flows.accept_invite(uuid,text,text)', '{flows_gateway}');
