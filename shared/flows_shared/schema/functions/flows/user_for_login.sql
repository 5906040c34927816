-- Login needs the password's hash before there is a role: the gateway's own login role alone may ask.
CREATE OR REPLACE FUNCTION flows.user_for_login(login_email text)
RETURNS TABLE (id uuid, email text, role text, customer uuid, password_hash text, disabled_at timestamptz,
               created_at timestamptz, last_login_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id, email, role, customer, password_hash, disabled_at, created_at, last_login_at
      FROM public.users WHERE email = lower(login_email);
$$;
SELECT flows.allow_execute('flows.user_for_login(text)', '{flows_gateway}');
