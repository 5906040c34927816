-- Logins that last. Reached through two functions by the gateway's login role alone; no access role may read it.
CREATE TABLE flows.refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX ON flows.refresh_tokens (session);
CREATE INDEX ON flows.refresh_tokens (user_id);
COMMENT ON TABLE flows.refresh_tokens IS 'One row a token given, kept as its SHA-256; each works once and brings the session''s next';

ALTER TABLE flows.refresh_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON flows.refresh_tokens TO service, flows_worker USING (true);
CREATE POLICY reporting ON flows.refresh_tokens FOR SELECT TO reporting USING (true);

CREATE FUNCTION flows.start_session(login_id uuid, new_hash bytea, lasts_until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    DELETE FROM flows.refresh_tokens WHERE user_id = login_id AND expires_at < now();
    INSERT INTO flows.refresh_tokens (token_hash, session, user_id, expires_at)
    VALUES (new_hash, gen_random_uuid(), login_id, lasts_until);
$$;

CREATE FUNCTION flows.rotate_refresh_token(given_hash bytea, new_hash bytea, lasts_until timestamptz)
RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    given flows.refresh_tokens;
BEGIN
    SELECT token.* INTO given
      FROM flows.refresh_tokens AS token
      JOIN public.users AS login ON login.id = token.user_id AND login.disabled_at IS NULL
     WHERE token.token_hash = given_hash AND token.expires_at > now() AND token.revoked_at IS NULL
       FOR UPDATE OF token;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid;
    ELSIF given.used_at IS NOT NULL THEN
        UPDATE flows.refresh_tokens SET revoked_at = now() WHERE session = given.session AND revoked_at IS NULL;
        RETURN QUERY SELECT 'used', given.user_id;
    ELSE
        UPDATE flows.refresh_tokens SET used_at = now() WHERE token_hash = given_hash;
        INSERT INTO flows.refresh_tokens (token_hash, session, user_id, expires_at)
        VALUES (new_hash, given.session, given.user_id, lasts_until);
        RETURN QUERY SELECT 'rotated', given.user_id;
    END IF;
END
$$;
COMMENT ON FUNCTION flows.rotate_refresh_token IS 'A token that is used again ends its session: one of the two who had it should not have';

REVOKE EXECUTE ON FUNCTION flows.start_session, flows.rotate_refresh_token FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.start_session, flows.rotate_refresh_token TO flows_gateway;
