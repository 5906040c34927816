CREATE OR REPLACE FUNCTION flows.set_password(login_id uuid, new_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT set_config('request.jwt.claims', jsonb_build_object('sub', login_id)::text, true);
    SELECT flows.end_links(login_id);
    SELECT flows.mail_login(gen_random_uuid(), login_id, 'password_changed', login.email, now() + interval '1 day')
      FROM public.users AS login WHERE login.id = login_id AND login.password_hash IS NOT NULL;
    UPDATE public.users SET password_hash = new_hash WHERE id = login_id;
$$;
SELECT flows.allow_execute('flows.set_password(uuid,text)', '{flows_gateway}');
