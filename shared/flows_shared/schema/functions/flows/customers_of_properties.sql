CREATE OR REPLACE FUNCTION flows.customers_of_properties(VARIADIC property_ids uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce(array_agg(customer), '{}') FROM (
        SELECT role.customer
          FROM public.accounts AS account JOIN public.customer_accounts AS role ON role.account = account.id
         WHERE account.property = ANY(property_ids)
         UNION
        SELECT customer FROM public.registered_proprietors WHERE property = ANY(property_ids)
         UNION
        SELECT member.customer
          FROM public.registered_proprietors AS proprietor
          JOIN public.customer_corporate_bodies AS member ON member.corporate_body = proprietor.corporate_body
         WHERE proprietor.property = ANY(property_ids)
         UNION
        SELECT owner FROM public.properties WHERE id = ANY(property_ids)) AS concerned
     WHERE customer IS NOT NULL;
$$;
COMMENT ON FUNCTION flows.customers_of_properties(uuid[]) IS 'Whose status may depend on these homes';
SELECT flows.allow_execute('flows.customers_of_properties(uuid[])', '{}');
