CREATE OR REPLACE FUNCTION flows.current_customer() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN (SELECT customer FROM public.users WHERE id = flows.current_user_id() AND disabled_at IS NULL);
END
$$;
SELECT flows.allow_execute('flows.current_customer()', '{anon,customer,admin,service,reporting,flows_worker}');
