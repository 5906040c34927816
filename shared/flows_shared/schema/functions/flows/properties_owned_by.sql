CREATE OR REPLACE FUNCTION flows.properties_owned_by(customer_id uuid) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN QUERY
        SELECT property FROM public.registered_proprietors WHERE customer = customer_id
         UNION
        SELECT proprietor.property
          FROM public.customer_corporate_bodies AS member
          JOIN public.registered_proprietors AS proprietor ON proprietor.corporate_body = member.corporate_body
         WHERE member.customer = customer_id
         UNION
        SELECT property.id
          FROM public.properties AS property
         WHERE property.owner = customer_id
           AND NOT EXISTS (SELECT FROM public.registered_proprietors AS proprietor WHERE proprietor.property = property.id);
END
$$;
COMMENT ON FUNCTION flows.properties_owned_by(uuid) IS 'Homes owned in person or through a corporate body; properties.owner counts only where no proprietor is registered';
SELECT flows.allow_execute('flows.properties_owned_by(uuid)', '{}');
