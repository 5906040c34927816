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
SELECT flows.allow_execute('flows.use_recovery(bytea)', '{flows_gateway}');
