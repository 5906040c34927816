CREATE OR REPLACE FUNCTION flows.session_lives(session_id uuid, login_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT EXISTS (SELECT FROM flows.refresh_tokens AS token
                     JOIN public.users AS login ON login.id = token.user_id AND login.disabled_at IS NULL
                    WHERE token.session = session_id AND token.user_id = login_id
                      AND token.revoked_at IS NULL AND token.expires_at > now());
$$;
SELECT flows.allow_execute('flows.session_lives(uuid,uuid)', '{flows_gateway}');
