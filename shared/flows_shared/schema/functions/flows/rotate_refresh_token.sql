-- The next token follows from the one before it. Who holds the parent of the token that nobody has used yet may not have
-- seen it, however long ago that was.
CREATE OR REPLACE FUNCTION flows.rotate_refresh_token(
    given_hash bytea, new_hash bytea, lasts_until timestamptz, grace interval DEFAULT '0'
) RETURNS TABLE (outcome text, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    given flows.refresh_tokens;
    following flows.refresh_tokens;
BEGIN
    SELECT token.* INTO given
      FROM flows.refresh_tokens AS token
      JOIN public.users AS login ON login.id = token.user_id AND login.disabled_at IS NULL
     WHERE token.token_hash = given_hash AND token.expires_at > now() AND token.revoked_at IS NULL
       FOR UPDATE OF token;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid;
    ELSIF given.used_at IS NULL THEN
        UPDATE flows.refresh_tokens SET used_at = clock_timestamp() WHERE token_hash = given_hash;
        INSERT INTO flows.refresh_tokens (token_hash, session, user_id, expires_at, logged_in_at)
        VALUES (new_hash, given.session, given.user_id, lasts_until, given.logged_in_at);
        RETURN QUERY SELECT 'rotated', given.user_id;
    ELSE
        SELECT * INTO following FROM flows.refresh_tokens AS token
         WHERE token.token_hash = new_hash AND token.session = given.session;
        IF FOUND AND following.used_at IS NULL THEN
            RETURN QUERY SELECT 'rotated', given.user_id;
        ELSIF FOUND AND given.used_at > clock_timestamp() - grace THEN
            RETURN QUERY SELECT 'passed_on', given.user_id;
        ELSE
            UPDATE flows.refresh_tokens SET revoked_at = now() WHERE session = given.session AND revoked_at IS NULL;
            RETURN QUERY SELECT 'used', given.user_id;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION flows.rotate_refresh_token(bytea,bytea,timestamp with time zone,interval) IS 'The parent of the unused token gets that one. Any other token that is used again after the grace ends its session: one of the two who had it should not have. passed_on: the next one was used as well';
SELECT flows.allow_execute('flows.rotate_refresh_token(bytea,bytea,timestamp with time zone,interval)', '{flows_gateway}');
