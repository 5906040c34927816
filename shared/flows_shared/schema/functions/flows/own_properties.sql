CREATE OR REPLACE FUNCTION flows.own_properties() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(
        SELECT account.property
          FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
         WHERE role.customer = me
         UNION
        SELECT flows.properties_owned_by(me));
END
$$;
COMMENT ON FUNCTION flows.own_properties() IS 'Homes that the customer has or had an account for, or owns in person or through a corporate body';
SELECT flows.allow_execute('flows.own_properties()', '{anon,customer,admin,service,reporting,flows_worker}');
