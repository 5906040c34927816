-- Where a customer stands: derived in one place, and kept in customers.status by triggers on all that it depends on.
CREATE FUNCTION flows.properties_owned_by(customer_id uuid) RETURNS SETOF uuid
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
COMMENT ON FUNCTION flows.properties_owned_by IS
    'Homes owned in person or through a corporate body; properties.owner counts only where no proprietor is registered';

CREATE FUNCTION public.customer_status(customer_id uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH owned AS (
        SELECT property FROM flows.properties_owned_by(customer_id) AS property
    ), own AS (
        SELECT account.* FROM public.accounts AS account JOIN owned ON owned.property = account.property
         UNION
        SELECT account.*
          FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
         WHERE role.customer = customer_id
    ), running AS (
        SELECT * FROM own WHERE status <> 'closed'
    ), facts AS (
        SELECT customer.exiting,
               customer.allow_onboard_transition AS may_onboard,
               customer.confirmed_details_at IS NOT NULL AND customer.has_payment_method AS details_complete,
               EXISTS (SELECT FROM public.users AS login WHERE login.customer = customer.id) AS has_login,
               EXISTS (SELECT FROM own) AND NOT EXISTS (SELECT FROM running) AND NOT EXISTS (SELECT FROM owned) AS has_left,
               EXISTS (SELECT FROM running JOIN public.contracts AS contract ON contract.id = running.current_contract
                        WHERE NOT contract.signed) AS has_unsigned_contract,
               EXISTS (SELECT FROM running
                         JOIN public.properties AS property ON property.id = running.property
                         LEFT JOIN flows.meter_shadows AS shadow ON shadow.id = property.supply_meter
                        WHERE running.type = 'supply' AND shadow.last_healthy_at IS NULL) AS has_unprepared_meter
          FROM public.customers AS customer
         WHERE customer.id = customer_id
    )
    SELECT CASE
               WHEN has_left THEN 'archived'
               WHEN exiting THEN 'exiting'
               WHEN NOT has_login THEN 'pending'
               WHEN NOT may_onboard THEN 'preonboarding'
               WHEN has_unsigned_contract OR NOT details_complete THEN 'onboarding'
               WHEN has_unprepared_meter THEN 'prelive'
               ELSE 'live'
           END
      FROM facts;
$$;
COMMENT ON FUNCTION public.customer_status IS 'Where a customer stands, from everything it depends on; the one place that decides';

CREATE FUNCTION flows.refresh_customer_status(VARIADIC customer_ids uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    UPDATE public.customers AS customer
       SET status = derived.status
      FROM (SELECT id, public.customer_status(id) AS status FROM unnest(customer_ids) AS id) AS derived
     WHERE customer.id = derived.id AND customer.status IS DISTINCT FROM derived.status;
$$;

CREATE FUNCTION flows.customers_of_properties(VARIADIC property_ids uuid[]) RETURNS uuid[]
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
COMMENT ON FUNCTION flows.customers_of_properties IS 'Whose status may depend on these homes';

-- By table: whose status may be another one after this change.
CREATE FUNCTION flows.derive_status() RETURNS trigger
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
CREATE TRIGGER derive_status AFTER INSERT OR UPDATE ON public.customers
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF customer ON public.users
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF customer, account ON public.customer_accounts
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE ON public.customer_corporate_bodies
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE ON public.registered_proprietors
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF property, current_contract, status, type ON public.accounts
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF supply_meter, owner ON public.properties
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER derive_status AFTER UPDATE ON public.contracts
    FOR EACH ROW WHEN (OLD.signed <> NEW.signed) EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER derive_status AFTER UPDATE ON flows.meter_shadows
    FOR EACH ROW WHEN ((OLD.last_healthy_at IS NULL) <> (NEW.last_healthy_at IS NULL))
    EXECUTE FUNCTION flows.derive_status();
