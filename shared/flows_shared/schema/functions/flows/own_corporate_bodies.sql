CREATE OR REPLACE FUNCTION flows.own_corporate_bodies() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(SELECT corporate_body FROM public.customer_corporate_bodies WHERE customer = me);
END
$$;
SELECT flows.allow_execute('flows.own_corporate_bodies()', '{anon,customer,admin,service,reporting,flows_worker}');
