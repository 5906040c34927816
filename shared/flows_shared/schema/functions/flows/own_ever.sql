CREATE OR REPLACE FUNCTION flows.own_ever() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN ARRAY(SELECT id FROM unnest(flows.own_times()));
END
$$;
SELECT flows.allow_execute('flows.own_ever()', '{anon,customer,admin,service,reporting,flows_worker}');
