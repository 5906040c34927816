CREATE OR REPLACE FUNCTION flows.own_accounts() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(SELECT account FROM public.customer_accounts WHERE customer = me);
END
$$;
SELECT flows.allow_execute('flows.own_accounts()', '{anon,customer,admin,service,reporting,flows_worker}');
