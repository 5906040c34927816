CREATE OR REPLACE FUNCTION flows.use_email_change(given_hash bytea) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    change flows.email_changes;
    old_email text;
BEGIN
    SELECT login.email INTO old_email
      FROM public.users AS login
      JOIN flows.email_changes AS asked ON asked.user_id = login.id
     WHERE asked.token_hash = given_hash AND login.disabled_at IS NULL
       FOR UPDATE OF login;
    UPDATE flows.email_changes AS asked SET used_at = now()
      FROM public.users AS login
     WHERE login.id = asked.user_id AND login.disabled_at IS NULL
       AND asked.token_hash = given_hash AND asked.used_at IS NULL AND asked.expires_at > now()
    RETURNING asked.* INTO change;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', change.user_id)::text, true);
    UPDATE public.users SET email = change.new_email WHERE id = change.user_id;
    UPDATE public.customers AS customer SET email = change.new_email
      FROM public.users AS login
     WHERE login.id = change.user_id AND customer.id = login.customer AND lower(trim(customer.email)) = old_email;
    PERFORM flows.end_sessions(change.user_id, NULL, 'global');
    PERFORM flows.mail_login(gen_random_uuid(), change.user_id, 'email_changed', old_email, now() + interval '1 day');
    RETURN change.user_id;
END
$$;
COMMENT ON FUNCTION flows.use_email_change(bytea) IS 'Gives a login its new address, and its customer where theirs was the same; all sessions end, and the old address is told';
SELECT flows.allow_execute('flows.use_email_change(bytea)', '{flows_gateway}');
