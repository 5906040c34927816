-- By table: whose status may be another one after this change.
CREATE OR REPLACE FUNCTION flows.derive_status() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'customers' THEN
        PERFORM flows.refresh_customer_status(NEW.id);
    WHEN 'users', 'customer_accounts', 'customer_corporate_bodies' THEN
        PERFORM flows.refresh_customer_status(NEW.customer, OLD.customer);
    WHEN 'accounts' THEN
        PERFORM flows.refresh_customer_status(VARIADIC flows.customers_of_properties(NEW.property, OLD.property));
    WHEN 'registered_proprietors' THEN
        PERFORM flows.refresh_customer_status(VARIADIC
            flows.customers_of_properties(NEW.property, OLD.property) || OLD.customer
            || ARRAY(SELECT customer FROM public.customer_corporate_bodies WHERE corporate_body = OLD.corporate_body));
    WHEN 'properties' THEN
        PERFORM flows.refresh_customer_status(VARIADIC flows.customers_of_properties(NEW.id) || OLD.owner);
    WHEN 'contracts' THEN
        PERFORM flows.refresh_customer_status(VARIADIC flows.customers_of_properties(VARIADIC ARRAY(
            SELECT property FROM public.accounts WHERE current_contract = NEW.id)));
    WHEN 'meter_shadows' THEN
        PERFORM flows.refresh_customer_status(VARIADIC flows.customers_of_properties(VARIADIC ARRAY(
            SELECT id FROM public.properties WHERE supply_meter = NEW.id)));
    END CASE;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.derive_status()', '{}');
