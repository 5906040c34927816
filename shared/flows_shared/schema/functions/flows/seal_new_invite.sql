CREATE OR REPLACE FUNCTION flows.seal_new_invite() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    UPDATE public.customer_invites SET invite_token = flows.sealed(invite_token) WHERE invite_token = NEW.invite_token;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.seal_new_invite()', '{}');
