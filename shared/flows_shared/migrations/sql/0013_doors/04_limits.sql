-- A gift that is of no account yet is bound by the limit of its customer's community all the same.
CREATE OR REPLACE FUNCTION flows.check_payment_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    most integer;
BEGIN
    SELECT esco.payment_limit_pence INTO most
      FROM flows.escos AS esco
     WHERE esco.id = coalesce((SELECT property.esco FROM accounts AS account
                                 JOIN properties AS property ON property.id = account.property
                                WHERE account.id = NEW.account),
                              (SELECT customer.esco FROM customers AS customer
                                WHERE customer.id = (to_jsonb(NEW) ->> 'customer')::uuid));
    IF NEW.amount_pence > most THEN
        RAISE check_violation USING
            MESSAGE = format('%s pence are more than the community''s limit for a payment, %s pence', NEW.amount_pence, most),
            HINT = 'The limit is payment_limit_pence of the community.';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER check_limit ON public.gifts;
CREATE TRIGGER check_limit BEFORE INSERT OR UPDATE OF amount_pence, account, customer ON public.gifts
    FOR EACH ROW EXECUTE FUNCTION flows.check_payment_limit();

-- Account numbers are given in order, to all communities: an admin who took those ahead would stop the neighbours' accounts.
CREATE FUNCTION flows.refuse_number_ahead() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF current_setting('role') = 'admin' AND NEW.account_number > (SELECT last_value FROM account_numbers) THEN
        RAISE check_violation USING
            MESSAGE = format('account number %s is not given out yet', NEW.account_number),
            HINT = 'Leave account_number out: the next one is taken.';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION flows.refuse_number_ahead FROM PUBLIC;
CREATE TRIGGER refuse_number_ahead BEFORE INSERT OR UPDATE OF account_number ON public.accounts
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_number_ahead();

-- Half hours that go with their register leave a record of what they were.
CREATE OR REPLACE FUNCTION flows.drop_intervals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    WITH gone AS (
        DELETE FROM flows.register_interval_hh WHERE register_id = OLD.register_id RETURNING timestamp, kwh
    )
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'delete', 'flows.register_interval_hh',
           OLD.register_id::text,
           jsonb_build_object('meter_id', OLD.meter_id, 'half_hours', count(*), 'kwh', sum(kwh),
                              'first', min(timestamp), 'last', max(timestamp))
      FROM gone HAVING count(*) > 0;
    RETURN NULL;
END
$$;

-- What people write has an end: a name of 900 KB is in every list, bill and log that shows it.
CREATE FUNCTION flows.guard_lengths() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    unguarded record;
BEGIN
    FOR unguarded IN
        SELECT attrelid::regclass AS place, attname AS name,
               CASE WHEN attname ~ 'name|serial|email|phone|code|number' THEN 1000 ELSE 10000 END AS most
          FROM pg_attribute
          JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p') AND NOT relispartition
         WHERE relnamespace IN ('public'::regnamespace, 'flows'::regnamespace)
           AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND atttypid = 'text'::regtype
           AND EXISTS (SELECT FROM unnest(ARRAY['customer', 'admin', 'service']) AS writer,
                                   unnest(ARRAY['INSERT', 'UPDATE']) AS way
                        WHERE has_column_privilege(writer, attrelid, attnum, way))
           AND NOT EXISTS (SELECT FROM pg_constraint
                            WHERE conrelid = attrelid AND contype = 'c' AND conname ~ format('^%s_at_most_', attname))
         ORDER BY attrelid, attnum
    LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (length(%I) <= %s) NOT VALID',
                       unguarded.place, format('%s_at_most_%s', unguarded.name, unguarded.most), unguarded.name, unguarded.most);
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.guard_lengths IS 'Gives each text column that people and keys write a length; each migration that adds such columns ends with it';
REVOKE EXECUTE ON FUNCTION flows.guard_lengths FROM PUBLIC;

-- Who asks over the data API for a meter that is not theirs, or not there, hears 404 and not that something broke.
DO $$
BEGIN
    EXECUTE replace(pg_get_functiondef('flows.check_exchange'::regproc), 'RAISE no_data_found USING', 'RAISE SQLSTATE ''PT404'' USING');
END
$$;
