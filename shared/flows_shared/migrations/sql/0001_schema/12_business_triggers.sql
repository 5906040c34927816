-- Rules that hold whoever writes: homes kept in step, communities that follow, signatures, money that only grows.
CREATE FUNCTION flows.follow_property() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM flows.properties WHERE id = OLD.id;
    ELSE
        INSERT INTO flows.properties (id, plot) VALUES (NEW.id, NEW.plot)
            ON CONFLICT (id) DO UPDATE SET plot = EXCLUDED.plot;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER follow_property AFTER INSERT OR DELETE OR UPDATE OF plot ON public.properties
    FOR EACH ROW EXECUTE FUNCTION flows.follow_property();

-- Today's clients know no community on these: what has none belongs to the one that it is first linked to.
CREATE FUNCTION flows.adopt_linked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'accounts' THEN
        UPDATE public.contracts AS linked SET esco = property.esco
          FROM public.properties AS property
         WHERE linked.id = NEW.current_contract AND linked.esco IS NULL AND property.id = NEW.property;
    WHEN 'customer_accounts' THEN
        UPDATE public.customers AS linked SET esco = property.esco
          FROM public.accounts AS account JOIN public.properties AS property ON property.id = account.property
         WHERE linked.id = NEW.customer AND linked.esco IS NULL AND account.id = NEW.account;
    WHEN 'registered_proprietors' THEN
        UPDATE public.customers AS linked SET esco = property.esco
          FROM public.properties AS property
         WHERE linked.id = NEW.customer AND linked.esco IS NULL AND property.id = NEW.property;
        UPDATE public.corporate_bodies AS linked SET esco = property.esco
          FROM public.properties AS property
         WHERE linked.id = NEW.corporate_body AND linked.esco IS NULL AND property.id = NEW.property;
    WHEN 'meters' THEN
        UPDATE public.wallets AS linked SET esco = meter.esco
          FROM flows.meter_registry AS meter
         WHERE linked.id = NEW.wallet AND linked.esco IS NULL AND meter.id = NEW.id;
    WHEN 'circuit_register' THEN
        UPDATE flows.circuits AS linked SET esco = meter.esco
          FROM flows.meter_registers AS register JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
         WHERE linked.id = NEW.circuit AND linked.esco IS NULL AND register.register_id = NEW.register;
    END CASE;
    RETURN NULL;
END
$$;
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE OF current_contract, property ON public.accounts
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON public.customer_accounts
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON public.registered_proprietors
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE OF wallet ON public.meters
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON flows.circuit_register
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();

CREATE FUNCTION flows.keep_signed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    NEW.signed := NEW.signatures_required <= (
        SELECT count(*) FROM public.contract_signatures WHERE contract = NEW.id AND signed_at IS NOT NULL);
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_signed BEFORE INSERT OR UPDATE OF signed, signatures_required ON public.contracts
    FOR EACH ROW EXECUTE FUNCTION flows.keep_signed();

CREATE FUNCTION flows.count_signatures() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    UPDATE public.contracts SET signed = signed WHERE id IN (NEW.contract, OLD.contract);  -- keep_signed counts anew
    RETURN NULL;
END
$$;
CREATE TRIGGER count_signatures AFTER INSERT OR UPDATE OR DELETE ON public.contract_signatures
    FOR EACH ROW EXECUTE FUNCTION flows.count_signatures();

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
    IF TG_OP = 'DELETE' OR NEW.status = 'draft' OR to_jsonb(NEW) - ARRAY['status', 'updated_at'] <> to_jsonb(OLD) - ARRAY['status', 'updated_at'] THEN
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
