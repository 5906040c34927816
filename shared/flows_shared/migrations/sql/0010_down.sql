-- Takes back 0010_access.
DROP FUNCTION flows.use_email_change, flows.begin_email_change, flows.begin_recovery, flows.rotate_refresh_token;
DROP TABLE flows.email_changes;
ALTER TABLE flows.recoveries DROP COLUMN redirect_to;

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

CREATE FUNCTION flows.begin_recovery(recovery_id uuid, login_email text, new_hash bytea, lasts_until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    login uuid;
BEGIN
    SELECT id INTO login FROM public.users WHERE email = lower(login_email) AND disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM flows.recoveries WHERE user_id = login AND created_at > now() - interval '1 minute') THEN
        RETURN;
    END IF;
    DELETE FROM flows.recoveries WHERE user_id = login AND expires_at < now();
    INSERT INTO flows.recoveries (id, user_id, token_hash, expires_at) VALUES (recovery_id, login, new_hash, lasts_until);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_recovery', jsonb_build_array(recovery_id), recovery_id);
    PERFORM flows.audit_access('recover', login);
END
$$;
COMMENT ON FUNCTION flows.begin_recovery IS 'Has a mail sent, at most one a minute; says nothing, so that none learns whose address is known';

REVOKE EXECUTE ON FUNCTION flows.rotate_refresh_token, flows.begin_recovery FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.rotate_refresh_token, flows.begin_recovery TO flows_gateway;
