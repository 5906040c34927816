CREATE OR REPLACE FUNCTION flows.start_session(login_id uuid, new_hash bytea, lasts_until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    DELETE FROM flows.refresh_tokens WHERE user_id = login_id AND expires_at < now();
    INSERT INTO flows.refresh_tokens (token_hash, session, user_id, expires_at)
    VALUES (new_hash, gen_random_uuid(), login_id, lasts_until);
$$;
SELECT flows.allow_execute('flows.start_session(uuid,bytea,timestamp with time zone)', '{flows_gateway}');
