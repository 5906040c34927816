-- A key reaches what its maker reaches now, and of that the one community that it names.
CREATE OR REPLACE FUNCTION flows.admin_escos() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    only_esco uuid := (flows.claims() #>> '{key,esco}')::uuid;
BEGIN
    RETURN ARRAY(
        SELECT esco.id
          FROM public.users AS login
          JOIN flows.escos AS esco ON login.all_escos
            OR esco.id IN (SELECT member.esco FROM public.user_escos AS member WHERE member.user_id = login.id)
         WHERE login.id = flows.current_user_id() AND login.role = 'admin' AND login.disabled_at IS NULL
           AND (only_esco IS NULL OR esco.id = only_esco));
END
$$;
SELECT flows.allow_execute('flows.admin_escos()', '{anon,customer,admin,service,reporting,flows_worker}');
