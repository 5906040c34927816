-- Sessions that end before their tokens do. All of this is for the gateway's login role alone.
CREATE FUNCTION flows.session_of(given_hash bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT session FROM flows.refresh_tokens WHERE token_hash = given_hash;
$$;

CREATE FUNCTION flows.session_lives(session_id uuid, login_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT EXISTS (SELECT FROM flows.refresh_tokens AS token
                     JOIN public.users AS login ON login.id = token.user_id AND login.disabled_at IS NULL
                    WHERE token.session = session_id AND token.user_id = login_id
                      AND token.revoked_at IS NULL AND token.expires_at > now());
$$;

CREATE FUNCTION flows.audit_access(action text, login_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id)
    VALUES (coalesce(flows.claims() ->> 'sub', login_id::text), coalesce(flows.claims() ->> 'role', session_user),
            action, 'public.users', login_id::text);
$$;
COMMENT ON FUNCTION flows.audit_access IS 'A record of what changes who is let in, but no row of a business table';

CREATE FUNCTION flows.end_sessions(login_id uuid, session_id uuid, extent text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    UPDATE flows.refresh_tokens SET revoked_at = now()
     WHERE user_id = login_id AND revoked_at IS NULL
       AND CASE extent WHEN 'global' THEN true
                       WHEN 'local' THEN session = session_id
                       WHEN 'others' THEN session IS DISTINCT FROM session_id END;
    SELECT flows.audit_access('logout_' || extent, login_id);
$$;

CREATE FUNCTION flows.set_password(login_id uuid, new_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT set_config('request.jwt.claims', jsonb_build_object('sub', login_id)::text, true);
    UPDATE public.users SET password_hash = new_hash WHERE id = login_id;
$$;

-- What a gateway believes is forgotten as soon as it is not true any more.
CREATE FUNCTION flows.notify_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM pg_notify('flows_access', coalesce(to_jsonb(OLD) ->> 'session', to_jsonb(OLD) ->> 'id'));
    RETURN NULL;
END
$$;
CREATE TRIGGER notify_access AFTER UPDATE ON flows.refresh_tokens
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION flows.notify_access();
CREATE TRIGGER notify_access AFTER UPDATE ON public.users
    FOR EACH ROW WHEN (OLD.disabled_at IS DISTINCT FROM NEW.disabled_at OR OLD.role <> NEW.role OR OLD.all_escos <> NEW.all_escos)
    EXECUTE FUNCTION flows.notify_access();
CREATE TRIGGER notify_access AFTER UPDATE OR DELETE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION flows.notify_access();

REVOKE EXECUTE ON FUNCTION flows.session_of, flows.session_lives, flows.audit_access, flows.end_sessions, flows.set_password,
    flows.notify_access FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.session_of, flows.session_lives, flows.end_sessions, flows.set_password TO flows_gateway;
