CREATE OR REPLACE FUNCTION flows.is_operator() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN flows.claims() #>> '{key,esco}' IS NULL
       AND EXISTS (SELECT FROM public.users
                    WHERE id = flows.current_user_id() AND role = 'admin' AND all_escos AND disabled_at IS NULL);
END
$$;
COMMENT ON FUNCTION flows.is_operator() IS 'Whether an admin of every community asks';
SELECT flows.allow_execute('flows.is_operator()', '{anon,customer,admin,service,reporting,flows_worker}');
