CREATE OR REPLACE FUNCTION flows.seal_invite() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    NEW.invite_token := flows.sealed(NEW.invite_token);
    NEW.mailed_token := flows.sealed(NEW.mailed_token);
    NEW.invite_url := regexp_replace(NEW.invite_url, '([?#]|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}).*$', '', 'i');
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.seal_invite()', '{}');
