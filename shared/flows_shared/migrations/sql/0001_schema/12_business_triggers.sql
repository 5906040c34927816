-- Rules that hold whoever writes: homes kept in step, derived states, money that only grows.
CREATE FUNCTION flows.follow_property() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.properties (id, plot) VALUES (NEW.id, NEW.plot)
        ON CONFLICT (id) DO UPDATE SET plot = EXCLUDED.plot;
    RETURN NULL;
END
$$;
CREATE TRIGGER follow_property AFTER INSERT OR UPDATE OF plot ON public.properties
    FOR EACH ROW EXECUTE FUNCTION flows.follow_property();

CREATE FUNCTION flows.count_signatures() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE public.contracts AS contract
       SET signed = contract.signatures_required <= (
               SELECT count(*) FROM public.contract_signatures AS signature
                WHERE signature.contract = contract.id AND signature.signed_at IS NOT NULL)
     WHERE contract.id IN (NEW.contract, OLD.contract);
    RETURN NULL;
END
$$;
CREATE TRIGGER count_signatures AFTER INSERT OR UPDATE OR DELETE ON public.contract_signatures
    FOR EACH ROW EXECUTE FUNCTION flows.count_signatures();

CREATE FUNCTION public.customer_status(customer_id uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH own AS (
        SELECT account.*
          FROM public.customer_accounts AS role
          JOIN public.accounts AS account ON account.id = role.account
         WHERE role.customer = customer_id
    ), facts AS (
        SELECT customer.exiting,
               customer.allow_onboard_transition AS may_onboard,
               customer.confirmed_details_at IS NOT NULL AND customer.has_payment_method AS details_complete,
               EXISTS (SELECT FROM public.users AS login WHERE login.customer = customer.id) AS has_login,
               EXISTS (SELECT FROM own) AND NOT EXISTS (SELECT FROM own WHERE status <> 'closed') AS all_closed,
               EXISTS (SELECT FROM own JOIN public.contracts AS contract ON contract.id = own.current_contract
                        WHERE own.status <> 'closed' AND NOT contract.signed) AS has_unsigned_contract,
               EXISTS (SELECT FROM own
                         JOIN public.properties AS property ON property.id = own.property
                         LEFT JOIN flows.meter_shadows AS shadow ON shadow.id = property.supply_meter
                        WHERE own.type = 'supply' AND own.status <> 'closed'
                          AND shadow.last_healthy_at IS NULL) AS has_unprepared_meter
          FROM public.customers AS customer
         WHERE customer.id = customer_id
    )
    SELECT CASE
               WHEN all_closed THEN 'archived'
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
    SELECT coalesce(array_agg(DISTINCT role.customer), '{}')
      FROM public.accounts AS account
      JOIN public.customer_accounts AS role ON role.account = account.id
     WHERE account.property = ANY(property_ids);
$$;

CREATE FUNCTION flows.status_after_customer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.refresh_customer_status(NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER derive_status AFTER INSERT OR UPDATE ON public.customers
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION flows.status_after_customer();

CREATE FUNCTION flows.status_after_login() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.refresh_customer_status(NEW.customer, OLD.customer);
    RETURN NULL;
END
$$;
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF customer ON public.users
    FOR EACH ROW EXECUTE FUNCTION flows.status_after_login();

CREATE FUNCTION flows.status_after_role() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        UPDATE public.customers AS customer SET esco = property.esco
          FROM public.accounts AS account JOIN public.properties AS property ON property.id = account.property
         WHERE customer.id = NEW.customer AND customer.esco IS NULL AND account.id = NEW.account;
    END IF;
    PERFORM flows.refresh_customer_status(NEW.customer, OLD.customer);
    RETURN NULL;
END
$$;
CREATE TRIGGER derive_status AFTER INSERT OR UPDATE OR DELETE ON public.customer_accounts
    FOR EACH ROW EXECUTE FUNCTION flows.status_after_role();

CREATE FUNCTION flows.status_after_account() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.refresh_customer_status(VARIADIC flows.customers_of_properties(NEW.property, OLD.property));
    RETURN NULL;
END
$$;
CREATE TRIGGER derive_status AFTER UPDATE OF property, current_contract, status, type ON public.accounts
    FOR EACH ROW EXECUTE FUNCTION flows.status_after_account();

CREATE FUNCTION flows.status_after_contract() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.refresh_customer_status(VARIADIC ARRAY(
        SELECT DISTINCT role.customer FROM public.accounts AS account
          JOIN public.customer_accounts AS role ON role.account = account.id
         WHERE account.current_contract = NEW.id));
    RETURN NULL;
END
$$;
CREATE TRIGGER derive_status AFTER UPDATE OF signed ON public.contracts
    FOR EACH ROW WHEN (OLD.signed IS DISTINCT FROM NEW.signed) EXECUTE FUNCTION flows.status_after_contract();

CREATE FUNCTION flows.status_after_property() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.refresh_customer_status(VARIADIC flows.customers_of_properties(NEW.id));
    RETURN NULL;
END
$$;
CREATE TRIGGER derive_status AFTER UPDATE OF supply_meter ON public.properties
    FOR EACH ROW EXECUTE FUNCTION flows.status_after_property();

CREATE FUNCTION flows.status_after_first_read() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.refresh_customer_status(VARIADIC flows.customers_of_properties(VARIADIC ARRAY(
        SELECT id FROM public.properties WHERE supply_meter = NEW.id)));
    RETURN NULL;
END
$$;
CREATE TRIGGER derive_status AFTER UPDATE OF health ON flows.meter_shadows
    FOR EACH ROW WHEN (OLD.last_healthy_at IS NULL AND NEW.last_healthy_at IS NOT NULL)
    EXECUTE FUNCTION flows.status_after_first_read();

CREATE FUNCTION flows.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE restrict_violation USING
        MESSAGE = format('%s.%s can be added to, never changed', TG_TABLE_SCHEMA, TG_TABLE_NAME);
END
$$;
DO $$
DECLARE
    append_only text;
BEGIN
    FOREACH append_only IN ARRAY ARRAY['flows.audit_log', 'public.ledger_entries', 'public.ledger_postings', 'public.invoice_lines'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
                        FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change()', append_only);
    END LOOP;
END
$$;

CREATE FUNCTION flows.refuse_invoice_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['status', 'updated_at'] <> to_jsonb(OLD) - ARRAY['status', 'updated_at'] THEN
        RAISE restrict_violation USING
            MESSAGE = format('invoice %s is issued: only its status may change', OLD.number);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON public.invoices
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION flows.refuse_invoice_change();

CREATE FUNCTION flows.check_balanced() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    unbalanced record;
BEGIN
    SELECT entry, sum(amount_pence) AS difference INTO unbalanced
      FROM posted GROUP BY entry HAVING sum(amount_pence) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING
            MESSAGE = format('ledger entry %s does not balance: its postings sum to %s pence', unbalanced.entry, unbalanced.difference);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER check_balanced AFTER INSERT ON public.ledger_postings
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.check_balanced();
COMMENT ON TRIGGER check_balanced ON public.ledger_postings IS 'The postings of an entry are inserted by one statement and sum to zero';

CREATE FUNCTION flows.notify_outbox() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('flows_outbox', service) FROM (SELECT DISTINCT service FROM added) AS added_services;
    RETURN NULL;
END
$$;
CREATE TRIGGER notify_outbox AFTER INSERT ON flows.outbox
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.notify_outbox();

CREATE FUNCTION flows.set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
DO $$
DECLARE
    dated record;
BEGIN
    FOR dated IN
        SELECT attrelid::regclass AS name FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE attname = 'updated_at' AND relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'flows'::regnamespace)
    LOOP
        EXECUTE format('CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s
                        FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at()', dated.name);
    END LOOP;
END
$$;
