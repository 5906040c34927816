-- The schema of a migrated database. Written by make schema; its sources are in shared/flows_shared.


CREATE SCHEMA flows;

CREATE SCHEMA reports;

COMMENT ON SCHEMA reports IS 'Kept results of reports; read them through the views public.report_*';

CREATE TYPE flows.own_time AS (
	id uuid,
	days daterange,
	times tstzrange
);

COMMENT ON TYPE flows.own_time IS 'A home, meter, register or circuit, and the local days and the time in which it is a customer''s';

CREATE FUNCTION flows.accept_invite(token uuid, login_email text, new_hash text) RETURNS TABLE(outcome text, user_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    invite public.customer_invites;
    known_email text;
    login uuid := gen_random_uuid();
BEGIN
    SELECT * INTO invite FROM public.customer_invites
     WHERE flows.sealed(token) IN (invite_token, mailed_token) AND token <> flows.sealed(token) FOR UPDATE;
    IF NOT FOUND OR invite.status NOT IN ('pending', 'sent') THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid;
        RETURN;
    END IF;
    SELECT lower(nullif(trim(email), '')) INTO known_email FROM public.customers WHERE id = invite.customer;
    IF invite.expires_at <= now() THEN
        UPDATE public.customer_invites SET status = 'expired' WHERE invite_token = invite.invite_token;
        RETURN QUERY SELECT 'unknown', NULL::uuid;
    ELSIF lower(login_email) <> known_email THEN
        RETURN QUERY SELECT 'other_email', NULL::uuid;
    ELSIF coalesce(known_email, login_email) IS NULL THEN
        RETURN QUERY SELECT 'no_email', NULL::uuid;
    ELSIF EXISTS (SELECT FROM public.users WHERE customer = invite.customer OR email = lower(coalesce(known_email, login_email))) THEN
        UPDATE public.customer_invites SET status = 'expired' WHERE invite_token = invite.invite_token;
        RETURN QUERY SELECT 'unknown', NULL::uuid;
    ELSE
        PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', login)::text, true);
        INSERT INTO public.users (id, email, password_hash, role, customer)
        VALUES (login, lower(coalesce(known_email, login_email)), new_hash, 'customer', invite.customer);
        UPDATE public.customer_invites SET status = 'accepted', accessed_at = now() WHERE invite_token = invite.invite_token;
        RETURN QUERY SELECT 'accepted', login;
    END IF;
END
$$;

COMMENT ON FUNCTION flows.accept_invite(token uuid, login_email text, new_hash text) IS 'Makes the login of an invited customer; it works once. The address is the customer''s, or the given one where there is none';

CREATE FUNCTION flows.actor() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT coalesce(flows.claims() ->> 'act', flows.claims() ->> 'sub', session_user);
$$;

COMMENT ON FUNCTION flows.actor() IS 'Who acts: the person a service acts for, the token''s subject, or the login role';

CREATE FUNCTION flows.admin_escos() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    only_esco uuid := (flows.claims() #>> '{key,esco}')::uuid;
BEGIN
    RETURN ARRAY(
        SELECT esco.id
          FROM public.users AS login
          JOIN flows.escos AS esco ON login.all_escos
            OR esco.id IN (SELECT member.esco FROM public.user_escos AS member WHERE member.user_id = login.id)
         WHERE login.id = flows.current_user_id() AND login.role = 'admin' AND login.disabled_at IS NULL
           AND (only_esco IS NULL OR esco.id = only_esco));
END
$$;

CREATE FUNCTION flows.adopt_linked() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
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

CREATE FUNCTION flows.adopt_table(place regclass, readers text[] DEFAULT '{customer,admin,service,reporting,flows_worker}'::text[], writers text[] DEFAULT '{admin,service}'::text[], audited boolean DEFAULT false, linked boolean DEFAULT NULL::boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    name text := (SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                   WHERE pg_class.oid = place);
    bound text := 'customer, admin, service' || CASE WHEN 'mediator' = ANY(writers) THEN ', mediator' ELSE '' END;
    reader text;
BEGIN
    PERFORM flows.bare_table(place);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY workers ON %s TO service, flows_worker USING (true)', name);
    EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO reporting USING (true)', name);
    EXECUTE format('CREATE POLICY scope_insert ON %s AS RESTRICTIVE FOR INSERT TO %s
                    WITH CHECK ((SELECT flows.check_write(%L)))', name, bound, name);
    EXECUTE format('CREATE POLICY scope_update ON %s AS RESTRICTIVE FOR UPDATE TO %s
                    USING ((SELECT flows.check_write(%L)))', name, bound, name);
    EXECUTE format('CREATE POLICY scope_delete ON %s AS RESTRICTIVE FOR DELETE TO %s
                    USING ((SELECT flows.check_write(%L)))', name, bound, name);
    IF 'mediator' = ANY(readers) THEN
        EXECUTE format('CREATE POLICY mediators ON %s TO mediator USING (true)', name);
    END IF;
    FOREACH reader IN ARRAY readers LOOP
        EXECUTE format('GRANT SELECT ON %s TO %I', name, reader);
    END LOOP;
    FOREACH reader IN ARRAY writers LOOP
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %s TO %I', name, reader);
    END LOOP;
    IF coalesce(linked, 'admin' = ANY(writers)) THEN
        PERFORM flows.guard_links(place);
    END IF;
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = place AND attname = 'updated_at' AND NOT attisdropped) THEN
        EXECUTE format('CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s
                        FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at()', name);
    END IF;
    IF audited THEN
        PERFORM flows.audit_table(place);
    END IF;
END
$$;

COMMENT ON FUNCTION flows.adopt_table(place regclass, readers text[], writers text[], audited boolean, linked boolean) IS 'Gives a table what every table has, instead of what it had: audit trail, row level security, scopes, grants. linked: admins refer to rows that they see alone';

CREATE FUNCTION flows.allow_execute(function regprocedure, roles text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM %s', function, coalesce(quote_ident(rolname), 'PUBLIC'))
          FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS given
          LEFT JOIN pg_roles ON pg_roles.oid = grantee
         WHERE pg_proc.oid = function AND grantee <> proowner
         UNION ALL
        SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', function, role) FROM unnest(roles) AS role
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;

COMMENT ON FUNCTION flows.allow_execute(function regprocedure, roles text[]) IS 'Lets these roles, and no others, call a function';

CREATE FUNCTION flows.allow_select(view regclass, roles text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', view, coalesce(quote_ident(rolname), 'PUBLIC'))
          FROM pg_class, aclexplode(relacl) AS given
          LEFT JOIN pg_roles ON pg_roles.oid = grantee
         WHERE pg_class.oid = view AND grantee <> relowner
         UNION ALL
        SELECT format('GRANT SELECT ON %s TO %I', view, role) FROM unnest(roles) AS role
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;

COMMENT ON FUNCTION flows.allow_select(view regclass, roles text[]) IS 'Lets these roles, and no others, read a view; what else they may is granted after it';

CREATE FUNCTION flows.analyze_calendar_bands() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    ANALYZE flows.calendar_bands;
END
$$;

COMMENT ON FUNCTION flows.analyze_calendar_bands() IS 'For the billing service, which does not own the table, after it has filled it';

CREATE FUNCTION flows.asked_for_by(invoice uuid) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog'
    AS $_$
    SELECT later.number
      FROM public.invoices AS corrected
      JOIN public.invoices AS later ON later.account = corrected.account AND later.customer = corrected.customer
       AND later.status NOT IN ('draft', 'void') AND later.period_start > corrected.period_start
     WHERE corrected.id = $1
       AND EXISTS (SELECT FROM public.credit_notes AS note WHERE note.replacement = corrected.id)
     ORDER BY later.period_start DESC
     LIMIT 1;
$_$;

COMMENT ON FUNCTION flows.asked_for_by(invoice uuid) IS 'The later bill that asks for the balance, where this one takes the place of another; null: it asks itself';

CREATE FUNCTION flows.audit_access(action text, login_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id)
    VALUES (coalesce(flows.claims() ->> 'sub', login_id::text), coalesce(flows.claims() ->> 'role', session_user),
            action, 'public.users', login_id::text);
$$;

COMMENT ON FUNCTION flows.audit_access(action text, login_id uuid) IS 'A record of what changes who is let in, but no row of a business table';

CREATE FUNCTION flows.audit_but_secrets() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    VALUES (flows.actor(), coalesce(flows.claims() ->> 'role', session_user), lower(TG_OP), 'flows.' || TG_TABLE_NAME,
            coalesce(NEW.esco, OLD.esco)::text, to_jsonb(OLD) - TG_ARGV, to_jsonb(NEW) - TG_ARGV);
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.audit_delete() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
    veiled boolean := flows.may_hold_secrets(TG_RELID);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before)
    SELECT by_whom, as_role, 'delete', TG_ARGV[0], flows.row_key(gone.row, TG_ARGV[1:]), gone.row
      FROM (SELECT CASE WHEN veiled THEN flows.without_secrets(to_jsonb(o)) ELSE to_jsonb(o) END AS row
              FROM old_rows AS o OFFSET 0) AS gone;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.audit_insert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
    veiled boolean := flows.may_hold_secrets(TG_RELID);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    SELECT by_whom, as_role, 'insert', TG_ARGV[0],
           CASE TG_NARGS WHEN 2 THEN added.row ->> TG_ARGV[1] ELSE flows.row_key(added.row, TG_ARGV[1:]) END,
           added.row
      FROM (SELECT CASE WHEN veiled THEN flows.without_secrets(to_jsonb(n)) ELSE to_jsonb(n) END AS row
              FROM new_rows AS n OFFSET 0) AS added;  -- OFFSET 0: to_jsonb is not evaluated twice
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.audit_table(place regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $_$
DECLARE
    name text := (SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                   WHERE pg_class.oid = place);
    key text := (SELECT string_agg(quote_literal(attname), ', ' ORDER BY array_position(indkey::int2[], attnum))
                   FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
                  WHERE indrelid = place AND indisprimary);
BEGIN
    EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert(%1$L, %2$s)', name, key);
    EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update(%1$L, %2$s)', name, key);
    EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %1$s REFERENCING OLD TABLE AS old_rows
                    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete(%1$L, %2$s)', name, key);
END
$_$;

COMMENT ON FUNCTION flows.audit_table(place regclass) IS 'Every change of the table leaves a row in flows.audit_log';

CREATE FUNCTION flows.audit_update() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    by_whom text := flows.actor();
    as_role text := coalesce(flows.claims() ->> 'role', session_user);
    veiled boolean := flows.may_hold_secrets(TG_RELID);
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    SELECT by_whom, as_role, 'update', TG_ARGV[0],
           key,
           CASE WHEN veiled THEN flows.without_secrets(previous.row) ELSE previous.row END,
           CASE WHEN veiled THEN flows.without_secrets(current.row) ELSE current.row END
      FROM (SELECT row, flows.row_key(row, TG_ARGV[1:]) AS key
              FROM (SELECT CASE WHEN veiled THEN flows.with_seals(to_jsonb(o)) ELSE to_jsonb(o) END AS row
                      FROM old_rows AS o OFFSET 0) AS old) AS previous
      FULL JOIN (SELECT row, flows.row_key(row, TG_ARGV[1:]) AS key
                   FROM (SELECT CASE WHEN veiled THEN flows.with_seals(to_jsonb(n)) ELSE to_jsonb(n) END AS row
                           FROM new_rows AS n OFFSET 0) AS new) AS current
          USING (key)  -- a row whose key itself is changed leaves two records; one that is only sealed leaves none
     WHERE previous.row - 'updated_at' IS DISTINCT FROM current.row - 'updated_at';
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.bare_table(place regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE
    statement text;
    roles text := (SELECT string_agg(quote_ident(rolname), ', ') FROM pg_roles
                    WHERE rolname IN ('anon', 'customer', 'admin', 'service', 'reporting', 'flows_worker', 'flows_gateway',
                                      'flows_billing', 'flows_meter_sync', 'flows_notify', 'mediator'));
BEGIN
    FOR statement IN
        SELECT format('DROP POLICY %I ON %s', polname, place) FROM pg_policy WHERE polrelid = place
         UNION ALL
        SELECT format('DROP TRIGGER %I ON %s', tgname, place)
          FROM pg_trigger WHERE tgrelid = place AND NOT tgisinternal AND tgparentid = 0
    LOOP
        EXECUTE statement;
    END LOOP;
    EXECUTE format('REVOKE ALL ON %s FROM %s', place, roles);
END
$$;

COMMENT ON FUNCTION flows.bare_table(place regclass) IS 'Takes from a table its policies, its triggers and what was granted of it';

CREATE FUNCTION flows.begin_email_change(change_id uuid, login_id uuid, wanted_email text, new_hash bytea, lasts_until timestamp with time zone, redirect_to text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM FROM public.users WHERE id = login_id FOR UPDATE;
    IF EXISTS (SELECT FROM flows.email_changes WHERE user_id = login_id AND created_at > now() - interval '1 minute') THEN
        RETURN 'too_soon';
    END IF;
    DELETE FROM flows.email_changes WHERE user_id = login_id AND used_at IS NULL;
    INSERT INTO flows.email_changes (id, user_id, new_email, token_hash, redirect_to, expires_at)
    VALUES (change_id, login_id, lower(wanted_email), new_hash, begin_email_change.redirect_to, lasts_until);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_email_change', jsonb_build_array(change_id), change_id);
    PERFORM flows.audit_access('change_email', login_id);
    RETURN 'begun';
END
$$;

COMMENT ON FUNCTION flows.begin_email_change(change_id uuid, login_id uuid, wanted_email text, new_hash bytea, lasts_until timestamp with time zone, redirect_to text) IS 'Has a mail sent to the new address, at most one a minute, unless it is someone''s: begun or too_soon';

CREATE FUNCTION flows.begin_reauthentication(mail_id uuid, login_id uuid, lasts_until timestamp with time zone) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    address text;
BEGIN
    SELECT email INTO address FROM public.users WHERE id = login_id FOR UPDATE;
    IF EXISTS (SELECT FROM flows.login_mails
                WHERE user_id = login_id AND kind = 'reauthentication' AND created_at > now() - interval '1 minute') THEN
        RETURN 'too_soon';
    END IF;
    DELETE FROM flows.login_mails WHERE user_id = login_id AND kind = 'reauthentication';
    PERFORM flows.mail_login(mail_id, login_id, 'reauthentication', address, lasts_until);
    RETURN 'begun';
END
$$;

COMMENT ON FUNCTION flows.begin_reauthentication(mail_id uuid, login_id uuid, lasts_until timestamp with time zone) IS 'Has a code mailed, at most one a minute; the last one counts: begun or too_soon';

CREATE FUNCTION flows.begin_recovery(recovery_id uuid, login_email text, new_hash bytea, lasts_until timestamp with time zone, redirect_to text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    login uuid;
BEGIN
    SELECT id INTO login FROM public.users WHERE email = lower(login_email) AND disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM flows.recoveries WHERE user_id = login AND created_at > now() - interval '1 minute') THEN
        RETURN;
    END IF;
    DELETE FROM flows.recoveries WHERE user_id = login AND expires_at < now();
    INSERT INTO flows.recoveries (id, user_id, token_hash, expires_at, redirect_to)
    VALUES (recovery_id, login, new_hash, lasts_until, begin_recovery.redirect_to);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_recovery', jsonb_build_array(recovery_id), recovery_id);
    PERFORM flows.audit_access('recover', login);
END
$$;

COMMENT ON FUNCTION flows.begin_recovery(recovery_id uuid, login_email text, new_hash bytea, lasts_until timestamp with time zone, redirect_to text) IS 'Has a mail sent, at most one a minute; says nothing, so that none learns whose address is known';

CREATE FUNCTION flows.billed_until() RETURNS date
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT greatest((SELECT (max(month) + interval '1 month')::date FROM public.billing_runs),
                    (SELECT max(last_day) + 1 FROM public.account_closings));
$$;

COMMENT ON FUNCTION flows.billed_until() IS 'Days before this one may have been billed, or are being billed now';

CREATE FUNCTION flows.check_balanced() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION flows.check_decision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.invoices WHERE id = NEW.invoice AND account = NEW.account) THEN
        RAISE foreign_key_violation USING MESSAGE = 'the invoice is not of this account';
    END IF;
    NEW.created_at := now();
    NEW.recorded_by := flows.actor();
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.check_exchange(old_meter uuid, new_meter uuid, exchanged_at timestamp with time zone, ends_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    old_one flows.meter_registry;
    new_one flows.meter_registry;
    began timestamptz;
    ended timestamptz;
    measured timestamptz;
BEGIN
    SELECT * INTO old_one FROM flows.meter_registry WHERE id = old_meter;
    SELECT * INTO new_one FROM flows.meter_registry WHERE id = new_meter AND installation_status <> 'deleted';
    IF old_one.id IS NULL OR new_one.id IS NULL THEN
        RAISE SQLSTATE 'PT404' USING MESSAGE = format('there is no meter %s', CASE WHEN old_one.id IS NULL THEN old_meter ELSE new_meter END);
    ELSIF old_one.id = new_one.id THEN
        RAISE invalid_parameter_value USING MESSAGE = format('meter %s cannot replace itself', old_one.serial);
    ELSIF old_one.esco <> new_one.esco THEN
        RAISE EXCEPTION USING MESSAGE = format('meter %s belongs to another community than meter %s', new_one.serial, old_one.serial);
    ELSIF exchanged_at > now() THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the exchange at %s lies in the future', to_json(exchanged_at) #>> '{}');
    END IF;
    SELECT max(start_time) FILTER (WHERE status = 'enabled'), max(end_time) INTO began, ended
      FROM flows.meter_registers WHERE meter_id = old_meter;
    IF began IS NULL AND ended IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = format('meter %s was replaced at %s already', old_one.serial, to_json(ended) #>> '{}');
    ELSIF began IS NULL THEN
        RAISE EXCEPTION USING MESSAGE = format('meter %s has no register that could be followed', old_one.serial);
    ELSIF began >= exchanged_at THEN
        RAISE invalid_parameter_value USING MESSAGE = format('meter %s has measured only since %s', old_one.serial, to_json(began) #>> '{}');
    END IF;
    SELECT max(timestamp) INTO measured
      FROM flows.register_interval_hh AS held JOIN flows.meter_registers AS register USING (register_id)
     WHERE register.meter_id = old_meter AND register.status = 'enabled' AND held.timestamp >= ends_at;
    IF measured IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('meter %s still measured at %s', old_one.serial, to_json(measured) #>> '{}');
    END IF;
    IF EXISTS (SELECT FROM flows.meter_registers WHERE meter_id = new_meter AND (end_time IS NULL OR end_time > ends_at))
       OR EXISTS (SELECT FROM public.properties WHERE new_meter IN (supply_meter, solar_meter)) THEN
        RAISE EXCEPTION USING MESSAGE = format('meter %s is in use already', new_one.serial);
    END IF;
END
$$;

CREATE FUNCTION flows.check_exchange_reads(old_meter uuid, new_meter uuid, exchanged_at timestamp with time zone, ends_at timestamp with time zone, closing_reads jsonb, opening_reads jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    named text;
    held record;
BEGIN
    SELECT element INTO named FROM jsonb_object_keys(closing_reads) AS element
     WHERE element NOT IN (SELECT old.element FROM flows.follow_elements(old_meter, new_meter, ends_at) AS old);
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('closing read: the old meter has no element %s', named);
    END IF;
    SELECT element INTO named FROM jsonb_object_keys(opening_reads) AS element
     WHERE element NOT IN (SELECT follower FROM flows.follow_elements(old_meter, new_meter, ends_at) WHERE follower IS NOT NULL);
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('opening read: no element %s of the new meter follows the old one', named);
    END IF;
    SELECT old.element, last.read, (closing_reads ->> old.element)::numeric AS closing INTO held
      FROM flows.follow_elements(old_meter, new_meter, ends_at) AS old
     CROSS JOIN LATERAL (
           (SELECT read FROM flows.register_import
             WHERE register_id = old.register_id AND old.nature <> 'solar' AND timestamp <= exchanged_at ORDER BY timestamp DESC LIMIT 1)
            UNION ALL
           (SELECT read FROM flows.register_export
             WHERE register_id = old.register_id AND old.nature = 'solar' AND timestamp <= exchanged_at ORDER BY timestamp DESC LIMIT 1)
           ) AS last
     WHERE (closing_reads ->> old.element)::numeric < last.read;
    IF FOUND THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('closing read: element %s had counted %s kWh before, more than %s', held.element, held.read, held.closing);
    END IF;
END
$$;

CREATE FUNCTION flows.check_payment_limit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

CREATE FUNCTION flows.check_write(place text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    scopes jsonb := flows.claims() -> 'scopes';
BEGIN
    IF scopes IS NULL OR scopes ?| ARRAY['write', 'write:' || split_part(place, '.', 1), 'write:' || place] THEN
        RETURN true;
    END IF;
    RAISE insufficient_privilege USING
        MESSAGE = format('this key may not write %s', place),
        DETAIL = format('Its scopes are %s.', scopes),
        HINT = format('A key needs the scope write, write:%s or write:%s.', split_part(place, '.', 1), place);
END
$$;

COMMENT ON FUNCTION flows.check_write(place text) IS 'Whether the scopes of who asks allow to write to SCHEMA.TABLE; an error that says why, where they do not';

CREATE FUNCTION flows.claims() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb;
$$;

COMMENT ON FUNCTION flows.claims() IS 'The verified token of the request that this transaction serves; null where there is none';

CREATE FUNCTION flows.count_signatures() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    UPDATE public.contracts SET signed = signed WHERE id IN (NEW.contract, OLD.contract);  -- keep_signed counts anew
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.current_customer() RETURNS uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    RETURN (SELECT customer FROM public.users WHERE id = flows.current_user_id() AND disabled_at IS NULL);
END
$$;

CREATE FUNCTION flows.current_user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT (flows.claims() ->> 'sub')::uuid;
$$;

CREATE FUNCTION flows.customers_of_properties(VARIADIC property_ids uuid[]) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

COMMENT ON FUNCTION flows.customers_of_properties(VARIADIC property_ids uuid[]) IS 'Whose status may depend on these homes';

CREATE FUNCTION flows.derive_status() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
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

CREATE FUNCTION flows.digest(sealed text) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT sha256(convert_to(sealed, 'UTF8'));
$$;

CREATE FUNCTION flows.drop_band_sums() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    DELETE FROM flows.register_interval_bands AS sums
     USING changed WHERE sums.register_id = changed.register_id AND sums.day = changed.day;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.drop_intervals() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
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

CREATE FUNCTION flows.end_at_midnight() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    IF NEW.starts_at = '24:00' THEN
        RAISE check_violation USING MESSAGE = 'rate_bands.starts_at: 24:00 is the end of a day, so no band starts at it',
            HINT = 'A band that starts at midnight starts at 00:00; one that lasts until midnight ends at 24:00 or 00:00.';
    END IF;
    IF NEW.ends_at = '24:00' THEN
        NEW.ends_at := '00:00';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.end_links(login_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    UPDATE flows.recoveries SET used_at = now() WHERE user_id = login_id AND used_at IS NULL;
    UPDATE flows.email_changes SET used_at = now() WHERE user_id = login_id AND used_at IS NULL;
    UPDATE flows.login_mails SET used_at = now() WHERE user_id = login_id AND used_at IS NULL AND kind = 'reauthentication';
$$;

COMMENT ON FUNCTION flows.end_links(login_id uuid) IS 'Ends what was mailed to a login and lets in, of every kind';

CREATE FUNCTION flows.end_sessions(login_id uuid, session_id uuid, extent text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    UPDATE flows.refresh_tokens SET revoked_at = now()
     WHERE user_id = login_id AND revoked_at IS NULL
       AND CASE extent WHEN 'global' THEN true
                       WHEN 'local' THEN session = session_id
                       WHEN 'others' THEN session IS DISTINCT FROM session_id END;
    SELECT flows.end_links(login_id);
    SELECT flows.audit_access('logout_' || extent, login_id);
$$;

CREATE FUNCTION flows.endpoint(address inet) RETURNS inet
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT regexp_replace(host(address), '^::ffff:(?=[0-9]+\.)', '')::inet;
$$;

COMMENT ON FUNCTION flows.endpoint(address inet) IS 'The address alone, without a network''s length, and of an IPv4 address written as IPv6 the IPv4 one';

CREATE FUNCTION flows.ensure_interval_partitions(first_day date, last_day date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    month timestamp;
    partition text;
    made integer := 0;
BEGIN
    FOR month IN SELECT generate_series(date_trunc('month', first_day::timestamp), last_day::timestamp, '1 month') LOOP
        partition := 'register_interval_hh_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass('flows.' || partition) IS NOT NULL;
        PERFORM pg_advisory_xact_lock(hashtext('flows.ensure_interval_partitions'));
        -- By a query: to_regclass may remember from before the wait that there was none.
        CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relname = partition AND relnamespace = 'flows'::regnamespace);
        EXECUTE format('CREATE TABLE flows.%I PARTITION OF flows.register_interval_hh FOR VALUES FROM (%L) TO (%L)',
                       partition, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        EXECUTE format('ALTER TABLE flows.%I ENABLE ROW LEVEL SECURITY', partition);
        GRANT CREATE ON SCHEMA flows TO flows_meter_sync;
        EXECUTE format('ALTER TABLE flows.%I OWNER TO flows_meter_sync', partition);
        REVOKE CREATE ON SCHEMA flows FROM flows_meter_sync;
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;

COMMENT ON FUNCTION flows.ensure_interval_partitions(first_day date, last_day date) IS 'Make the monthly partitions (UTC) that hold [first_day, last_day]; returns how many were made';

CREATE FUNCTION flows.esco_calendar() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    problem text := flows.zone_problem(NEW.time_zone);
BEGIN
    IF problem IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = problem;
    END IF;
    IF NOT EXISTS (SELECT FROM flows.calendar_days WHERE time_zone = NEW.time_zone) THEN
        PERFORM flows.extend_calendar(NEW.time_zone, current_date - 1200, current_date + 400);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.time_zone IS DISTINCT FROM NEW.time_zone THEN
        PERFORM flows.sum_esco_days(NEW.id);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.exchange_meter(old_meter uuid, new_meter uuid, exchanged_at timestamp with time zone, closing_reads jsonb DEFAULT '{}'::jsonb, opening_reads jsonb DEFAULT '{}'::jsonb) RETURNS SETOF uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    ended record;
    added uuid;
    next_half_hour timestamptz := to_timestamp(ceil(extract(epoch FROM exchanged_at) / 1800) * 1800);
BEGIN
    PERFORM FROM flows.meter_registry WHERE id IN (old_meter, new_meter) ORDER BY id FOR UPDATE;
    PERFORM flows.check_exchange(old_meter, new_meter, exchanged_at, next_half_hour);
    PERFORM flows.check_exchange_reads(old_meter, new_meter, exchanged_at, next_half_hour, closing_reads, opening_reads);
    FOR ended IN SELECT * FROM flows.follow_elements(old_meter, new_meter, next_half_hour) LOOP
        UPDATE flows.meter_registers SET status = 'replaced', end_time = next_half_hour WHERE register_id = ended.register_id;
        added := NULL;
        IF ended.follower IS NOT NULL THEN
            INSERT INTO flows.meter_registers (meter_id, element, nature, start_time, notes)
            VALUES (new_meter, ended.follower, ended.nature, next_half_hour, format('follows register %s', ended.register_id))
            RETURNING register_id INTO added;
            RETURN NEXT added;
        END IF;
        -- What the old one had counted stays so until its last half hour is over.
        WITH given AS (
            SELECT * FROM (VALUES (ended.register_id, next_half_hour, (closing_reads ->> ended.element)::numeric),
                                  (added, exchanged_at, (opening_reads ->> ended.follower)::numeric))
                       AS said (register_id, at, kwh) WHERE kwh IS NOT NULL
        ), imported AS (
            INSERT INTO flows.register_import SELECT * FROM given WHERE ended.nature <> 'solar'
        )
        INSERT INTO flows.register_export SELECT * FROM given WHERE ended.nature = 'solar';
        WITH closed AS (
            UPDATE flows.circuit_register SET end_time = next_half_hour
             WHERE register = ended.register_id AND coalesce(end_time, 'infinity') > next_half_hour AND start_time < next_half_hour
            RETURNING circuit
        )
        INSERT INTO flows.circuit_register (circuit, register, start_time)
        SELECT circuit, added, next_half_hour FROM closed WHERE added IS NOT NULL;
        INSERT INTO public.sharing_meters (sharing_group, register, role, valid_from, valid_to)
        SELECT sharing_group, added, role, valid_from, valid_to FROM public.sharing_meters
         WHERE register = ended.register_id AND added IS NOT NULL AND coalesce(valid_to, 'infinity') >= next_half_hour::date;
    END LOOP;
    UPDATE flows.meter_registers SET replaced_by = new_meter WHERE meter_id = old_meter AND replaced_by IS NULL;
    UPDATE public.properties SET supply_meter = new_meter WHERE supply_meter = old_meter;
    UPDATE public.properties SET solar_meter = new_meter WHERE solar_meter = old_meter;
    UPDATE flows.service_head_meter AS head SET meter = new_meter
     WHERE meter = old_meter AND NOT EXISTS (SELECT FROM flows.service_head_meter AS there
                                              WHERE there.service_head = head.service_head AND there.meter = new_meter);
    UPDATE flows.meter_registry SET installation_status = 'disabled' WHERE id = old_meter AND installation_status = 'enabled';
END
$$;

COMMENT ON FUNCTION flows.exchange_meter(old_meter uuid, new_meter uuid, exchanged_at timestamp with time zone, closing_reads jsonb, opening_reads jsonb) IS 'Put a meter in the place of another: its registers follow the other''s in circuits and homes; the ids of the new registers. Reads are kWh by element';

CREATE FUNCTION flows.extend_calendar(zone text, first_day date, last_day date) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    UPDATE flows.calendar_days AS held
       SET starts_at = right_one.starts_at, ends_at = right_one.ends_at,
           half_hours = extract(epoch FROM right_one.ends_at - right_one.starts_at) / 1800
      FROM (SELECT day, flows.local_midnight(day, zone) AS starts_at, flows.local_midnight(day + 1, zone) AS ends_at
              FROM flows.calendar_days WHERE time_zone = zone AND day BETWEEN first_day AND last_day) AS right_one
     WHERE held.time_zone = zone AND held.day = right_one.day
       AND (held.starts_at, held.ends_at) <> (right_one.starts_at, right_one.ends_at);

    UPDATE flows.calendar_half_hours
       SET day = flows.local_date(timestamp, zone), local_time = (timestamp AT TIME ZONE zone)::time
     WHERE time_zone = zone AND timestamp >= flows.local_midnight(first_day, zone)
       AND timestamp < flows.local_midnight(last_day + 1, zone)
       AND (day, local_time) <> (flows.local_date(timestamp, zone), (timestamp AT TIME ZONE zone)::time);

    INSERT INTO flows.calendar_days (time_zone, day, starts_at, ends_at, half_hours)
    SELECT zone, day, starts_at, ends_at, extract(epoch FROM ends_at - starts_at) / 1800
      FROM (SELECT day::date AS day,
                   flows.local_midnight(day::date, zone) AS starts_at,
                   flows.local_midnight(day::date + 1, zone) AS ends_at
              FROM generate_series(first_day::timestamp, last_day::timestamp, '1 day') AS day) AS local_day
        ON CONFLICT DO NOTHING;

    INSERT INTO flows.calendar_half_hours (time_zone, timestamp, day, local_time)
    SELECT zone, half_hour, calendar.day, (half_hour AT TIME ZONE zone)::time
      FROM flows.calendar_days AS calendar,
           generate_series(calendar.starts_at, calendar.ends_at - interval '30 minutes', '30 minutes') AS half_hour
     WHERE calendar.time_zone = zone AND calendar.day BETWEEN first_day AND last_day
        ON CONFLICT DO NOTHING;
$$;

COMMENT ON FUNCTION flows.extend_calendar(zone text, first_day date, last_day date) IS 'Fill the calendar of a time zone for [first_day, last_day]; what is there is kept where it is right';

CREATE FUNCTION flows.follow_benchmark() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM flows.write_tariffs(NEW.id);
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.follow_elements(old_meter uuid, new_meter uuid, at timestamp with time zone) RETURNS TABLE(register_id uuid, element text, nature text, follower text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    new_serial text;
    new_hardware text;
    used text[];
BEGIN
    SELECT serial, hardware INTO new_serial, new_hardware FROM flows.meter_registry WHERE id = new_meter;
    used := ARRAY(SELECT held.element FROM flows.meter_registers AS held
                   WHERE held.meter_id = old_meter AND held.status = 'enabled'
                     AND EXISTS (SELECT FROM flows.circuit_register AS link
                                  WHERE link.register = held.register_id AND coalesce(link.end_time, 'infinity') > at)
                   ORDER BY held.element);
    IF new_hardware IN ('B1.w', 'EMA1.w', 'P1.ax', 'P1.cx') AND used @> '{A,B}' THEN
        RAISE EXCEPTION USING
            MESSAGE = format('elements A and B both measure a circuit, and meter %s (%s) has one element', new_serial, new_hardware),
            HINT = 'End the circuit of one of them first, or use a meter with two elements.';
    END IF;
    RETURN QUERY
        SELECT held.register_id, held.element, held.nature,
               CASE WHEN new_hardware = 'C1.w' THEN replace(held.element, 'SINGLE', 'A')
                    WHEN new_hardware IS NULL OR new_hardware NOT IN ('B1.w', 'EMA1.w', 'P1.ax', 'P1.cx') THEN held.element
                    WHEN held.element = coalesce(used[1], min(held.element) OVER ()) THEN 'SINGLE' END
          FROM flows.meter_registers AS held
         WHERE held.meter_id = old_meter AND held.status = 'enabled'
         ORDER BY held.element;
END
$$;

CREATE FUNCTION flows.follow_intervals() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    unknown uuid;
BEGIN
    SELECT changed.register_id INTO unknown FROM changed
     WHERE NOT EXISTS (SELECT FROM flows.meter_registers AS register WHERE register.register_id = changed.register_id)
     LIMIT 1;
    IF unknown IS NOT NULL AND TG_OP <> 'DELETE' THEN
        RAISE foreign_key_violation USING MESSAGE = format('register %s is not in flows.meter_registers', unknown);
    END IF;
    PERFORM flows.sum_register_days(ARRAY(
        SELECT ROW(touched.register_id, touched.day, 0, 0)::flows.register_interval_daily
          FROM (SELECT DISTINCT changed.register_id, (changed.timestamp AT TIME ZONE esco.time_zone)::date AS day
                  FROM changed
                  JOIN flows.meter_registers AS register ON register.register_id = changed.register_id
                  JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
                  JOIN flows.escos AS esco ON esco.id = meter.esco) AS touched));
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.follow_payment() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.reversed_at := OLD.reversed_at;
    IF OLD.status = 'succeeded' AND NEW.status = 'failed' THEN
        NEW.reversed_at := now();
    ELSIF OLD.status = 'succeeded' AND NEW.status <> 'succeeded' THEN
        RAISE restrict_violation USING
            MESSAGE = format('payment %s has succeeded: it can only fail, not be %s', OLD.id, NEW.status);
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.follow_postings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    touched uuid[] := ARRAY(SELECT account FROM public.ledger_accounts
                             WHERE id IN (SELECT ledger_account FROM posted) AND code = 'receivable');
BEGIN
    IF touched <> '{}' THEN
        PERFORM flows.set_invoice_statuses(touched, NULL);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.follow_property() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
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

CREATE FUNCTION flows.follow_readings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM flows.supersede_missing(array_agg(DISTINCT register_id), min(timestamp), max(timestamp) + interval '1 microsecond')
       FROM changed HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.follow_registry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    UPDATE public.meters SET serial = NEW.serial, prepay_enabled = NEW.prepay_enabled WHERE id = NEW.id;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.forget_deleted_readings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    DELETE FROM flows.register_interval_sources AS source
     USING old_rows
     WHERE source.register_id = old_rows.register_id AND source.timestamp = old_rows.timestamp;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.get_meters_for_cli(esco_filter text DEFAULT NULL::text, feeder_filter text DEFAULT NULL::text) RETURNS TABLE(id uuid, ip_address text, serial text, name text, single_meter_app boolean, esco text, csq smallint, health text, hardware text, feeder text)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT meter.id, host(meter.ip_address), meter.serial, meter.name, meter.single_meter_app, esco.code, shadow.csq,
           shadow.health, meter.hardware, feeder.name
      FROM flows.meter_registry AS meter
      JOIN flows.escos AS esco ON esco.id = meter.esco
      JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
      LEFT JOIN flows.service_head_meter AS head_meter ON head_meter.meter = meter.id
      LEFT JOIN flows.service_head_registry AS head ON head.id = head_meter.service_head
      LEFT JOIN flows.feeder_registry AS feeder ON feeder.id = head.feeder
     WHERE (esco_filter IS NULL OR lower(esco.code) = lower(esco_filter))
       AND (feeder_filter IS NULL OR lower(feeder.name) = lower(feeder_filter))
     ORDER BY meter.serial;
$$;

COMMENT ON FUNCTION flows.get_meters_for_cli(esco_filter text, feeder_filter text) IS 'Meters for a list that people read, of one community or feeder or of all';

CREATE FUNCTION flows.guard_lengths() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
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

COMMENT ON FUNCTION flows.guard_lengths() IS 'Gives each text column that people and keys write a length; every upgrade ends with it';

CREATE FUNCTION flows.guard_links(place regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $_$
DECLARE
    all_seen text := (
        SELECT string_agg(format('(%1$I IS NULL OR EXISTS (SELECT FROM %2$s AS referenced WHERE referenced.%3$I = %4$I.%5$I.%1$I))',
                                 link.attname, confrelid::regclass, referenced.attname, nspname, relname), ' AND ' ORDER BY link.attnum)
          FROM pg_constraint
          JOIN pg_class ON pg_class.oid = conrelid
          JOIN pg_namespace ON pg_namespace.oid = relnamespace
          JOIN pg_attribute AS link ON link.attrelid = conrelid AND link.attnum = conkey[1]
          JOIN pg_attribute AS referenced ON referenced.attrelid = confrelid AND referenced.attnum = confkey[1]
         WHERE contype = 'f' AND conrelid = place AND confrelid NOT IN (place, 'flows.escos'::regclass));  -- a policy cannot read its own table
BEGIN
    IF all_seen IS NOT NULL THEN
        EXECUTE format('CREATE POLICY links ON %s AS RESTRICTIVE TO admin USING (true) WITH CHECK (%s)', place, all_seen);
    END IF;
END
$_$;

COMMENT ON FUNCTION flows.guard_links(place regclass) IS 'Lets admins refer to rows that they see alone';

CREATE FUNCTION flows.guard_values() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $_$
DECLARE
    unguarded record;
BEGIN
    FOR unguarded IN
        SELECT pg_class.oid::regclass AS place, attname AS name, typname AS type
          FROM pg_class
          JOIN pg_namespace ON pg_namespace.oid = relnamespace
          JOIN pg_attribute AS attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          JOIN pg_type ON pg_type.oid = atttypid
         WHERE nspname IN ('public', 'flows') AND relkind IN ('r', 'p') AND NOT relispartition
           AND typname IN ('numeric', 'date', 'timestamptz')
           AND (nspname, relname, attname) NOT IN (('flows', 'register_interval_hh', 'timestamp'),
                                                   ('flows', 'register_interval_daily', 'kwh'),
                                                   ('flows', 'register_interval_bands', 'kwh'))
           AND NOT EXISTS (SELECT FROM pg_constraint
                            WHERE conrelid = pg_class.oid AND contype = 'c' AND conkey = ARRAY[attnum]
                              AND conname ~ format('^%s_(within|from)_', attname))
         ORDER BY pg_class.oid, attnum
    LOOP
        IF unguarded.type = 'numeric' THEN
            PERFORM flows.guard_values(unguarded.place, ARRAY[unguarded.name::text], -1000000000000, 1000000000000);
        ELSE
            EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%3$I >= %4$L AND %3$I < %5$L) NOT VALID',
                           unguarded.place, unguarded.name || '_from_2000_to_2199', unguarded.name,
                           CASE unguarded.type WHEN 'date' THEN '2000-01-01' ELSE '2000-01-01 00:00Z' END,
                           CASE unguarded.type WHEN 'date' THEN '2200-01-01' ELSE '2200-01-01 00:00Z' END);
        END IF;
    END LOOP;
END
$_$;

COMMENT ON FUNCTION flows.guard_values() IS 'Binds every number, day and time that is not yet to a range; every upgrade ends with it';

CREATE FUNCTION flows.guard_values(place regclass, names text[], low numeric, high numeric) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    name text;
    bounds text := CASE WHEN low = -high THEN 'within_' || high ELSE format('from_%s_to_%s', low, high) END;
BEGIN
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (%I BETWEEN %s AND %s) NOT VALID',
                       place, name || '_' || bounds, name, low, high);
    END LOOP;
END
$$;

COMMENT ON FUNCTION flows.guard_values(place regclass, names text[], low numeric, high numeric) IS 'Binds columns to a range, which their checks'' names say; so that they hold neither NaN nor infinity';

CREATE FUNCTION flows.hold_receivable(of_account uuid) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    receivable uuid;
BEGIN
    INSERT INTO public.ledger_accounts (esco, code, type, name, account)
    SELECT property.esco, code.code, code.type, code.name, account.id
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
      JOIN flows.ledger_codes() AS code ON code.code = 'receivable'
     WHERE account.id = of_account
        ON CONFLICT (esco, code, account) DO NOTHING;
    SELECT id INTO receivable FROM public.ledger_accounts
     WHERE account = of_account AND code = 'receivable' FOR NO KEY UPDATE;
    RETURN (SELECT coalesce(sum(amount_pence), 0) FROM public.ledger_postings WHERE ledger_account = receivable);
END
$$;

COMMENT ON FUNCTION flows.hold_receivable(of_account uuid) IS 'What the account owes, which nothing else changes until the transaction ends';

CREATE FUNCTION flows.is_collected(account uuid, day date) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog'
    AS $_$
    SELECT EXISTS (SELECT FROM public.accounts AS paying
                     JOIN public.direct_debit_mandates AS mandate ON mandate.account = paying.id
                    WHERE paying.id = $1 AND paying.payment_method = 'direct_debit' AND mandate.status = 'active'
                      AND mandate.valid_from <= $2 AND (mandate.valid_to IS NULL OR mandate.valid_to >= $2));
$_$;

COMMENT ON FUNCTION flows.is_collected(account uuid, day date) IS 'Whether what an account owes on a day is collected by Direct Debit';

CREATE FUNCTION flows.is_iban(iban text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $_$
    SELECT CASE WHEN iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' THEN
           (SELECT string_agg(CASE WHEN sign ~ '[A-Z]' THEN (ascii(sign) - 55)::text ELSE sign END, '' ORDER BY place)::numeric % 97 = 1
              FROM regexp_split_to_table(substr(iban, 5) || left(iban, 4), '') WITH ORDINALITY AS signs (sign, place))
           ELSE false END;
$_$;

COMMENT ON FUNCTION flows.is_iban(iban text) IS 'ISO 13616: what is rotated by four and read as a number leaves 1 by 97';

CREATE FUNCTION flows.is_key() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT coalesce(flows.claims() ? 'key', false);
$$;

COMMENT ON FUNCTION flows.is_key() IS 'Whether a program asks, by its key';

CREATE FUNCTION flows.is_operator() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    RETURN flows.claims() #>> '{key,esco}' IS NULL
       AND EXISTS (SELECT FROM public.users
                    WHERE id = flows.current_user_id() AND role = 'admin' AND all_escos AND disabled_at IS NULL);
END
$$;

COMMENT ON FUNCTION flows.is_operator() IS 'Whether an admin of every community asks';

CREATE FUNCTION flows.is_secret(name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $_$
    SELECT name ~* '(^|_)(token|secret|password|passphrase|pin|hash|api_key|invite_url)(_|$)';
$_$;

COMMENT ON FUNCTION flows.is_secret(name text) IS 'Whether a column, or a key within JSON, says by its name that it holds what lets someone in';

CREATE FUNCTION flows.issued_as(invoice uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT after - '{status,created_at,updated_at}'::text[] FROM flows.audit_log
     WHERE table_name = 'public.invoices' AND row_id = invoice::text AND action = 'insert' ORDER BY id LIMIT 1;
$$;

COMMENT ON FUNCTION flows.issued_as(invoice uuid) IS 'The invoice as it was when it was stored, by the audit log';

CREATE FUNCTION flows.judge_invoices(of_accounts uuid[], at timestamp with time zone) RETURNS TABLE(id uuid, account uuid, status text)
    LANGUAGE sql STABLE
    AS $$
    WITH owing AS MATERIALIZED (
        SELECT wanted.account,
               (SELECT coalesce(sum(posting.amount_pence), 0)
                  FROM public.ledger_accounts AS ledger
                  JOIN public.ledger_postings AS posting ON posting.ledger_account = ledger.id
                 WHERE ledger.account = wanted.account AND ledger.code = 'receivable') AS pence
          FROM (SELECT DISTINCT unnest(of_accounts) AS account) AS wanted
    ), open AS (
        SELECT invoice.id, invoice.account, invoice.status, invoice.total_pence,
               coalesce(invoice.due_date < (at AT TIME ZONE esco.time_zone)::date, invoice.status = 'overdue') AS is_late,
               owing.pence - coalesce(sum(invoice.total_pence) OVER newer, 0) AS left_over
          FROM owing
          JOIN public.invoices AS invoice
            ON invoice.account = owing.account AND invoice.status <> 'void' AND invoice.status <> 'draft'
          JOIN flows.escos AS esco ON esco.id = invoice.esco
        WINDOW newer AS (PARTITION BY invoice.account ORDER BY invoice.issue_date DESC, invoice.number DESC
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), judged AS (
        SELECT open.id, open.account, open.status AS before,
               CASE WHEN left_over <= 0 OR total_pence <= 0 THEN 'paid'
                    WHEN is_late THEN 'overdue'
                    WHEN left_over < total_pence THEN 'part_paid'
                    ELSE 'issued' END AS status
          FROM open
    )
    SELECT judged.id, judged.account, judged.status FROM judged WHERE judged.status <> judged.before;
$$;

COMMENT ON FUNCTION flows.judge_invoices(of_accounts uuid[], at timestamp with time zone) IS 'Invoices of these accounts whose status is another by now, and which';

CREATE FUNCTION flows.keep_3p_voltage() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.meter_3p_voltage (meter_id, timestamp, voltage_l1, voltage_l2, voltage_l3)
    VALUES (NEW.id, now(), NEW."3p_voltage_l1", NEW."3p_voltage_l2", NEW."3p_voltage_l3")
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage_l1 = EXCLUDED.voltage_l1,
            voltage_l2 = EXCLUDED.voltage_l2, voltage_l3 = EXCLUDED.voltage_l3;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.keep_api_key(made uuid, new_hash bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    INSERT INTO flows.api_key_secrets (api_key, secret_hash)
    SELECT id, new_hash FROM public.api_keys WHERE id = made AND created_by = flows.current_user_id();
$$;

COMMENT ON FUNCTION flows.keep_api_key(made uuid, new_hash bytea) IS 'For the gateway alone: the hash of the secret that it drew for a key of who asks';

CREATE FUNCTION flows.keep_balance() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.meter_prepay_balance (meter_id, timestamp, balance) VALUES (NEW.id, now(), NEW.balance)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET balance = EXCLUDED.balance;
    UPDATE public.meters SET balance = NEW.balance WHERE id = NEW.id;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.keep_csq() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.meter_csq (meter_id, timestamp, csq) VALUES (NEW.id, now(), NEW.csq)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET csq = EXCLUDED.csq;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.keep_customer_tariff_name() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
BEGIN
    NEW.name := (SELECT name FROM customer_tariffs WHERE customer = NEW.customer AND period_start <= NEW.period_start
                  ORDER BY period_start DESC, superseded_by IS NULL DESC LIMIT 1);
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.keep_endpoint() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    NEW.ip_address := flows.endpoint(NEW.ip_address);
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.keep_export() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.register_export (register_id, timestamp, read)
    SELECT register_id, now(), CASE TG_ARGV[0] WHEN 'B' THEN NEW.export_b ELSE NEW.export_a END
      FROM flows.meter_registers
     WHERE meter_id = NEW.id AND status = 'enabled' AND (element = 'B') = (TG_ARGV[0] = 'B')
        ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.keep_health() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.meter_health_history (meter_id, timestamp, health, health_details)
    VALUES (NEW.id, now(), NEW.health, NEW.health_details)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET health = EXCLUDED.health, health_details = EXCLUDED.health_details;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.keep_histories() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    named text[] := string_to_array(current_setting('flows.named', true), ' ');
BEGIN
    PERFORM set_config('flows.named', '', true);
    IF named && ARRAY['import_a', 'import_b'] THEN
        INSERT INTO flows.register_import (register_id, timestamp, read)
        SELECT register_id, now(), CASE element WHEN 'B' THEN import_b ELSE import_a END
          FROM new_rows JOIN flows.meter_registers AS register ON register.meter_id = new_rows.id AND register.status = 'enabled'
         WHERE CASE element WHEN 'B' THEN 'import_b' ELSE 'import_a' END = ANY(named)
           AND CASE element WHEN 'B' THEN import_b ELSE import_a END IS NOT NULL
            ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    END IF;
    IF named && ARRAY['export_a', 'export_b'] THEN
        INSERT INTO flows.register_export (register_id, timestamp, read)
        SELECT register_id, now(), CASE element WHEN 'B' THEN export_b ELSE export_a END
          FROM new_rows JOIN flows.meter_registers AS register ON register.meter_id = new_rows.id AND register.status = 'enabled'
         WHERE CASE element WHEN 'B' THEN 'export_b' ELSE 'export_a' END = ANY(named)
           AND CASE element WHEN 'B' THEN export_b ELSE export_a END IS NOT NULL
            ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    END IF;
    IF 'csq' = ANY(named) THEN
        INSERT INTO flows.meter_csq (meter_id, timestamp, csq) SELECT id, now(), csq FROM new_rows
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET csq = EXCLUDED.csq;
    END IF;
    IF 'voltage' = ANY(named) THEN
        INSERT INTO flows.meter_voltage (meter_id, timestamp, voltage)
        SELECT id, now(), voltage FROM new_rows WHERE voltage IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage = EXCLUDED.voltage;
    END IF;
    IF '3p_voltage' = ANY(named) THEN
        INSERT INTO flows.meter_3p_voltage (meter_id, timestamp, voltage_l1, voltage_l2, voltage_l3)
        SELECT id, now(), "3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3" FROM new_rows
         WHERE coalesce("3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3") IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage_l1 = EXCLUDED.voltage_l1,
                voltage_l2 = EXCLUDED.voltage_l2, voltage_l3 = EXCLUDED.voltage_l3;
    END IF;
    IF 'balance' = ANY(named) THEN
        INSERT INTO flows.meter_prepay_balance (meter_id, timestamp, balance)
        SELECT id, now(), balance FROM new_rows WHERE balance IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET balance = EXCLUDED.balance;
        UPDATE public.meters AS meter SET balance = new_rows.balance
          FROM new_rows
         WHERE meter.id = new_rows.id AND meter.balance IS DISTINCT FROM new_rows.balance;
    END IF;
    IF 'health' = ANY(named) THEN
        INSERT INTO flows.meter_health_history (meter_id, timestamp, health, health_details)
        SELECT id, now(), health, health_details FROM new_rows
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET health = EXCLUDED.health, health_details = EXCLUDED.health_details;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.keep_import() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.register_import (register_id, timestamp, read)
    SELECT register_id, now(), CASE TG_ARGV[0] WHEN 'B' THEN NEW.import_b ELSE NEW.import_a END
      FROM flows.meter_registers
     WHERE meter_id = NEW.id AND status = 'enabled' AND (element = 'B') = (TG_ARGV[0] = 'B')
        ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.keep_microgrid_tariff_name() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
BEGIN
    NEW.name := (SELECT name FROM microgrid_tariffs WHERE esco = NEW.esco AND period_start <= NEW.period_start
                  ORDER BY period_start DESC, superseded_by IS NULL DESC LIMIT 1);
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.keep_posted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM unnest(TG_ARGV) AS name
                                    WHERE to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s %s is in the ledger, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.id);
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.keep_signed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    NEW.signed := NEW.signatures_required <= (
        SELECT count(*) FROM public.contract_signatures WHERE contract = NEW.id AND signed_at IS NOT NULL);
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.keep_voltage() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.meter_voltage (meter_id, timestamp, voltage) VALUES (NEW.id, now(), NEW.voltage)
        ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage = EXCLUDED.voltage;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.ledger_codes() RETURNS TABLE(code text, type text, name text)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog'
    AS $$
    VALUES ('receivable', 'asset', 'Owed by the customer'),
           ('sales', 'income', 'Energy sold'),
           ('vat', 'liability', 'VAT charged'),
           ('input_vat', 'asset', 'VAT on energy bought from customers'),
           ('bank', 'asset', 'Money at the bank'),
           ('meter_credit', 'liability', 'Money on prepay meters'),
           ('solar_credits', 'expense', 'Solar credits given'),
           ('gifts', 'expense', 'Gifts given'),
           ('adjustments', 'expense', 'Balances of meters put right'),
           ('bad_debts', 'expense', 'Debts written off');
$$;

COMMENT ON FUNCTION flows.ledger_codes() IS 'A community''s ledger accounts; there is a receivable for each customer account';

CREATE FUNCTION flows.local_date(at timestamp with time zone, zone text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((at AT TIME ZONE zone))::date;

COMMENT ON FUNCTION flows.local_date(at timestamp with time zone, zone text) IS 'The local day that holds an instant';

CREATE FUNCTION flows.local_midnight(day date, zone text) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN ((((((((day - 1))::timestamp without time zone AT TIME ZONE zone) AT TIME ZONE 'UTC'::text) + '1 day'::interval) AT TIME ZONE 'UTC'::text) AT TIME ZONE zone) = (day)::timestamp without time zone) THEN ((((((day - 1))::timestamp without time zone AT TIME ZONE zone) AT TIME ZONE 'UTC'::text) + '1 day'::interval) AT TIME ZONE 'UTC'::text) ELSE ((day)::timestamp without time zone AT TIME ZONE zone) END;

COMMENT ON FUNCTION flows.local_midnight(day date, zone text) IS 'The first instant of a local day: the earlier midnight where there are two, the jump where there is none';

CREATE FUNCTION flows.made_by(of_table text, of_row uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT actor FROM flows.audit_log
     WHERE table_name = of_table AND row_id = of_row::text AND action = 'insert' ORDER BY id LIMIT 1;
$$;

CREATE FUNCTION flows.mail_login(mail_id uuid, login_id uuid, mail_kind text, address text, lasts_until timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    DELETE FROM flows.login_mails WHERE user_id = login_id AND expires_at < now();
    INSERT INTO flows.login_mails (id, user_id, kind, email, expires_at)
    VALUES (mail_id, login_id, mail_kind, address, lasts_until);
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_login_mail', jsonb_build_array(mail_id), mail_id);
$$;

CREATE FUNCTION flows.make_shadow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.meter_shadows (id, health_details) VALUES (NEW.id, 'not read yet');
    INSERT INTO public.meters (id, serial, prepay_enabled) VALUES (NEW.id, NEW.serial, NEW.prepay_enabled);
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.may_hold_secrets(place regclass) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    RETURN EXISTS (SELECT FROM pg_attribute
                    WHERE attrelid = place AND attnum > 0 AND NOT attisdropped
                      AND (atttypid = 'jsonb'::regtype OR flows.is_secret(attname::text)));
END
$$;

COMMENT ON FUNCTION flows.may_hold_secrets(place regclass) IS 'Asked once a statement: rows of most tables are recorded as they are';

CREATE FUNCTION flows.meter_line(meters uuid[]) RETURNS TABLE(meter uuid, register_id uuid, meter_id uuid, element text, nature text, start_time timestamp with time zone, end_time timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    WITH RECURSIVE measured AS (
        SELECT held.meter_id AS meter, held.register_id, held.meter_id, held.start_time
          FROM flows.meter_registers AS held WHERE held.meter_id = ANY(meters) AND held.replaced_by IS NULL
         UNION
        SELECT measured.meter, earlier.register_id, earlier.meter_id, earlier.start_time
          FROM measured
          JOIN flows.meter_registers AS last
            ON last.replaced_by = measured.meter_id AND last.end_time = measured.start_time
          JOIN flows.meter_registers AS earlier
            ON earlier.replaced_by = measured.meter_id AND earlier.meter_id = last.meter_id
    )
    SELECT measured.meter, held.register_id, held.meter_id, held.element, held.nature, held.start_time, held.end_time
      FROM measured JOIN flows.meter_registers AS held ON held.register_id = measured.register_id;
$$;

COMMENT ON FUNCTION flows.meter_line(meters uuid[]) IS 'The registers of meters and of those whose place they took in the home, each with its life: what these measured is the home''s';

CREATE FUNCTION flows.move_wallet() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
DECLARE
    moved uuid;
BEGIN
    SELECT before.wallet INTO moved FROM meters AS before, meters AS after
     WHERE before.id = OLD.supply_meter AND after.id = NEW.supply_meter AND after.wallet IS NULL;
    IF moved IS NOT NULL THEN
        UPDATE meters SET wallet = NULL WHERE id = OLD.supply_meter;
        UPDATE meters SET wallet = moved WHERE id = NEW.supply_meter;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_account() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    -- Other accounts of the home have more or fewer days with it.
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'days')
       FROM old_rows AS previous
       JOIN new_rows AS changed USING (id)
       JOIN public.accounts AS account ON account.property IN (previous.property, changed.property)
       JOIN public.invoices AS invoice ON invoice.account = account.id
        AND (changed.start_date <> previous.start_date
             AND invoice.period_start < greatest(changed.start_date, previous.start_date)
             OR changed.end_date IS DISTINCT FROM previous.end_date
             AND invoice.period_end > least(changed.end_date, previous.end_date) + 1)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_days() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    until date := flows.billed_until();
BEGIN
    -- The sync's own days are of this month: then this is all that it pays.
    IF NOT EXISTS (SELECT FROM changed WHERE day < until) THEN
        RETURN NULL;
    END IF;
    INSERT INTO flows.register_days_changed AS noted (register_id, day)
    SELECT DISTINCT register_id, day
      FROM changed
     WHERE day < until
       -- A register that is deleted takes its days along.
       AND EXISTS (SELECT FROM flows.meter_registers AS register WHERE register.register_id = changed.register_id)
     ORDER BY register_id, day
        ON CONFLICT (register_id, day) DO UPDATE SET changed_at = excluded.changed_at;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_estimates() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.register_days_changed AS noted (register_id, day)
    SELECT DISTINCT changed.register_id, (changed.timestamp AT TIME ZONE esco.time_zone)::date AS day
      FROM changed
      JOIN flows.meter_registers AS register ON register.register_id = changed.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
     WHERE (changed.timestamp AT TIME ZONE esco.time_zone)::date < flows.billed_until()
     ORDER BY 1, 2
        ON CONFLICT (register_id, day) DO UPDATE SET changed_at = excluded.changed_at;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_payer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'payer')
       FROM changed
       JOIN public.invoices AS invoice ON invoice.account = changed.account
        AND (invoice.period_end > changed.start_date OR invoice.period_end > changed.end_date + 1)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_sharing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    stale uuid[];
BEGIN
    IF TG_TABLE_NAME = 'register_days_changed' THEN
        WITH RECURSIVE ahead AS (  -- the meters that may be in the homes of these registers now
            SELECT coalesce(register.replaced_by, register.meter_id) AS meter
              FROM changed JOIN flows.meter_registers AS register ON register.register_id = changed.register_id
             UNION
            SELECT register.replaced_by
              FROM ahead
              JOIN flows.meter_registers AS register ON register.meter_id = ahead.meter AND register.replaced_by IS NOT NULL
        )
        SELECT array_agg(DISTINCT invoice.id) INTO stale
           FROM changed
           JOIN (SELECT sharing_group, register, valid_from, coalesce(valid_to, 'infinity') AS valid_to
                   FROM public.sharing_meters WHERE role = 'generation'
                  UNION
                 SELECT member.sharing_group, line.register_id, '-infinity', 'infinity'
                   FROM flows.meter_line(ARRAY(SELECT meter FROM ahead)) AS line
                   JOIN public.properties AS property ON property.supply_meter = line.meter
                   JOIN public.sharing_members AS member ON member.property = property.id
                  WHERE line.nature <> 'solar') AS source
             ON source.register = changed.register_id AND source.valid_from <= changed.day AND changed.day < source.valid_to
           JOIN public.sharing_members AS member ON member.sharing_group = source.sharing_group
            AND member.start_date <= changed.day AND (member.end_date IS NULL OR member.end_date >= changed.day)
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id
            AND invoice.period_start <= changed.day AND invoice.period_end > changed.day;
        PERFORM flows.note_stale(stale, 'sharing');
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
           FROM (SELECT (to_jsonb(changed) ->> 'sharing_group')::uuid AS sharing_group,
                        least((to_jsonb(changed) ->> 'period_start')::date, (to_jsonb(changed) ->> 'start_date')::date,
                              (to_jsonb(changed) ->> 'end_date')::date + 1) AS since
                   FROM changed) AS changed
           JOIN public.sharing_members AS member ON member.sharing_group = changed.sharing_group
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id AND invoice.period_end > changed.since
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_sharing_meter() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    counted datemultirange := CASE WHEN OLD.role = 'generation' THEN datemultirange(daterange(OLD.valid_from, OLD.valid_to)) ELSE '{}' END;
    counts datemultirange := CASE WHEN NEW.role = 'generation' THEN datemultirange(daterange(NEW.valid_from, NEW.valid_to)) ELSE '{}' END;
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
       FROM flows.meter_registers AS register
       JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
       JOIN flows.escos AS esco ON esco.id = meter.esco
      CROSS JOIN LATERAL (SELECT daterange((register.start_time AT TIME ZONE esco.time_zone)::date,
                                           (register.end_time AT TIME ZONE esco.time_zone)::date, '[]') AS days) AS life
       JOIN public.sharing_members AS member ON member.sharing_group IN (OLD.sharing_group, NEW.sharing_group)
       JOIN public.accounts AS account ON account.property = member.property
       JOIN public.invoices AS invoice ON invoice.account = account.id
        AND daterange(invoice.period_start, invoice.period_end) && (datemultirange(life.days) * (counted + counts - counted * counts))
      WHERE register.register_id IN (OLD.register, NEW.register)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_supplier() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'days')
       FROM changed
       JOIN public.invoices AS invoice ON invoice.account = changed.account AND invoice.period_end > changed.valid_from
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_tariff() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    IF TG_TABLE_NAME = 'microgrid_tariffs' THEN
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'tariff')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.esco = changed.esco AND invoice.period_end > changed.period_start
           JOIN public.invoice_lines AS line ON line.invoice = invoice.id AND line.microgrid_tariff IS NOT NULL
            AND line.period_end > changed.period_start
          WHERE NOT EXISTS (SELECT FROM public.microgrid_tariffs AS later
                             WHERE later.esco = changed.esco AND later.period_start > changed.period_start
                               AND later.period_start <= line.period_start AND later.superseded_by IS NULL)
         HAVING count(*) > 0;
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'tariff')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.customer = changed.customer AND invoice.period_end > changed.period_start
          WHERE NOT EXISTS (SELECT FROM public.customer_tariffs AS later
                             WHERE later.customer = changed.customer AND later.period_start > changed.period_start
                               AND later.period_start <= invoice.period_start AND later.superseded_by IS NULL)
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_vat() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    IF TG_TABLE_NAME = 'vat_statuses' THEN
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'vat')
           FROM changed
           LEFT JOIN public.accounts AS account ON account.property = changed.property
           JOIN public.invoices AS invoice ON invoice.period_end > changed.valid_from
            AND (invoice.account = account.id OR invoice.customer = changed.customer)
         HAVING count(*) > 0;
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'vat')
           FROM changed
           JOIN public.invoices AS invoice ON invoice.customer = changed.customer AND invoice.period_end > changed.valid_from
           JOIN public.invoice_lines AS line ON line.invoice = invoice.id AND line.kind = 'export_credit'
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_changed_zone() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = OLD.time_zone) THEN
        RETURN NULL;  -- in a zone that nobody knows nothing was billed
    END IF;
    PERFORM flows.note_stale(array_agg(invoice.id), 'days')
       FROM public.invoices AS invoice
      WHERE invoice.esco = NEW.id
        AND (flows.local_midnight(invoice.period_start, OLD.time_zone), flows.local_midnight(invoice.period_end, OLD.time_zone))
            <> (flows.local_midnight(invoice.period_start, NEW.time_zone), flows.local_midnight(invoice.period_end, NEW.time_zone))
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_edited_readings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'update', 'flows.register_interval_hh',
           format('%s,%s', register_id, to_jsonb(edited.timestamp) #>> '{}'), to_jsonb(previous), to_jsonb(edited)
      FROM old_rows AS previous JOIN new_rows AS edited USING (register_id, timestamp)
     WHERE previous.kwh <> edited.kwh;

    INSERT INTO flows.register_interval_sources (register_id, timestamp, source, detail)
    SELECT register_id, timestamp, 'edited', format('by %s, was %s kWh', flows.actor(), previous.kwh)
      FROM old_rows AS previous JOIN new_rows AS edited USING (register_id, timestamp)
     WHERE previous.kwh <> edited.kwh
        ON CONFLICT (register_id, timestamp) DO UPDATE SET source = excluded.source, detail = excluded.detail;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_health() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.health = 'healthy' THEN
        NEW.last_healthy_at := now();
        NEW.health_code := NULL;
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.note_login(user_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    UPDATE public.users SET last_login_at = now() WHERE id = user_id;
$$;

CREATE FUNCTION flows.note_named() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM set_config('flows.named', concat_ws(' ', nullif(current_setting('flows.named', true), ''), TG_ARGV[0]), true);
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.note_release() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    IF NEW.details <> OLD.details THEN
        NEW.release_reason := NULL;
    END IF;
    IF NEW.release_reason IS NULL THEN
        NEW.released_by := NULL;
        NEW.released_at := NULL;
    ELSIF OLD.release_reason IS DISTINCT FROM NEW.release_reason THEN
        NEW.released_by := flows.actor();
        NEW.released_at := now();
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.note_request(what text, meter uuid, details jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    VALUES (flows.actor(), coalesce(flows.claims() ->> 'role', session_user), what, 'flows.meter_registry', meter::text,
            flows.without_secrets(details));
$$;

CREATE FUNCTION flows.note_stale(invoices uuid[], cause text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $_$
    INSERT INTO public.stale_invoices AS noted (invoice, cause)
    SELECT id, $2 FROM public.invoices WHERE id = ANY($1) AND status NOT IN ('draft', 'void') ORDER BY id
        ON CONFLICT (invoice, cause) DO UPDATE SET noted_at = excluded.noted_at;
$_$;

CREATE FUNCTION flows.notify_access() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM pg_notify('flows_access', coalesce(to_jsonb(OLD) ->> 'session', to_jsonb(OLD) ->> 'id'));
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.notify_outbox() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('flows_outbox', service) FROM (SELECT DISTINCT service FROM added) AS added_services;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.own_accounts() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(SELECT account FROM public.customer_accounts WHERE customer = me);
END
$$;

CREATE FUNCTION flows.own_corporate_bodies() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(SELECT corporate_body FROM public.customer_corporate_bodies WHERE customer = me);
END
$$;

CREATE FUNCTION flows.own_ever() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    RETURN ARRAY(SELECT id FROM unnest(flows.own_times()));
END
$$;

CREATE FUNCTION flows.own_now() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    RETURN ARRAY(SELECT id FROM unnest(flows.own_times()) WHERE times @> now());
END
$$;

CREATE FUNCTION flows.own_properties() RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
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

CREATE FUNCTION flows.own_times() RETURNS flows.own_time[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(
        WITH RECURSIVE tenure AS (
            SELECT account.property, daterange(account.start_date, account.end_date, '[]') AS days
              FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
             WHERE role.customer = me AND (account.status <> 'closed' OR account.end_date IS NOT NULL)
             UNION
            SELECT property, '(,)' FROM flows.properties_owned_by(me) AS property
        ), home AS (
            SELECT property.id, property.supply_meter, property.solar_meter, tenure.days,
                   tstzrange(flows.local_midnight(lower(days), esco.time_zone),
                             flows.local_midnight(upper(days), esco.time_zone)) AS times
              FROM tenure
              JOIN public.properties AS property ON property.id = tenure.property
              JOIN flows.escos AS esco ON esco.id = property.esco
        ), meter AS (
            SELECT supply_meter AS id, days, times FROM home WHERE supply_meter IS NOT NULL
             UNION ALL
            SELECT solar_meter, days, times FROM home WHERE solar_meter IS NOT NULL
        ), register AS (
            SELECT register.register_id AS id, register.meter_id, register.start_time, meter.days, meter.times
              FROM meter JOIN flows.meter_registers AS register ON register.meter_id = meter.id AND register.replaced_by IS NULL
             UNION
            SELECT earlier.register_id, earlier.meter_id, earlier.start_time, register.days, register.times
              FROM register
              JOIN flows.meter_registers AS last ON last.replaced_by = register.meter_id AND last.end_time = register.start_time
              JOIN flows.meter_registers AS earlier ON earlier.replaced_by = register.meter_id AND earlier.meter_id = last.meter_id
        )
        SELECT ROW(id, days, times)::flows.own_time FROM home
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM meter
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM register
         UNION ALL
        SELECT ROW(link.circuit, register.days, register.times)::flows.own_time
          FROM register JOIN flows.circuit_register AS link ON link.register = register.id);
END
$$;

CREATE FUNCTION flows.post_money(source_table text, row_ids uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
DECLARE
    events flows.money_events[];
BEGIN
    events := ARRAY(SELECT event FROM flows.money_events AS event
                     WHERE event.source = source_table AND event.id = ANY(row_ids)
                       AND NOT EXISTS (SELECT FROM public.ledger_entries AS entry
                                        WHERE entry.kind = event.kind AND entry.reference = event.reference));
    IF events = '{}' THEN
        RETURN;
    END IF;
    INSERT INTO public.ledger_accounts (esco, code, type, name, account)
    SELECT DISTINCT event.esco, code.code, code.type, code.name, side.account
      FROM unnest(events) AS event,
           LATERAL (VALUES (event.debit, event.debit_account), (event.credit, event.credit_account)) AS side (code, account)
      JOIN flows.ledger_codes() AS code ON code.code = side.code
     ORDER BY 1, 2, 5
        ON CONFLICT (esco, code, account) DO NOTHING;
    -- Of two transactions that bring the same event, the second waits here for the first, and then has nothing to post.
    WITH posted AS (
        INSERT INTO public.ledger_entries (esco, kind, reference, description, entry_date)
        SELECT event.esco, event.kind, event.reference, event.description, event.entry_date
          FROM unnest(events) AS event
         ORDER BY event.kind, event.reference
            ON CONFLICT (kind, reference) DO NOTHING
        RETURNING id, kind, reference
    )
    INSERT INTO public.ledger_postings (entry, ledger_account, amount_pence)
    SELECT posted.id, ledger.id, side.amount_pence
      FROM posted
      JOIN unnest(events) AS event ON event.kind = posted.kind AND event.reference = posted.reference
     CROSS JOIN LATERAL (VALUES (event.debit, event.debit_account, event.amount_pence),
                                (event.credit, event.credit_account, -event.amount_pence)) AS side (code, account, amount_pence)
      JOIN LATERAL (SELECT id FROM public.ledger_accounts AS own
                     WHERE own.esco = event.esco AND own.code = side.code AND own.account = side.account
                     UNION ALL
                    SELECT id FROM public.ledger_accounts AS own
                     WHERE own.esco = event.esco AND own.code = side.code AND own.account IS NULL
                       AND side.account IS NULL) AS ledger ON true;
END
$$;

COMMENT ON FUNCTION flows.post_money(source_table text, row_ids uuid[]) IS 'Posts what these rows of a table have to stand for in the ledger and do not yet';

CREATE FUNCTION flows.post_rows() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM flows.post_money(TG_TABLE_NAME, ARRAY(SELECT (to_jsonb(n) ->> TG_ARGV[0])::uuid FROM new_rows AS n));
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.prepare_time() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    zone text;
BEGIN
    PERFORM flows.ensure_interval_partitions(current_date, current_date + 92);
    FOR zone IN SELECT DISTINCT time_zone FROM flows.escos LOOP
        PERFORM flows.extend_calendar(zone, current_date, current_date + 400);
    END LOOP;
END
$$;

COMMENT ON FUNCTION flows.prepare_time() IS 'Partitions three months and calendars a year ahead; a daily job calls it';

CREATE FUNCTION flows.properties_owned_by(customer_id uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
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

COMMENT ON FUNCTION flows.properties_owned_by(customer_id uuid) IS 'Homes owned in person or through a corporate body; properties.owner counts only where no proprietor is registered';

CREATE FUNCTION flows.push_topups() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('meter-sync', 'push_topup', jsonb_build_array(NEW.id), NEW.id::text)
        ON CONFLICT (service, job, key) WHERE key IS NOT NULL AND failed_at IS NULL DO UPDATE SET sent_at = NULL;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.reauthentication_of(login_id uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT id FROM flows.login_mails
     WHERE user_id = login_id AND kind = 'reauthentication' AND used_at IS NULL AND expires_at > now();
$$;

COMMENT ON FUNCTION flows.reauthentication_of(login_id uuid) IS 'The mail whose code counts';

CREATE FUNCTION flows.refresh_customer_status(VARIADIC customer_ids uuid[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    UPDATE public.customers AS customer
       SET status = derived.status
      FROM (SELECT id, public.customer_status(id) AS status FROM unnest(customer_ids) AS id) AS derived
     WHERE customer.id = derived.id AND customer.status IS DISTINCT FROM derived.status;
$$;

CREATE FUNCTION flows.refresh_report(report_in text, asked_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    began timestamptz;
BEGIN
    -- Two at once are one: who waited finds that it was begun after they asked, and so holds what they ask for.
    PERFORM pg_advisory_xact_lock(hashtextextended('flows.refresh_report:' || report_in, 0));
    IF EXISTS (SELECT FROM public.report_refreshes
                WHERE report = report_in AND started_at >= asked_at AND error IS NULL) THEN
        RETURN false;
    END IF;
    began := clock_timestamp();
    BEGIN
        EXECUTE format('REFRESH MATERIALIZED VIEW CONCURRENTLY reports.%I', report_in);
    EXCEPTION WHEN OTHERS THEN
        UPDATE public.report_refreshes SET started_at = began, error = SQLERRM WHERE report = report_in;
        RETURN false;
    END;
    UPDATE public.report_refreshes
       SET started_at = began, refreshed_at = clock_timestamp(), error = NULL,
           seconds = round(extract(epoch FROM clock_timestamp() - began), 3)
     WHERE report = report_in;
    RETURN true;
END
$$;

COMMENT ON FUNCTION flows.refresh_report(report_in text, asked_at timestamp with time zone) IS 'Make a kept report again, unless that began after asked_at; an error is written to report_refreshes, and the report stays as it was';

CREATE FUNCTION flows.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE restrict_violation USING
        MESSAGE = format('%s.%s can be added to, never changed', TG_TABLE_SCHEMA, TG_TABLE_NAME);
END
$$;

CREATE FUNCTION flows.refuse_invoice_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.status = 'draft' OR to_jsonb(NEW) - ARRAY['status', 'updated_at'] <> to_jsonb(OLD) - ARRAY['status', 'updated_at'] THEN
        RAISE restrict_violation USING
            MESSAGE = format('invoice %s is issued: only its status may change', OLD.number);
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.refuse_late_postings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    late record;
BEGIN
    SELECT entry.kind, entry.reference INTO late
      FROM (SELECT entry, count(*) AS added, min(id) AS first FROM posted GROUP BY entry) AS own
      JOIN public.ledger_entries AS entry ON entry.id = own.entry
     WHERE EXISTS (SELECT FROM public.ledger_postings AS before WHERE before.entry = own.entry AND before.id < own.first)
        OR (SELECT count(*) FROM public.ledger_postings AS held WHERE held.entry = own.entry) <> own.added
     LIMIT 1;
    IF FOUND THEN
        RAISE restrict_violation USING
            MESSAGE = format('ledger entry %s %s is posted: its postings are inserted by one statement', late.kind, late.reference);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.refuse_number_ahead() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
BEGIN
    IF current_setting('role') = 'admin' AND NEW.account_number > (SELECT last_value FROM account_numbers) THEN
        RAISE check_violation USING
            MESSAGE = format('account number %s is not given out yet', NEW.account_number),
            HINT = 'Leave account_number out: the next one is taken.';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.refuse_off_the_clock(at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
    RAISE check_violation USING
        MESSAGE = format('no half hour begins at %sZ', to_json(at AT TIME ZONE 'UTC') #>> '{}'),
        HINT = 'Half hours begin at minute 0 and 30 of UTC.',
        CONSTRAINT = 'timestamp_is_a_half_hour';
END
$$;

COMMENT ON FUNCTION flows.refuse_off_the_clock(at timestamp with time zone) IS 'The last part of the tables'' checks: reached by a time that is no start of a half hour, which it names';

CREATE FUNCTION flows.refuse_second_landing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    IF EXISTS (SELECT FROM public.topups_gifts AS topup JOIN public.gifts AS gift ON gift.id = topup.gift_id
                WHERE gift.account IS NOT NULL
                  AND gift.id = ANY(ARRAY[to_jsonb(NEW) ->> 'id', to_jsonb(NEW) ->> 'gift_id']::uuid[])) THEN
        RAISE restrict_violation USING MESSAGE = 'a gift lands on an account or becomes a top-up, not both';
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.refuse_second_membership() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM FROM public.properties WHERE id = NEW.property FOR NO KEY UPDATE;  -- two at once take turns
    IF EXISTS (SELECT FROM public.sharing_members AS other
                WHERE other.property = NEW.property AND other.id <> NEW.id
                  AND daterange(other.start_date, other.end_date, '[]') && daterange(NEW.start_date, NEW.end_date, '[]')) THEN
        RAISE exclusion_violation USING
            MESSAGE = 'public.sharing_members: on some of these days the home shares already',
            HINT = 'End its other row first.';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.refuse_second_part() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM FROM flows.meter_registers WHERE register_id = NEW.register FOR NO KEY UPDATE;  -- two at once take turns
    IF EXISTS (SELECT FROM public.sharing_meters AS other
                WHERE other.register = NEW.register AND other.valid_from <> NEW.valid_from
                  AND (TG_OP = 'INSERT' OR (other.register, other.valid_from) <> (OLD.register, OLD.valid_from))
                  AND daterange(other.valid_from, other.valid_to) && daterange(NEW.valid_from, NEW.valid_to)) THEN
        RAISE exclusion_violation USING
            MESSAGE = 'public.sharing_meters: on some of these days the register counts already',
            HINT = 'End its other row first.';
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.refuse_series_back() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.esco = OLD.esco AND NEW.last_number >= OLD.last_number
       AND NEW.last_credit_note >= OLD.last_credit_note
       AND (NEW.prefix = OLD.prefix OR (OLD.last_number, OLD.last_credit_note) = (0, 0)) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND (OLD.last_number, OLD.last_credit_note) = (0, 0) THEN
        RETURN OLD;
    END IF;
    RAISE restrict_violation USING MESSAGE = format('numbers of series %s only go on', OLD.prefix);
END
$$;

CREATE FUNCTION flows.refuse_unknown_holidays() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    wanted text := split_part(NEW.holidays, '-', 1);
    known text[];
BEGIN
    SELECT wanted || ARRAY(SELECT wanted || '-' || part FROM unnest(parts) AS part) INTO known
      FROM flows.holiday_calendars WHERE country = wanted;
    IF NEW.holidays = ANY(known) THEN
        RETURN NEW;
    END IF;
    RAISE check_violation USING
        MESSAGE = format('rate_profiles.holidays: there is no calendar of public holidays of "%s"', NEW.holidays),
        HINT = CASE WHEN known IS NULL THEN 'Countries are those of flows.holiday_calendars, such as GB.'
                    ELSE format('Of %s there are %s.', wanted, array_to_string(known, ', ')) END;
END
$$;

CREATE FUNCTION flows.refuse_used_sharing() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    free text[] := CASE TG_TABLE_NAME WHEN 'sharing_members' THEN ARRAY['updated_at', 'end_date']
                                      WHEN 'sharing_meters' THEN ARRAY['updated_at', 'valid_to']
                                      ELSE ARRAY['updated_at'] END;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - free = to_jsonb(NEW) - free THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT
                 FROM public.sharing_terms AS terms
                 JOIN public.invoice_lines AS line ON line.sharing_terms = terms.id
                WHERE CASE TG_TABLE_NAME
                      WHEN 'sharing_members' THEN terms.sharing_group = OLD.sharing_group
                                                  AND line.period_end > (to_jsonb(OLD) ->> 'start_date')::date
                      WHEN 'sharing_meters' THEN terms.sharing_group = OLD.sharing_group
                                                 AND line.period_end > (to_jsonb(OLD) ->> 'valid_from')::date
                                                 AND line.period_start < coalesce((to_jsonb(OLD) ->> 'valid_to')::date, 'infinity')
                      ELSE terms.id = (to_jsonb(OLD) ->> 'id')::uuid END) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s: this was used on a bill, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Add a row with a later start.';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE FUNCTION flows.refuse_used_tariff() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    free text[] := ARRAY['updated_at', 'emergency_credit', 'debt_recovery_rate', 'ecredit_button_threshold', 'superseded_by'];
    tariffs uuid[];
    profiles uuid[];
BEGIN
    IF old_row - free IS NOT DISTINCT FROM new_row - free THEN
        RETURN NEW;
    END IF;
    CASE TG_TABLE_NAME
    WHEN 'tariff_components' THEN
        tariffs := ARRAY[old_row ->> 'microgrid_tariff', old_row ->> 'customer_tariff',
                         new_row ->> 'microgrid_tariff', new_row ->> 'customer_tariff']::uuid[];
    WHEN 'rate_profiles' THEN
        profiles := ARRAY[old_row ->> 'id']::uuid[];
    WHEN 'rate_bands' THEN
        profiles := ARRAY[old_row ->> 'profile', new_row ->> 'profile']::uuid[];
    ELSE
        tariffs := ARRAY[old_row ->> 'id']::uuid[];
    END CASE;
    IF profiles IS NOT NULL THEN
        tariffs := ARRAY(SELECT id FROM public.microgrid_tariffs WHERE rate_profile = ANY(profiles)
                         UNION ALL SELECT id FROM public.customer_tariffs WHERE rate_profile = ANY(profiles));
    END IF;
    IF EXISTS (SELECT FROM public.invoice_lines WHERE microgrid_tariff = ANY(tariffs))
       OR EXISTS (SELECT FROM public.invoice_lines WHERE customer_tariff = ANY(tariffs)) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s: this price was used on a bill, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Add a version with a later period_start, or correct this one with correct_tariff().';
    END IF;
    IF profiles IS NOT NULL THEN
        DELETE FROM flows.calendar_bands WHERE profile = ANY(profiles);
        DELETE FROM flows.register_interval_bands WHERE profile = ANY(profiles);
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

CREATE FUNCTION flows.register_read_at(register uuid, at timestamp with time zone) RETURNS TABLE(read numeric, source text)
    LANGUAGE sql STABLE ROWS 1
    AS $_$
    SELECT round(counted.read + coalesce(since.kwh, 0), 3),
           CASE WHEN since.measured >= floor(extract(epoch FROM $2 - counted.timestamp) / 1800) THEN 'meter' ELSE 'estimated' END
      FROM (SELECT held.read, held.timestamp FROM flows.register_import AS held
             WHERE held.register_id = $1 AND held.timestamp <= $2 ORDER BY held.timestamp DESC LIMIT 1) AS counted
     CROSS JOIN LATERAL (
           SELECT sum(hh.kwh * least(1, extract(epoch FROM hh.timestamp + interval '30 minutes' - counted.timestamp) / 1800)) AS kwh,
                  count(*) FILTER (WHERE NOT hh.estimated AND hh.timestamp >= counted.timestamp) AS measured
             FROM flows.register_intervals AS hh
            WHERE hh.register_id = $1 AND hh.timestamp > counted.timestamp - interval '30 minutes' AND hh.timestamp < $2) AS since
     UNION ALL
    SELECT greatest(0, round(counted.read - coalesce(until.kwh, 0), 3)),
           CASE WHEN until.measured >= floor(extract(epoch FROM counted.timestamp - $2) / 1800) THEN 'meter' ELSE 'estimated' END
      FROM (SELECT held.read, held.timestamp FROM flows.register_import AS held
             WHERE held.register_id = $1 AND held.timestamp > $2 ORDER BY held.timestamp LIMIT 1) AS counted
     CROSS JOIN LATERAL (
           SELECT sum(hh.kwh * least(1, extract(epoch FROM counted.timestamp - hh.timestamp) / 1800)) AS kwh,
                  count(*) FILTER (WHERE NOT hh.estimated AND hh.timestamp + interval '30 minutes' <= counted.timestamp) AS measured
             FROM flows.register_intervals AS hh
            WHERE hh.register_id = $1 AND hh.timestamp >= $2 AND hh.timestamp < counted.timestamp) AS until
     LIMIT 1;
$_$;

COMMENT ON FUNCTION flows.register_read_at(register uuid, at timestamp with time zone) IS 'What a register had counted in kWh at a time, from its reading next to it and the half hours between; no row: it was never read';

CREATE FUNCTION flows.report_escos() RETURNS uuid[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    IF pg_has_role('service', 'USAGE') OR pg_has_role('reporting', 'USAGE') OR pg_has_role('flows_worker', 'USAGE') THEN
        RETURN ARRAY(SELECT id FROM flows.escos);
    ELSIF pg_has_role('admin', 'USAGE') THEN
        RETURN flows.admin_escos();
    END IF;
    RETURN '{}';
END
$$;

COMMENT ON FUNCTION flows.report_escos() IS 'Communities whose reports the caller reads: an admin''s own, all for programs, none for others';

CREATE FUNCTION flows.rotate_refresh_token(given_hash bytea, new_hash bytea, lasts_until timestamp with time zone, grace interval DEFAULT '00:00:00'::interval) RETURNS TABLE(outcome text, user_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    given flows.refresh_tokens;
    following flows.refresh_tokens;
BEGIN
    SELECT token.* INTO given
      FROM flows.refresh_tokens AS token
      JOIN public.users AS login ON login.id = token.user_id AND login.disabled_at IS NULL
     WHERE token.token_hash = given_hash AND token.expires_at > now() AND token.revoked_at IS NULL
       FOR UPDATE OF token;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'unknown', NULL::uuid;
    ELSIF given.used_at IS NULL THEN
        UPDATE flows.refresh_tokens SET used_at = clock_timestamp() WHERE token_hash = given_hash;
        INSERT INTO flows.refresh_tokens (token_hash, session, user_id, expires_at, logged_in_at)
        VALUES (new_hash, given.session, given.user_id, lasts_until, given.logged_in_at);
        RETURN QUERY SELECT 'rotated', given.user_id;
    ELSE
        SELECT * INTO following FROM flows.refresh_tokens AS token
         WHERE token.token_hash = new_hash AND token.session = given.session;
        IF FOUND AND following.used_at IS NULL THEN
            RETURN QUERY SELECT 'rotated', given.user_id;
        ELSIF FOUND AND given.used_at > clock_timestamp() - grace THEN
            RETURN QUERY SELECT 'passed_on', given.user_id;
        ELSE
            UPDATE flows.refresh_tokens SET revoked_at = now() WHERE session = given.session AND revoked_at IS NULL;
            RETURN QUERY SELECT 'used', given.user_id;
        END IF;
    END IF;
END
$$;

COMMENT ON FUNCTION flows.rotate_refresh_token(given_hash bytea, new_hash bytea, lasts_until timestamp with time zone, grace interval) IS 'The parent of the unused token gets that one. Any other token that is used again after the grace ends its session: one of the two who had it should not have. passed_on: the next one was used as well';

CREATE FUNCTION flows.row_key(changed jsonb, columns text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT string_agg(changed ->> name, ',' ORDER BY position) FROM unnest(columns) WITH ORDINALITY AS key (name, position);
$$;

CREATE FUNCTION flows.said_amount(said text) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    SELECT CASE WHEN said ~ '^\s*[+-]?([0-9]{1,9}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?0?[0-9])?\s*$' THEN said::numeric END;
$_$;

COMMENT ON FUNCTION flows.said_amount(said text) IS 'The finite number below a thousand million that a text is; null where it is none';

CREATE FUNCTION flows.said_moment(said text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT
    AS $_$
BEGIN
    IF said ~ '^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?$' THEN
        RETURN said::timestamptz;
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$_$;

COMMENT ON FUNCTION flows.said_moment(said text) IS 'The time from 2000 to 2199 that a text is; null where it is none';

CREATE FUNCTION flows.seal_credit_notes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'credit_note', id, esco, number, flows.digest(flows.sealed_text(ROW(added.*)::public.credit_notes)) FROM added;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.seal_documents() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'document', added.id, coalesce(invoice.esco, note.esco), added.file_name,
           flows.digest(flows.sealed_text(ROW(added.*)::public.documents))
      FROM added
      LEFT JOIN public.invoices AS invoice ON invoice.id = added.invoice
      LEFT JOIN public.credit_notes AS note ON note.id = added.credit_note;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.seal_invite() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $_$
BEGIN
    NEW.invite_token := flows.sealed(NEW.invite_token);
    NEW.mailed_token := flows.sealed(NEW.mailed_token);
    NEW.invite_url := regexp_replace(NEW.invite_url, '([?#]|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}).*$', '', 'i');
    RETURN NEW;
END
$_$;

CREATE FUNCTION flows.seal_invoices() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'invoice', id, esco, number, flows.digest(flows.sealed_text(ROW(added.*)::public.invoices)) FROM added
     WHERE status <> 'draft';
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.seal_issued() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    VALUES ('invoice', NEW.id, NEW.esco, NEW.number, flows.digest(flows.sealed_text(NEW)));
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'lines', NEW.id, NEW.esco, NEW.number,
           flows.digest(string_agg(flows.sealed_text(line), '' ORDER BY line.position, line.id))
      FROM public.invoice_lines AS line WHERE line.invoice = NEW.id HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.seal_lines() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    sealed bigint;
    refused text;
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'lines', lines.invoice, issued.esco, issued.name, lines.sha256
      FROM (SELECT invoice, flows.digest(string_agg(flows.sealed_text(ROW(added.*)::public.invoice_lines), ''
                                                    ORDER BY position, id)) AS sha256
              FROM added GROUP BY invoice) AS lines
     CROSS JOIN LATERAL (SELECT seal.esco, seal.name FROM flows.seals AS seal
                          WHERE seal.kind = 'invoice' AND seal.subject = lines.invoice
                            AND seal.made_in = pg_current_xact_id()::text::bigint
                          LIMIT 1) AS issued  -- looked up one by one, by the key
        ON CONFLICT (kind, subject) DO UPDATE
       SET sha256 = (SELECT flows.digest(string_agg(flows.sealed_text(line), '' ORDER BY line.position, line.id))
                       FROM public.invoice_lines AS line WHERE line.invoice = excluded.subject)
     WHERE seals.made_in = excluded.made_in;
    GET DIAGNOSTICS sealed = ROW_COUNT;
    IF sealed = (SELECT count(DISTINCT invoice) FROM added) THEN
        RETURN NULL;
    END IF;
    SELECT invoice.number INTO refused
      FROM added JOIN public.invoices AS invoice ON invoice.id = added.invoice AND invoice.status <> 'draft'
     WHERE NOT EXISTS (SELECT FROM flows.seals AS issued
                        WHERE issued.kind = 'invoice' AND issued.subject = invoice.id
                          AND issued.made_in = pg_current_xact_id()::text::bigint)
        OR EXISTS (SELECT FROM flows.seals AS held
                    WHERE held.kind = 'lines' AND held.subject = invoice.id
                      AND held.made_in <> pg_current_xact_id()::text::bigint)
     LIMIT 1;
    IF FOUND THEN
        RAISE restrict_violation USING
            MESSAGE = format('invoice %s is issued: its lines are inserted with it, in its transaction', refused);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.seal_new_invite() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    UPDATE public.customer_invites SET invite_token = flows.sealed(invite_token) WHERE invite_token = NEW.invite_token;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.sealed(token uuid) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT CASE WHEN substr(token::text, 15, 1) = '8' THEN token
                ELSE overlay(overlay(left(encode(sha256(convert_to(token::text, 'UTF8')), 'hex'), 32)
                                     PLACING '8' FROM 13) PLACING 'a' FROM 17)::uuid END;
$$;

COMMENT ON FUNCTION flows.sealed(token uuid) IS 'What stands for a token of 122 random bits: its SHA-256 as a UUID of version 8 (RFC 9562), which is its own seal';

CREATE TABLE public.credit_notes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number text NOT NULL,
    esco uuid NOT NULL,
    account uuid NOT NULL,
    customer uuid NOT NULL,
    invoice uuid NOT NULL,
    replacement uuid,
    causes text[] NOT NULL,
    reason text NOT NULL,
    issue_date date NOT NULL,
    tax_point date,
    vat_number text,
    net_pence integer NOT NULL,
    vat_pence integer NOT NULL,
    total_pence integer NOT NULL,
    requested_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_days jsonb,
    CONSTRAINT credit_notes_causes_check CHECK (((causes <@ '{readings,tariff,vat,payer,days}'::text[]) AND (causes <> '{}'::text[]))),
    CONSTRAINT credit_notes_check CHECK (((net_pence + vat_pence) = total_pence)),
    CONSTRAINT credit_notes_check1 CHECK ((replacement <> invoice)),
    CONSTRAINT credit_notes_reason_check CHECK ((reason <> ''::text))
);

COMMENT ON TABLE public.credit_notes IS 'What takes an issued invoice back, whole; its lines are the invoice''s, at the rates of VAT that these had';

COMMENT ON COLUMN public.credit_notes.replacement IS 'The invoice in its place; null: the customer owes nothing for these days';

COMMENT ON COLUMN public.credit_notes.total_pence IS 'What is credited: the total of the invoice';

COMMENT ON COLUMN public.credit_notes.changed_days IS 'By register, the days whose readings had changed, where some days of the replacement were too old to be charged for';

CREATE FUNCTION flows.sealed_text(public.credit_notes) RETURNS text
    LANGUAGE sql STABLE
    AS $_$
    SELECT json_build_array($1.id, $1.number, $1.esco, $1.account, $1.customer, $1.invoice, $1.replacement, $1.causes,
                            $1.reason, $1.issue_date, $1.tax_point, $1.vat_number, $1.net_pence, $1.vat_pence,
                            $1.total_pence, $1.requested_by, $1.changed_days)::text;
$_$;

CREATE TABLE public.documents (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    invoice uuid,
    file_name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    credit_note uuid,
    CONSTRAINT documents_of_one CHECK ((num_nonnulls(invoice, credit_note) = 1))
);

CREATE FUNCTION flows.sealed_text(public.documents) RETURNS text
    LANGUAGE sql STABLE
    AS $_$
    SELECT json_build_array($1.id, $1.invoice, $1.credit_note, $1.file_name, $1.media_type,
                            encode(sha256($1.content), 'hex'))::text;
$_$;

CREATE TABLE public.invoice_lines (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    invoice uuid NOT NULL,
    "position" smallint NOT NULL,
    kind text NOT NULL,
    description text NOT NULL,
    quantity numeric NOT NULL,
    unit text NOT NULL,
    rate numeric(10,5) NOT NULL,
    amount_pence integer NOT NULL,
    includes_vat boolean NOT NULL,
    vat_rate numeric(5,4) NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    customer_tariff uuid,
    microgrid_tariff uuid,
    register uuid,
    first_interval timestamp with time zone,
    last_interval timestamp with time zone,
    intervals integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    element text,
    band text,
    block_from_kwh numeric,
    component uuid,
    estimated integer DEFAULT 0 NOT NULL,
    vat_reason text,
    sharing_terms uuid,
    basis text,
    CONSTRAINT block_from_kwh_from_0_to_1000000000 CHECK (((block_from_kwh >= (0)::numeric) AND (block_from_kwh <= (1000000000)::numeric))),
    CONSTRAINT invoice_lines_check CHECK (((num_nonnulls(customer_tariff, microgrid_tariff) = 1) OR ((num_nonnulls(customer_tariff, microgrid_tariff) = 0) AND (kind = ANY (ARRAY['shared_energy'::text, 'solar_credit'::text, 'adjustment'::text]))))),
    CONSTRAINT invoice_lines_element_check CHECK ((element = ANY (ARRAY['A'::text, 'B'::text, 'SINGLE'::text]))),
    CONSTRAINT invoice_lines_kind_check CHECK ((kind = ANY (ARRAY['energy'::text, 'standing_charge'::text, 'export_credit'::text, 'minimum_charge'::text, 'shared_energy'::text, 'solar_credit'::text, 'adjustment'::text]))),
    CONSTRAINT invoice_lines_unit_check CHECK ((unit = ANY (ARRAY['kWh'::text, 'day'::text, 'item'::text]))),
    CONSTRAINT vat_rate_from_0_to_1 CHECK (((vat_rate >= (0)::numeric) AND (vat_rate <= (1)::numeric)))
);

COMMENT ON COLUMN public.invoice_lines.rate IS 'GBP a unit, with or without VAT as includes_vat says';

COMMENT ON COLUMN public.invoice_lines.first_interval IS 'Start of the first half hour that the line sums; intervals counts them';

COMMENT ON COLUMN public.invoice_lines.estimated IS 'How many of the intervals were estimated';

COMMENT ON COLUMN public.invoice_lines.vat_reason IS 'Machine''s code of the rule that set vat_rate, such as small_quantity';

COMMENT ON COLUMN public.invoice_lines.sharing_terms IS 'The terms that priced shared energy, or the surplus';

COMMENT ON COLUMN public.invoice_lines.basis IS 'How an amount came about that no quantity and price explain';

CREATE FUNCTION flows.sealed_text(public.invoice_lines) RETURNS text
    LANGUAGE sql STABLE
    AS $_$
    SELECT json_build_array($1.id, $1.invoice, $1.position, $1.kind, $1.description, $1.quantity, $1.unit, $1.rate,
                            $1.amount_pence, $1.includes_vat, $1.vat_rate, $1.period_start, $1.period_end,
                            $1.customer_tariff, $1.microgrid_tariff, $1.register, $1.first_interval AT TIME ZONE 'UTC',
                            $1.last_interval AT TIME ZONE 'UTC', $1.intervals, $1.estimated, $1.element, $1.band,
                            $1.block_from_kwh, $1.component, $1.vat_reason, $1.sharing_terms, $1.basis)::text;
$_$;

CREATE TABLE public.invoices (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number text NOT NULL,
    esco uuid NOT NULL,
    account uuid NOT NULL,
    customer uuid NOT NULL,
    run uuid,
    period_start date NOT NULL,
    period_end date NOT NULL,
    issue_date date NOT NULL,
    due_date date NOT NULL,
    status text DEFAULT 'issued'::text NOT NULL,
    net_pence integer NOT NULL,
    vat_pence integer NOT NULL,
    total_pence integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tax_point date,
    vat_number text,
    previous_balance_pence integer DEFAULT 0 NOT NULL,
    payments_pence integer DEFAULT 0 NOT NULL,
    amount_due_pence integer,
    benchmark_pence integer,
    CONSTRAINT invoices_check CHECK ((period_end > period_start)),
    CONSTRAINT invoices_check1 CHECK (((net_pence + vat_pence) = total_pence)),
    CONSTRAINT invoices_check2 CHECK ((amount_due_pence = ((previous_balance_pence - payments_pence) + total_pence))),
    CONSTRAINT invoices_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'issued'::text, 'part_paid'::text, 'paid'::text, 'overdue'::text, 'void'::text])))
);

COMMENT ON COLUMN public.invoices.period_end IS 'First day after the period';

COMMENT ON COLUMN public.invoices.tax_point IS 'Null: the seller is not registered for VAT, so this is no VAT invoice';

COMMENT ON COLUMN public.invoices.vat_number IS 'The seller''s, when it was issued';

COMMENT ON COLUMN public.invoices.payments_pence IS 'Payments and other credits since the balance before, less what was added to it';

COMMENT ON COLUMN public.invoices.benchmark_pence IS 'With VAT: what the same energy and days cost at the benchmark; null where there is none';

CREATE FUNCTION flows.sealed_text(public.invoices) RETURNS text
    LANGUAGE sql STABLE
    AS $_$
    SELECT json_build_array($1.id, $1.number, $1.esco, $1.account, $1.customer, $1.run, $1.period_start, $1.period_end,
                            $1.issue_date, $1.due_date, $1.tax_point, $1.vat_number, $1.net_pence, $1.vat_pence,
                            $1.total_pence, $1.previous_balance_pence, $1.payments_pence, $1.amount_due_pence,
                            $1.benchmark_pence)::text;
$_$;

CREATE FUNCTION flows.send_invite() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('notify', 'send_invites', jsonb_build_array(NEW.customer), NEW.customer)
        ON CONFLICT (service, job, key) WHERE key IS NOT NULL AND failed_at IS NULL DO UPDATE SET sent_at = NULL;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.session_began(session_id uuid) RETURNS timestamp with time zone
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT min(logged_in_at) FROM flows.refresh_tokens WHERE session = session_id;
$$;

CREATE FUNCTION flows.session_lives(session_id uuid, login_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT EXISTS (SELECT FROM flows.refresh_tokens AS token
                     JOIN public.users AS login ON login.id = token.user_id AND login.disabled_at IS NULL
                    WHERE token.session = session_id AND token.user_id = login_id
                      AND token.revoked_at IS NULL AND token.expires_at > now());
$$;

CREATE FUNCTION flows.session_of(given_hash bytea) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT session FROM flows.refresh_tokens WHERE token_hash = given_hash;
$$;

CREATE FUNCTION flows.set_invoice_statuses(of_accounts uuid[], at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    held uuid[] := of_accounts;
    changed integer;
BEGIN
    IF held IS NULL THEN
        held := ARRAY(SELECT DISTINCT account FROM public.invoices WHERE status NOT IN ('draft', 'void'));
        held := ARRAY(SELECT DISTINCT account FROM flows.judge_invoices(held, at));
    END IF;
    -- Held in order until the transaction ends, so that of two payments at once the second sees both.
    PERFORM FROM public.ledger_accounts
      WHERE account IN (SELECT unnest(held)) AND code = 'receivable' ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.invoices AS invoice SET status = judged.status
      FROM flows.judge_invoices(held, at) AS judged WHERE invoice.id = judged.id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$$;

COMMENT ON FUNCTION flows.set_invoice_statuses(of_accounts uuid[], at timestamp with time zone) IS 'Lets the invoices of these accounts, or all, say whether they are paid, part paid or, at a time that is given, overdue; how many changed';

CREATE FUNCTION flows.set_password(login_id uuid, new_hash text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT set_config('request.jwt.claims', jsonb_build_object('sub', login_id)::text, true);
    SELECT flows.end_links(login_id);
    SELECT flows.mail_login(gen_random_uuid(), login_id, 'password_changed', login.email, now() + interval '1 day')
      FROM public.users AS login WHERE login.id = login_id AND login.password_hash IS NOT NULL;
    UPDATE public.users SET password_hash = new_hash WHERE id = login_id;
$$;

CREATE FUNCTION flows.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE FUNCTION flows.start_session(login_id uuid, new_hash bytea, lasts_until timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    DELETE FROM flows.refresh_tokens WHERE user_id = login_id AND expires_at < now();
    INSERT INTO flows.refresh_tokens (token_hash, session, user_id, expires_at)
    VALUES (new_hash, gen_random_uuid(), login_id, lasts_until);
$$;

CREATE FUNCTION flows.store_estimates(registers uuid[], timestamps timestamp with time zone[], energies numeric[], methods text[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
    SELECT FROM flows.meter_registers WHERE register_id = ANY(registers) ORDER BY register_id FOR NO KEY UPDATE;

    WITH stored AS (
        INSERT INTO flows.register_interval_estimates AS held (register_id, timestamp, kwh, method)
        SELECT register_id, timestamp, kwh, method
          FROM ROWS FROM (unnest(registers), unnest(timestamps), unnest(energies), unnest(methods))
            AS estimate (register_id, timestamp, kwh, method)
         WHERE NOT EXISTS (SELECT FROM flows.register_interval_hh AS hh
                            WHERE hh.register_id = estimate.register_id AND hh.timestamp = estimate.timestamp)
            ON CONFLICT (register_id, timestamp) DO UPDATE SET kwh = excluded.kwh, method = excluded.method
         WHERE (held.kwh, held.method) <> (excluded.kwh, excluded.method)
        RETURNING 1
    )
    SELECT count(*) FROM stored;
$$;

COMMENT ON FUNCTION flows.store_estimates(registers uuid[], timestamps timestamp with time zone[], energies numeric[], methods text[]) IS 'Keep estimates where there is no reading; how many are new or other than before';

CREATE FUNCTION flows.sum_esco_days(esco_in uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    DELETE FROM flows.calendar_bands WHERE profile IN (SELECT id FROM public.rate_profiles WHERE esco = esco_in);

    WITH own AS MATERIALIZED (
        SELECT register.register_id, esco.time_zone
          FROM flows.escos AS esco
          JOIN flows.meter_registry AS meter ON meter.esco = esco.id
          JOIN flows.meter_registers AS register ON register.meter_id = meter.id
         WHERE esco.id = esco_in
    ), days AS (
        SELECT register_id, flows.local_date(timestamp, time_zone) AS day FROM own JOIN flows.register_interval_hh USING (register_id)
         UNION
        SELECT register_id, day FROM own JOIN flows.register_interval_daily USING (register_id)
    )
    SELECT flows.sum_register_days(array_agg(ROW(register_id, day, 0, 0)::flows.register_interval_daily))
      FROM days HAVING count(*) > 0;
$$;

COMMENT ON FUNCTION flows.sum_esco_days(esco_in uuid) IS 'Sum all days of a community anew, and let its bands be put on the calendar again';

CREATE TABLE flows.register_interval_daily (
    register_id uuid NOT NULL,
    day date NOT NULL,
    kwh numeric NOT NULL,
    intervals smallint NOT NULL
);

COMMENT ON TABLE flows.register_interval_daily IS 'Half hours summed by the community''s local day, kept as readings land';

COMMENT ON COLUMN flows.register_interval_daily.intervals IS 'How many half hours the sum holds: 48 when whole, 46 or 50 on the change days';

CREATE FUNCTION flows.sum_register_days(touched flows.register_interval_daily[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    -- Two writers of one day sum it one after the other, so that the second sees what the first has written.
    SELECT FROM flows.meter_registers
     WHERE register_id = ANY(ARRAY(SELECT register_id FROM unnest(touched)))
     ORDER BY register_id FOR NO KEY UPDATE;

    DELETE FROM flows.register_interval_daily AS daily
     USING unnest(touched) AS t
     WHERE daily.register_id = t.register_id AND daily.day = t.day;

    -- By a look-up for each day: joined, every half hour of a register is held against each of its days.
    INSERT INTO flows.register_interval_daily (register_id, day, kwh, intervals)
    SELECT t.register_id, t.day, sums.kwh, sums.intervals
      FROM (SELECT DISTINCT register_id, day FROM unnest(touched)) AS t
      JOIN flows.meter_registers AS register ON register.register_id = t.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
     CROSS JOIN LATERAL (SELECT sum(hh.kwh) AS kwh, count(*) AS intervals
                           FROM flows.register_interval_hh AS hh
                          WHERE hh.register_id = t.register_id
                            AND hh.timestamp >= flows.local_midnight(t.day, esco.time_zone)
                            AND hh.timestamp < flows.local_midnight(t.day + 1, esco.time_zone)) AS sums
     WHERE sums.intervals > 0;
$$;

COMMENT ON FUNCTION flows.sum_register_days(touched flows.register_interval_daily[]) IS 'Sum the days named (register_id and day count) anew from their half hours';

CREATE FUNCTION flows.supersede_missing(registers uuid[], since timestamp with time zone, until timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
    SELECT FROM flows.meter_registers WHERE register_id = ANY(registers) ORDER BY register_id FOR NO KEY UPDATE;

    DELETE FROM flows.register_interval_estimates AS estimate
     WHERE estimate.register_id = ANY(registers) AND estimate.timestamp >= since AND estimate.timestamp < until
       AND EXISTS (SELECT FROM flows.register_interval_hh AS hh
                    WHERE hh.register_id = estimate.register_id AND hh.timestamp = estimate.timestamp
                      AND hh.timestamp >= since AND hh.timestamp < until);

    DELETE FROM flows.register_interval_missing_reasons AS missing
     WHERE missing.register_id = ANY(registers) AND missing.timestamp >= since AND missing.timestamp < until
       AND EXISTS (SELECT FROM flows.register_interval_hh AS hh
                    WHERE hh.register_id = missing.register_id AND hh.timestamp = missing.timestamp
                      AND hh.timestamp >= since AND hh.timestamp < until);
$$;

COMMENT ON FUNCTION flows.supersede_missing(registers uuid[], since timestamp with time zone, until timestamp with time zone) IS 'Drop the estimates and reasons of half hours in [since, until) of which there is a reading now';

CREATE FUNCTION flows.supply_vat_rate(premises uuid, payer uuid, seller uuid, day date) RETURNS numeric
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    SELECT CASE WHEN NOT esco.vat_registered THEN 0
                WHEN known.rest_rate IS NULL OR esco.vat_mixed_use AND used.percent >= known.whole_from_percent
                THEN known.rate
                ELSE (used.percent * known.rate + (100 - used.percent) * known.rest_rate) / 100 END
      FROM flows.escos AS esco
      LEFT JOIN LATERAL (SELECT * FROM public.vat_statuses
                          WHERE (property = premises OR customer = payer) AND valid_from <= day
                          ORDER BY property IS NULL, valid_from DESC LIMIT 1) AS status ON true
     CROSS JOIN LATERAL (SELECT coalesce(status.use, esco.vat_use) AS use, status.qualifying_percent AS percent,
                                coalesce(status.certificate_from <= day AND day <= coalesce(status.certificate_to, day), false)
                                AS certified) AS used
      JOIN (VALUES
           ('domestic', false, date '-infinity', 0, NULL, NULL),
           ('domestic', false, date '1994-04-01', 0.08, NULL, NULL),
           ('domestic', false, date '1997-09-01', 0.05, NULL, NULL),
           ('domestic', true, date '-infinity', 0, NULL, NULL),
           ('domestic', true, date '1994-04-01', 0.08, NULL, NULL),
           ('domestic', true, date '1997-09-01', 0.05, NULL, NULL),
           ('charity', false, date '-infinity', 0, NULL, NULL),
           ('charity', false, date '1973-04-01', 0.10, NULL, NULL),
           ('charity', false, date '1974-07-29', 0.08, NULL, NULL),
           ('charity', false, date '1979-06-18', 0.15, NULL, NULL),
           ('charity', false, date '1991-04-01', 0.175, NULL, NULL),
           ('charity', false, date '2008-12-01', 0.15, NULL, NULL),
           ('charity', false, date '2010-01-01', 0.175, NULL, NULL),
           ('charity', false, date '2011-01-04', 0.20, NULL, NULL),
           ('charity', true, date '-infinity', 0, NULL, NULL),
           ('charity', true, date '1994-04-01', 0.08, NULL, NULL),
           ('charity', true, date '1997-09-01', 0.05, NULL, NULL),
           ('business', false, date '-infinity', 0, NULL, NULL),
           ('business', false, date '1973-04-01', 0.10, NULL, NULL),
           ('business', false, date '1974-07-29', 0.08, NULL, NULL),
           ('business', false, date '1979-06-18', 0.15, NULL, NULL),
           ('business', false, date '1991-04-01', 0.175, NULL, NULL),
           ('business', false, date '2008-12-01', 0.15, NULL, NULL),
           ('business', false, date '2010-01-01', 0.175, NULL, NULL),
           ('business', false, date '2011-01-04', 0.20, NULL, NULL),
           ('business', true, date '-infinity', 0, NULL, NULL),
           ('business', true, date '1973-04-01', 0.10, NULL, NULL),
           ('business', true, date '1974-07-29', 0.08, NULL, NULL),
           ('business', true, date '1979-06-18', 0.15, NULL, NULL),
           ('business', true, date '1991-04-01', 0.175, NULL, NULL),
           ('business', true, date '2008-12-01', 0.15, NULL, NULL),
           ('business', true, date '2010-01-01', 0.175, NULL, NULL),
           ('business', true, date '2011-01-04', 0.20, NULL, NULL),
           ('mixed', false, date '-infinity', 0, NULL, NULL),
           ('mixed', false, date '1973-04-01', 0.10, NULL, NULL),
           ('mixed', false, date '1974-07-29', 0.08, NULL, NULL),
           ('mixed', false, date '1979-06-18', 0.15, NULL, NULL),
           ('mixed', false, date '1991-04-01', 0.175, NULL, NULL),
           ('mixed', false, date '2008-12-01', 0.15, NULL, NULL),
           ('mixed', false, date '2010-01-01', 0.175, NULL, NULL),
           ('mixed', false, date '2011-01-04', 0.20, NULL, NULL),
           ('mixed', true, date '-infinity', 0, 0, 60),
           ('mixed', true, date '1973-04-01', 0, 0.10, 60),
           ('mixed', true, date '1974-07-29', 0, 0.08, 60),
           ('mixed', true, date '1979-06-18', 0, 0.15, 60),
           ('mixed', true, date '1991-04-01', 0, 0.175, 60),
           ('mixed', true, date '1994-04-01', 0.08, 0.175, 60),
           ('mixed', true, date '1997-09-01', 0.05, 0.175, 60),
           ('mixed', true, date '2008-12-01', 0.05, 0.15, 60),
           ('mixed', true, date '2010-01-01', 0.05, 0.175, 60),
           ('mixed', true, date '2011-01-04', 0.05, 0.20, 60)
           ) AS known (use, is_certified, since, rate, rest_rate, whole_from_percent)
        ON known.use = used.use AND known.is_certified = used.certified AND known.since <= day
     WHERE esco.id = seller
     ORDER BY known.since DESC
     LIMIT 1;
$$;

COMMENT ON FUNCTION flows.supply_vat_rate(premises uuid, payer uuid, seller uuid, day date) IS 'The rate of VAT on what a home is supplied with from a day on, as far as it is known before';

CREATE FUNCTION flows.use_api_key(given_hash bytea) RETURNS TABLE(id uuid, role text, scopes text[], esco uuid, created_by uuid, expires_at timestamp with time zone, revoked_at timestamp with time zone, allowed boolean)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    UPDATE flows.api_key_secrets SET last_used_at = now()
     WHERE secret_hash = given_hash AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute');
    SELECT key.id, key.role, key.scopes, key.esco, key.created_by, key.expires_at, key.revoked_at,
           login.disabled_at IS NULL AND login.role = 'admin' AND (key.role = 'admin' OR login.all_escos)
      FROM flows.api_key_secrets AS secret
      JOIN public.api_keys AS key ON key.id = secret.api_key
      JOIN public.users AS login ON login.id = key.created_by
     WHERE secret.secret_hash = given_hash;
$$;

COMMENT ON FUNCTION flows.use_api_key(given_hash bytea) IS 'allowed: whether the maker still may have such a key';

CREATE FUNCTION flows.use_email_change(given_hash bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    change flows.email_changes;
    old_email text;
BEGIN
    SELECT login.email INTO old_email
      FROM public.users AS login
      JOIN flows.email_changes AS asked ON asked.user_id = login.id
     WHERE asked.token_hash = given_hash AND login.disabled_at IS NULL
       FOR UPDATE OF login;
    UPDATE flows.email_changes AS asked SET used_at = now()
      FROM public.users AS login
     WHERE login.id = asked.user_id AND login.disabled_at IS NULL
       AND asked.token_hash = given_hash AND asked.used_at IS NULL AND asked.expires_at > now()
    RETURNING asked.* INTO change;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('request.jwt.claims', jsonb_build_object('sub', change.user_id)::text, true);
    UPDATE public.users SET email = change.new_email WHERE id = change.user_id;
    UPDATE public.customers AS customer SET email = change.new_email
      FROM public.users AS login
     WHERE login.id = change.user_id AND customer.id = login.customer AND lower(trim(customer.email)) = old_email;
    PERFORM flows.end_sessions(change.user_id, NULL, 'global');
    PERFORM flows.mail_login(gen_random_uuid(), change.user_id, 'email_changed', old_email, now() + interval '1 day');
    RETURN change.user_id;
END
$$;

COMMENT ON FUNCTION flows.use_email_change(given_hash bytea) IS 'Gives a login its new address, and its customer where theirs was the same; all sessions end, and the old address is told';

CREATE FUNCTION flows.use_reauthentication(mail_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
    WITH used AS (UPDATE flows.login_mails SET used_at = now() WHERE id = mail_id AND used_at IS NULL RETURNING id)
    SELECT EXISTS (SELECT FROM used);
$$;

CREATE FUNCTION flows.use_recovery(given_hash bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    login_id uuid;
BEGIN
    -- The login is locked first: of two links that are used at once, one works.
    SELECT login.id INTO login_id
      FROM public.users AS login
      JOIN flows.recoveries AS recovery ON recovery.user_id = login.id
     WHERE recovery.token_hash = given_hash AND login.disabled_at IS NULL
       FOR UPDATE OF login;
    UPDATE flows.recoveries AS recovery SET used_at = now()
     WHERE recovery.user_id = login_id AND recovery.token_hash = given_hash
       AND recovery.used_at IS NULL AND recovery.expires_at > now();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM flows.end_links(login_id);
    RETURN login_id;
END
$$;

CREATE FUNCTION flows.user_for_login(login_email text) RETURNS TABLE(id uuid, email text, role text, customer uuid, password_hash text, disabled_at timestamp with time zone, created_at timestamp with time zone, last_login_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    SELECT id, email, role, customer, password_hash, disabled_at, created_at, last_login_at
      FROM public.users WHERE email = lower(login_email);
$$;

CREATE FUNCTION flows.with_seals(said jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $_$
    SELECT coalesce(jsonb_object_agg(key, CASE
               WHEN flows.is_secret(key) AND value #>> '{}' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
               THEN to_jsonb(flows.sealed((value #>> '{}')::uuid)) ELSE value END), '{}')
      FROM jsonb_each(said);
$_$;

COMMENT ON FUNCTION flows.with_seals(said jsonb) IS 'An object whose tokens of 122 random bits are sealed';

CREATE FUNCTION flows.without_secrets(said jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'flows'
    AS $_$
BEGIN
    RETURN CASE jsonb_typeof(said)
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(flows.without_secrets(part) ORDER BY position), '[]')
                             FROM jsonb_array_elements(said) WITH ORDINALITY AS parts (part, position))
        WHEN 'object' THEN (
            SELECT coalesce(jsonb_object_agg(key, CASE
                       WHEN flows.is_secret(key) THEN value ELSE flows.without_secrets(value) END), '{}')
              FROM jsonb_each(flows.with_seals(said))
             WHERE NOT flows.is_secret(key) OR jsonb_typeof(value) = 'null'
                OR value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
        ELSE said END;
END
$_$;

COMMENT ON FUNCTION flows.without_secrets(said jsonb) IS 'A row without its secrets; one of 122 random bits is sealed, so that records stay together; what could be guessed is left out';

CREATE FUNCTION flows.write_tariffs(benchmark uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $_$
    WITH cap AS (
        SELECT cap.*, esco.id AS esco
          FROM benchmark_tariffs AS cap JOIN flows.escos AS esco ON esco.region = cap.region
         WHERE cap.id = $1
    ), made AS (
        INSERT INTO microgrid_tariffs AS tariff (
            esco, period_start, discount_rate_basis_points, discount_rate_basis_points_b, computed_unit_rate,
            computed_unit_rate_b, computed_standing_charge, includes_vat, emergency_credit, debt_recovery_rate,
            ecredit_button_threshold, rate_profile, benchmark)
        SELECT cap.esco, cap.period_start, last.discount_rate_basis_points, last.discount_rate_basis_points_b,
               trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points) / 10000, 5),
               CASE WHEN last.discount_rate_basis_points_b IS NULL THEN last.computed_unit_rate_b
                    ELSE trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points_b) / 10000, 5) END,
               trunc(cap.standing_charge * (10000 - last.discount_rate_basis_points) / 10000, 5),
               cap.includes_vat, last.emergency_credit, last.debt_recovery_rate, last.ecredit_button_threshold,
               last.rate_profile, cap.id
          FROM cap
          JOIN LATERAL (SELECT * FROM microgrid_tariffs AS earlier
                         WHERE earlier.esco = cap.esco AND earlier.period_start < cap.period_start
                         AND earlier.superseded_by IS NULL ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
            ON CONFLICT (esco, period_start) WHERE superseded_by IS NULL DO UPDATE
           SET computed_unit_rate = excluded.computed_unit_rate, computed_unit_rate_b = excluded.computed_unit_rate_b,
               computed_standing_charge = excluded.computed_standing_charge, includes_vat = excluded.includes_vat
         WHERE tariff.benchmark = excluded.benchmark
           AND NOT EXISTS (SELECT FROM invoice_lines AS line WHERE line.microgrid_tariff = tariff.id)
        RETURNING tariff.id, tariff.esco, tariff.period_start
    )
    INSERT INTO tariff_components (microgrid_tariff, kind, element, band, from_kwh, threshold_period, rate, includes_vat)
    SELECT made.id, part.kind, part.element, part.band, part.from_kwh, part.threshold_period, part.rate, part.includes_vat
      FROM made
      JOIN LATERAL (SELECT id FROM microgrid_tariffs AS earlier
                     WHERE earlier.esco = made.esco AND earlier.period_start < made.period_start
                     AND earlier.superseded_by IS NULL ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
      JOIN tariff_components AS part ON part.microgrid_tariff = last.id
        ON CONFLICT DO NOTHING;

    WITH cap AS (
        SELECT cap.*, customer.id AS customer
          FROM benchmark_tariffs AS cap
          JOIN flows.escos AS esco ON esco.region = cap.region
          JOIN customers AS customer ON customer.esco = esco.id
         WHERE cap.id = $1
    ), made AS (
        INSERT INTO customer_tariffs AS tariff (
            customer, period_start, discount_rate_basis_points, discount_rate_basis_points_b, computed_unit_rate,
            computed_unit_rate_b, computed_standing_charge, includes_vat, rate_profile, benchmark)
        SELECT cap.customer, cap.period_start, last.discount_rate_basis_points, last.discount_rate_basis_points_b,
               trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points) / 10000, 5),
               CASE WHEN last.discount_rate_basis_points_b IS NULL THEN last.computed_unit_rate_b
                    ELSE trunc(cap.unit_rate * (10000 - last.discount_rate_basis_points_b) / 10000, 5) END,
               trunc(cap.standing_charge * (10000 - last.discount_rate_basis_points) / 10000, 5),
               cap.includes_vat, last.rate_profile, cap.id
          FROM cap
          JOIN LATERAL (SELECT * FROM customer_tariffs AS earlier
                         WHERE earlier.customer = cap.customer AND earlier.period_start < cap.period_start
                         AND earlier.superseded_by IS NULL ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
            ON CONFLICT (customer, period_start) WHERE superseded_by IS NULL DO UPDATE
           SET computed_unit_rate = excluded.computed_unit_rate, computed_unit_rate_b = excluded.computed_unit_rate_b,
               computed_standing_charge = excluded.computed_standing_charge, includes_vat = excluded.includes_vat
         WHERE tariff.benchmark = excluded.benchmark
           AND NOT EXISTS (SELECT FROM invoice_lines AS line WHERE line.customer_tariff = tariff.id)
        RETURNING tariff.id, tariff.customer, tariff.period_start
    )
    INSERT INTO tariff_components (customer_tariff, kind, element, band, from_kwh, threshold_period, rate, includes_vat)
    SELECT made.id, part.kind, part.element, part.band, part.from_kwh, part.threshold_period, part.rate, part.includes_vat
      FROM made
      JOIN LATERAL (SELECT id FROM customer_tariffs AS earlier
                     WHERE earlier.customer = made.customer AND earlier.period_start < made.period_start
                     AND earlier.superseded_by IS NULL ORDER BY earlier.period_start DESC LIMIT 1) AS last ON true
      JOIN tariff_components AS part ON part.customer_tariff = last.id
        ON CONFLICT DO NOTHING;
$_$;

COMMENT ON FUNCTION flows.write_tariffs(benchmark uuid) IS 'The prices that a benchmark makes, from its period_start on';

CREATE FUNCTION flows.zone_problem(zone text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog'
    SET "TimeZone" TO 'UTC'
    AS $$
DECLARE
    uneven interval;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = zone) THEN
        RETURN format('time zone "%s" is not known', zone);
    ELSIF zone NOT IN ('UTC', 'GMT') AND EXISTS (SELECT FROM pg_timezone_abbrevs WHERE abbrev = zone) THEN
        RETURN format('time zone "%s" is also short for one offset all year: name a place, such as Europe/London', zone);
    END IF;
    SELECT (at AT TIME ZONE zone) - (at AT TIME ZONE 'UTC') INTO uneven
      FROM generate_series(timestamptz '2020-01-01 00:00Z', now() + interval '10 years', interval '1 day') AS at
     WHERE extract(epoch FROM (at AT TIME ZONE zone) - (at AT TIME ZONE 'UTC')) % 1800 <> 0
     LIMIT 1;
    IF FOUND THEN
        RETURN format('time zone "%s" is %s from UTC: its midnights cut half hours, which begin on those of UTC', zone, uneven);
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION flows.zone_problem(zone text) IS 'Why no community can have a time zone: it is unknown, ambiguous, or its days are not made of half hours; null where it can';

CREATE FUNCTION public.consumption_age_days(public.invoice_lines) RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public'
    AS $_$
    SELECT issue_date - $1.period_start FROM invoices WHERE id = $1.invoice;
$_$;

COMMENT ON FUNCTION public.consumption_age_days(public.invoice_lines) IS 'How many days before the bill the first of the line''s energy was used';

CREATE FUNCTION public.correct_tariff(tariff uuid, reason text, unit_rate numeric DEFAULT NULL::numeric, standing_charge numeric DEFAULT NULL::numeric, unit_rate_b numeric DEFAULT NULL::numeric, includes_vat boolean DEFAULT NULL::boolean) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public'
    AS $$
#variable_conflict use_variable
DECLARE
    correcting uuid := gen_random_uuid();
BEGIN
    -- The old version names the new one before that is there, as two cannot hold from one day.
    SET CONSTRAINTS microgrid_tariffs_superseded_by_fkey, customer_tariffs_superseded_by_fkey DEFERRED;
    UPDATE microgrid_tariffs SET superseded_by = correcting WHERE id = tariff AND superseded_by IS NULL;
    IF FOUND THEN
        INSERT INTO microgrid_tariffs (
            id, correction_reason, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat, esco,
            period_start, discount_rate_basis_points, discount_rate_basis_points_b, emergency_credit, debt_recovery_rate,
            ecredit_button_threshold, rate_profile)
        SELECT correcting, reason, coalesce(unit_rate, wrong.computed_unit_rate),
               coalesce(unit_rate_b, wrong.computed_unit_rate_b), coalesce(standing_charge, wrong.computed_standing_charge),
               coalesce(includes_vat, wrong.includes_vat), wrong.esco, wrong.period_start, wrong.discount_rate_basis_points,
               wrong.discount_rate_basis_points_b, wrong.emergency_credit, wrong.debt_recovery_rate,
               wrong.ecredit_button_threshold, wrong.rate_profile
          FROM microgrid_tariffs AS wrong WHERE wrong.id = tariff;
    ELSE
        UPDATE customer_tariffs SET superseded_by = correcting WHERE id = tariff AND superseded_by IS NULL;
        IF NOT FOUND THEN
            RAISE SQLSTATE 'PT404' USING MESSAGE = format('there is no version %s that holds', tariff);
        END IF;
        INSERT INTO customer_tariffs (
            id, correction_reason, computed_unit_rate, computed_unit_rate_b, computed_standing_charge, includes_vat, customer,
            period_start, discount_rate_basis_points, discount_rate_basis_points_b, rate_profile)
        SELECT correcting, reason, coalesce(unit_rate, wrong.computed_unit_rate),
               coalesce(unit_rate_b, wrong.computed_unit_rate_b), coalesce(standing_charge, wrong.computed_standing_charge),
               coalesce(includes_vat, wrong.includes_vat), wrong.customer, wrong.period_start,
               wrong.discount_rate_basis_points, wrong.discount_rate_basis_points_b, wrong.rate_profile
          FROM customer_tariffs AS wrong WHERE wrong.id = tariff;
    END IF;
    INSERT INTO tariff_components (microgrid_tariff, customer_tariff, kind, element, band, from_kwh, threshold_period, rate, includes_vat)
    SELECT CASE WHEN part.microgrid_tariff IS NOT NULL THEN correcting END,
           CASE WHEN part.customer_tariff IS NOT NULL THEN correcting END,
           part.kind, part.element, part.band, part.from_kwh, part.threshold_period, part.rate, part.includes_vat
      FROM tariff_components AS part
     WHERE part.microgrid_tariff = tariff OR part.customer_tariff = tariff;
    SET CONSTRAINTS microgrid_tariffs_superseded_by_fkey, customer_tariffs_superseded_by_fkey IMMEDIATE;
    RETURN correcting;
END
$$;

COMMENT ON FUNCTION public.correct_tariff(tariff uuid, reason text, unit_rate numeric, standing_charge numeric, unit_rate_b numeric, includes_vat boolean) IS 'A version in place of a wrong one that was billed, with its id; what is not given is as before. Its components can be changed until it is billed';

CREATE FUNCTION public.customer_status(customer_id uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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

COMMENT ON FUNCTION public.customer_status(customer_id uuid) IS 'Where a customer stands, from everything it depends on; the one place that decides';

CREATE FUNCTION public.meters_missing_future_tariffs(esco_code_in text DEFAULT NULL::text) RETURNS TABLE(serial text, meter_id uuid, customer_id uuid, customer_email text, esco_code text, tariff_period_start date, customer_unit_rate numeric, customer_standing_charge numeric, emergency_credit numeric, debt_recovery_rate numeric, ecredit_button_threshold numeric, current_future_standing_charge numeric, current_future_unit_rate_a numeric, current_future_unit_rate_b numeric, current_future_activation_datetime timestamp with time zone, customer_unit_rate_b numeric)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    WITH next AS (
        SELECT DISTINCT ON (tariff.meter) tariff.*, esco.code, esco.time_zone
          FROM public.supply_tariffs AS tariff
          JOIN flows.escos AS esco ON esco.id = tariff.esco
         WHERE tariff.period_start > (now() AT TIME ZONE esco.time_zone)::date
           AND (esco_code_in IS NULL OR lower(esco.code) = lower(esco_code_in))
         ORDER BY tariff.meter, tariff.period_start
    ), due AS (
        SELECT next.*, coalesce(community.emergency_credit, 0) AS emergency_credit,
               coalesce(community.debt_recovery_rate, 0) AS debt_recovery_rate,
               coalesce(community.ecredit_button_threshold, 0) AS ecredit_button_threshold
          FROM next
          LEFT JOIN LATERAL (
               SELECT tariff.emergency_credit, tariff.debt_recovery_rate, tariff.ecredit_button_threshold
                 FROM public.microgrid_tariffs AS tariff
                WHERE tariff.esco = next.esco AND tariff.period_start <= next.period_start AND tariff.superseded_by IS NULL
                ORDER BY tariff.period_start DESC
                LIMIT 1) AS community ON true
    )
    SELECT due.serial, due.meter, due.customer, customer.email, due.code, due.period_start, due.computed_unit_rate,
           due.computed_standing_charge, due.emergency_credit, due.debt_recovery_rate, due.ecredit_button_threshold,
           held.future_standing_charge, held.future_unit_rate_a, held.future_unit_rate_b, held.future_activation_datetime,
           due.computed_unit_rate_b
      FROM due
      JOIN public.customers AS customer ON customer.id = due.customer
      JOIN flows.meter_registry AS registry ON registry.id = due.meter
      JOIN flows.meter_shadows_tariffs AS held ON held.id = due.meter
     WHERE registry.mode = 'active' AND registry.installation_status = 'enabled'
       AND (held.future_activation_datetime > now()
            AND held.future_activation_datetime = (now() AT TIME ZONE due.time_zone)::date::timestamp AT TIME ZONE 'UTC')
           IS NOT TRUE
       AND ((held.future_standing_charge, held.future_unit_rate_a)
            IS DISTINCT FROM (due.computed_standing_charge, due.computed_unit_rate)
            OR (held.future_activation_datetime IN (due.period_start::timestamp AT TIME ZONE due.time_zone,
                                                    due.period_start::timestamp AT TIME ZONE 'UTC')
                -- Where the clocks go back at midnight it comes twice.
                OR held.future_activation_datetime AT TIME ZONE due.time_zone = due.period_start::timestamp) IS NOT TRUE
            -- Not every writer of shadows tells these; what it does not tell is not wrong.
            OR held.future_unit_rate_b <> due.computed_unit_rate_b
            OR held.future_emergency_credit <> due.emergency_credit
            OR held.future_debt_recovery_rate <> due.debt_recovery_rate
            OR held.future_ecredit_availability <> due.ecredit_button_threshold)
     ORDER BY due.serial;
$$;

COMMENT ON FUNCTION public.meters_missing_future_tariffs(esco_code_in text) IS 'Meters whose future tariff is absent, for another date, or of other values than their customer''s next tariff; null = all communities';

CREATE FUNCTION public.prepare_tariffs(benchmark uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
BEGIN
    PERFORM flows.check_write(place)
       FROM unnest(ARRAY['public.microgrid_tariffs', 'public.customer_tariffs', 'public.tariff_components']) AS place;
    PERFORM flows.write_tariffs(benchmark);
END
$$;

COMMENT ON FUNCTION public.prepare_tariffs(benchmark uuid) IS 'The prices that a benchmark makes, from its period_start on';

CREATE FUNCTION public.release_meter(serial text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'flows'
    AS $$
DECLARE
    released uuid;
BEGIN
    SELECT id INTO released FROM flows.meter_registry AS meter WHERE meter.serial = release_meter.serial FOR UPDATE;
    IF NOT FOUND THEN
        RAISE SQLSTATE 'PT404' USING MESSAGE = format('there is no meter %s, or it is not of your communities', left(serial, 100));
    END IF;
    IF EXISTS (SELECT FROM flows.meter_shadows AS shadow
                WHERE shadow.id = released AND (shadow.last_healthy_at IS NOT NULL OR shadow.import_a IS NOT NULL))
       OR EXISTS (SELECT FROM public.properties WHERE released IN (supply_meter, solar_meter))
       OR EXISTS (SELECT FROM flows.register_interval_hh AS half_hour
                    JOIN flows.meter_registers AS register USING (register_id) WHERE register.meter_id = released) THEN
        RAISE SQLSTATE 'PT409' USING
            MESSAGE = format('meter %s has answered, has half hours or is in a home', left(serial, 100)),
            HINT = 'A meter that is taken out is exchanged, or its installation_status is set to deleted.';
    END IF;
    DELETE FROM flows.meter_registry WHERE id = released;
    RETURN released;
END
$$;

COMMENT ON FUNCTION public.release_meter(serial text) IS 'Takes a meter that never answered out of the registry, so that its serial and address are free';

CREATE TABLE public.payments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    amount_pence integer NOT NULL,
    status text DEFAULT 'created'::text NOT NULL,
    payment_intent text,
    description text,
    receipt_url text,
    scheduled_at timestamp with time zone,
    submitted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    method text,
    received_on date,
    reversed_at timestamp with time zone,
    recorded_by text,
    idempotency_key text,
    CONSTRAINT payments_amount_pence_check CHECK ((amount_pence >= 1)),
    CONSTRAINT payments_method_check CHECK ((method = ANY (ARRAY['direct_debit'::text, 'card'::text, 'bank_transfer'::text, 'cheque'::text, 'cash'::text]))),
    CONSTRAINT payments_status_check CHECK ((status = ANY (ARRAY['created'::text, 'pending'::text, 'processing'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])))
);

COMMENT ON COLUMN public.payments.received_on IS 'The day of its ledger entry; null: the local day on which it succeeded';

COMMENT ON COLUMN public.payments.reversed_at IS 'When a payment that had succeeded failed after all, as by a chargeback; kept by the database';

COMMENT ON COLUMN public.payments.recorded_by IS 'Who recorded it by hand; null: it came from the payment provider';

CREATE FUNCTION public.submittable_payments() RETURNS SETOF public.payments
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    SELECT * FROM public.payments
     WHERE status = 'pending' AND submitted_at IS NULL AND scheduled_at <= now()
     ORDER BY scheduled_at;
$$;

COMMENT ON FUNCTION public.submittable_payments() IS 'Payments that are due and not yet with the payment provider';

CREATE TABLE flows.api_key_secrets (
    api_key uuid NOT NULL,
    secret_hash bytea NOT NULL,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE flows.api_key_secrets IS 'The SHA-256 of each key, and when it was last used';

CREATE TABLE flows.audit_log (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    action text NOT NULL,
    table_name text NOT NULL,
    row_id text,
    before jsonb,
    after jsonb
);

COMMENT ON TABLE flows.audit_log IS 'Who changed what, when, from what to what; can be added to, never changed';

ALTER TABLE flows.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME flows.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE flows.calendar_bands (
    profile uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    day date NOT NULL,
    band text NOT NULL
);

COMMENT ON TABLE flows.calendar_bands IS 'Local day and band of every half hour, filled from a profile''s rules by whole months';

CREATE TABLE flows.calendar_days (
    time_zone text NOT NULL,
    day date NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    half_hours smallint NOT NULL
);

CREATE TABLE flows.calendar_half_hours (
    time_zone text NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    day date NOT NULL,
    local_time time without time zone NOT NULL
);

CREATE TABLE flows.circuit_register (
    circuit uuid NOT NULL,
    register uuid NOT NULL,
    start_time timestamp with time zone DEFAULT now() NOT NULL,
    end_time timestamp with time zone,
    notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT circuit_register_check CHECK ((end_time > start_time))
);

CREATE TABLE flows.escos (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    name text NOT NULL,
    code text NOT NULL,
    app_url text,
    region text,
    time_zone text DEFAULT 'Europe/London'::text NOT NULL,
    vat_number text,
    address text,
    payment_days smallint DEFAULT 14 NOT NULL,
    vat_registered boolean DEFAULT true NOT NULL,
    vat_use text DEFAULT 'domestic'::text NOT NULL,
    vat_small_quantities boolean DEFAULT true NOT NULL,
    vat_mixed_use boolean DEFAULT true NOT NULL,
    back_bill_months smallint DEFAULT 12,
    hold_spikes boolean DEFAULT true NOT NULL,
    hold_read_kwh numeric DEFAULT 1,
    contact_email text,
    contact_phone text,
    contact_address text,
    complaint_route text,
    redress_body text,
    bank_account_name text,
    bank_sort_code text,
    bank_account_number text,
    bank_iban text,
    bank_bic text,
    payment_limit_pence integer DEFAULT 100000 NOT NULL,
    CONSTRAINT back_bill_months_from_1_to_1200 CHECK (((back_bill_months >= 1) AND (back_bill_months <= 1200))),
    CONSTRAINT escos_back_bill_months_check CHECK ((back_bill_months > 0)),
    CONSTRAINT escos_bank_account_name_check CHECK ((bank_account_name <> ''::text)),
    CONSTRAINT escos_bank_account_number_check CHECK ((bank_account_number ~ '^[0-9]{8}$'::text)),
    CONSTRAINT escos_bank_bic_check CHECK ((bank_bic ~ '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$'::text)),
    CONSTRAINT escos_bank_iban_check CHECK (flows.is_iban(bank_iban)),
    CONSTRAINT escos_bank_sort_code_check CHECK ((bank_sort_code ~ '^[0-9]{6}$'::text)),
    CONSTRAINT escos_code_check CHECK ((code <> ''::text)),
    CONSTRAINT escos_complaint_route_check CHECK ((complaint_route <> ''::text)),
    CONSTRAINT escos_contact_address_check CHECK ((contact_address <> ''::text)),
    CONSTRAINT escos_contact_email_check CHECK ((contact_email ~~ '%_@_%'::text)),
    CONSTRAINT escos_contact_phone_check CHECK ((contact_phone <> ''::text)),
    CONSTRAINT escos_payment_days_check CHECK (((payment_days >= 0) AND (payment_days <= 90))),
    CONSTRAINT escos_payment_limit_pence_check CHECK (((payment_limit_pence >= 1) AND (payment_limit_pence <= 10000000))),
    CONSTRAINT escos_redress_body_check CHECK ((redress_body <> ''::text)),
    CONSTRAINT escos_vat_use_check CHECK ((vat_use = ANY (ARRAY['domestic'::text, 'charity'::text, 'business'::text, 'mixed'::text]))),
    CONSTRAINT hold_read_kwh_from_0_to_1000000 CHECK (((hold_read_kwh >= (0)::numeric) AND (hold_read_kwh <= (1000000)::numeric)))
);

COMMENT ON TABLE flows.escos IS 'Energy service companies: the tenants everything else belongs to';

COMMENT ON COLUMN flows.escos.payment_days IS 'Days between an invoice''s issue and its due date';

COMMENT ON COLUMN flows.escos.vat_registered IS 'False: no VAT is charged and its bills are no VAT invoices';

COMMENT ON COLUMN flows.escos.vat_use IS 'Use of premises that have no status of their own, nor has their customer';

COMMENT ON COLUMN flows.escos.vat_small_quantities IS 'Whether at most 33 kWh a day are taxed as domestic (VAT Notice 701/19, 5.2)';

COMMENT ON COLUMN flows.escos.vat_mixed_use IS 'Whether 60% qualifying use makes the whole supply qualify (VAT Notice 701/19, 3.4)';

COMMENT ON COLUMN flows.escos.back_bill_months IS 'Energy used longer ago is not charged for if it was not billed before; null: it is';

COMMENT ON COLUMN flows.escos.hold_spikes IS 'Whether bills over half hours that validation flags as a spike or above the fuse are held';

COMMENT ON COLUMN flows.escos.hold_read_kwh IS 'By how much a register''s reads may differ from its half hours before a bill is held; null: by any';

COMMENT ON COLUMN flows.escos.complaint_route IS 'How to complain, in a sentence, as it stands on bills';

COMMENT ON COLUMN flows.escos.redress_body IS 'Who decides a complaint that the community does not settle, as it stands on bills';

COMMENT ON COLUMN flows.escos.payment_limit_pence IS 'The most that one payment or gift may be';

CREATE TABLE flows.meter_registers (
    register_id uuid DEFAULT gen_random_uuid() NOT NULL,
    meter_id uuid NOT NULL,
    element text NOT NULL,
    nature text NOT NULL,
    status text DEFAULT 'enabled'::text NOT NULL,
    start_time timestamp with time zone DEFAULT now() NOT NULL,
    end_time timestamp with time zone,
    notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    replaced_by uuid,
    CONSTRAINT meter_registers_check CHECK ((end_time > start_time)),
    CONSTRAINT meter_registers_element_check CHECK ((element = ANY (ARRAY['A'::text, 'B'::text, 'SINGLE'::text]))),
    CONSTRAINT meter_registers_nature_check CHECK ((nature = ANY (ARRAY['heat'::text, 'power'::text, 'solar'::text]))),
    CONSTRAINT meter_registers_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'replaced'::text])))
);

COMMENT ON COLUMN flows.meter_registers.replaced_by IS 'The meter that took the place of this register''s in its home';

CREATE TABLE flows.meter_registry (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    serial text NOT NULL,
    name text,
    ip_address inet,
    port integer DEFAULT 8080 NOT NULL,
    hardware text,
    firmware_version text,
    mode text DEFAULT 'active'::text NOT NULL,
    esco uuid NOT NULL,
    site uuid,
    prepay_enabled boolean DEFAULT false NOT NULL,
    daylight_savings_correction_enabled boolean,
    single_meter_app boolean DEFAULT false NOT NULL,
    emnify_id integer,
    iccid text,
    installation_status text DEFAULT 'enabled'::text NOT NULL,
    commissioned_iso_week_date text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT meter_registry_installation_status_check CHECK ((installation_status = ANY (ARRAY['enabled'::text, 'disabled'::text, 'deleted'::text]))),
    CONSTRAINT meter_registry_mode_check CHECK ((mode = ANY (ARRAY['active'::text, 'passive'::text]))),
    CONSTRAINT meter_registry_port_check CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT meter_registry_serial_check CHECK ((serial <> ''::text))
);

COMMENT ON COLUMN flows.meter_registry.mode IS 'active: synced from hardware; passive: from another Flows database';

CREATE TABLE flows.register_interval_estimates (
    register_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    kwh numeric NOT NULL,
    method text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT kwh_from_0_to_10000 CHECK (((kwh >= (0)::numeric) AND (kwh <= (10000)::numeric))),
    CONSTRAINT register_interval_estimates_kwh_check CHECK ((kwh >= (0)::numeric)),
    CONSTRAINT register_interval_estimates_method_check CHECK ((method = ANY (ARRAY['weekday_profile'::text, 'linear'::text, 'weekday_average'::text]))),
    CONSTRAINT timestamp_is_a_half_hour CHECK (((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", '2000-01-01 00:00:00+00'::timestamp with time zone) = "timestamp")) OR flows.refuse_off_the_clock("timestamp")))
);

COMMENT ON TABLE flows.register_interval_estimates IS 'Energy in kWh of half hours without a reading; gone when a reading comes';

CREATE TABLE flows.register_interval_hh (
    register_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    kwh numeric NOT NULL,
    CONSTRAINT kwh_from_0_to_10000 CHECK (((kwh >= (0)::numeric) AND (kwh <= (10000)::numeric))),
    CONSTRAINT timestamp_is_a_half_hour CHECK (((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", '2000-01-01 00:00:00+00'::timestamp with time zone) = "timestamp")) OR flows.refuse_off_the_clock("timestamp")))
)
PARTITION BY RANGE ("timestamp");

COMMENT ON TABLE flows.register_interval_hh IS 'Half-hourly energy in kWh; timestamp is the start of the half hour';

CREATE VIEW flows.circuit_interval_daily WITH (security_invoker='true') AS
 WITH joined AS (
         SELECT circuit_register.circuit,
            circuit_register.register,
            circuit_register.start_time,
            COALESCE(circuit_register.end_time, 'infinity'::timestamp with time zone) AS end_time,
            esco.time_zone
           FROM (((flows.circuit_register
             JOIN flows.meter_registers register ON ((register.register_id = circuit_register.register)))
             JOIN flows.meter_registry meter ON ((meter.id = register.meter_id)))
             JOIN flows.escos esco ON ((esco.id = meter.esco)))
        ), link AS (
         SELECT joined.circuit,
            joined.register,
            joined.start_time,
            joined.end_time,
            joined.time_zone,
            flows.local_date(joined.start_time, joined.time_zone) AS first_day,
            flows.local_date(joined.end_time, joined.time_zone) AS last_day
           FROM joined
        ), edge AS (
         SELECT link.circuit,
            link.register,
            link.start_time,
            link.end_time,
            link.time_zone,
            link.first_day,
            link.last_day,
            cut.day,
            flows.local_midnight(cut.day, link.time_zone) AS starts_at,
            flows.local_midnight((cut.day + 1), link.time_zone) AS ends_at
           FROM link,
            LATERAL ( SELECT link.first_day AS day
                UNION
                 SELECT link.last_day
                  WHERE (link.end_time < 'infinity'::timestamp with time zone)) cut
        )
 SELECT circuit_id,
    day,
    sum(kwh) AS kwh
   FROM ( SELECT link.circuit AS circuit_id,
            daily.day,
            daily.kwh
           FROM (link
             JOIN flows.register_interval_daily daily ON (((daily.register_id = link.register) AND (daily.day >= (link.first_day + ((flows.local_midnight(link.first_day, link.time_zone) < link.start_time))::integer)) AND (daily.day < link.last_day))))
        UNION ALL
         SELECT edge.circuit,
            edge.day,
            hh.kwh
           FROM (edge
             JOIN flows.register_interval_hh hh ON (((hh.register_id = edge.register) AND (hh."timestamp" >= GREATEST(edge.starts_at, edge.start_time)) AND (hh."timestamp" < LEAST(edge.ends_at, edge.end_time)))))
          WHERE ((edge.start_time > edge.starts_at) OR (edge.end_time < edge.ends_at))
        UNION ALL
         SELECT link.circuit,
            flows.local_date(estimate."timestamp", link.time_zone) AS local_date,
            estimate.kwh
           FROM (link
             JOIN flows.register_interval_estimates estimate ON (((estimate.register_id = link.register) AND (estimate."timestamp" >= link.start_time) AND (estimate."timestamp" < link.end_time))))) part
  GROUP BY circuit_id, day;

CREATE TABLE flows.register_interval_sources (
    register_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    source text NOT NULL,
    detail text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT register_interval_sources_source_check CHECK ((source = ANY (ARRAY['imported'::text, 'edited'::text]))),
    CONSTRAINT timestamp_is_a_half_hour CHECK (((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", '2000-01-01 00:00:00+00'::timestamp with time zone) = "timestamp")) OR flows.refuse_off_the_clock("timestamp")))
);

COMMENT ON TABLE flows.register_interval_sources IS 'Half hours in register_interval_hh that are not as a meter measured them; those without a row here are';

COMMENT ON COLUMN flows.register_interval_sources.detail IS 'The file of an imported value; who edited one, and what it was before';

CREATE VIEW flows.register_intervals WITH (security_invoker='true') AS
 SELECT hh.register_id,
    hh."timestamp",
    hh.kwh,
    false AS estimated,
    COALESCE(source.source, 'measured'::text) AS source,
    source.detail
   FROM (flows.register_interval_hh hh
     LEFT JOIN flows.register_interval_sources source ON (((source.register_id = hh.register_id) AND (source."timestamp" = hh."timestamp"))))
UNION ALL
 SELECT register_interval_estimates.register_id,
    register_interval_estimates."timestamp",
    register_interval_estimates.kwh,
    true AS estimated,
    'estimated'::text AS source,
    register_interval_estimates.method AS detail
   FROM flows.register_interval_estimates;

COMMENT ON VIEW flows.register_intervals IS 'Every half hour with its source: measured, imported, edited or estimated; each once';

CREATE VIEW flows.circuit_interval_hh WITH (security_invoker='true') AS
 SELECT link.circuit AS circuit_id,
    interval_hh."timestamp",
    sum(interval_hh.kwh) AS kwh
   FROM (flows.circuit_register link
     JOIN flows.register_intervals interval_hh ON (((interval_hh.register_id = link.register) AND (interval_hh."timestamp" >= link.start_time) AND ((link.end_time IS NULL) OR (interval_hh."timestamp" < link.end_time)))))
  GROUP BY link.circuit, interval_hh."timestamp";

CREATE VIEW flows.circuit_interval_monthly WITH (security_invoker='true') AS
 SELECT circuit_id,
    (date_trunc('month'::text, (day)::timestamp without time zone))::date AS month,
    sum(kwh) AS kwh
   FROM flows.circuit_interval_daily
  GROUP BY circuit_id, ((date_trunc('month'::text, (day)::timestamp without time zone))::date);

CREATE TABLE flows.circuits (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    type text NOT NULL,
    name text,
    esco uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT circuits_type_check CHECK ((type = ANY (ARRAY['heat'::text, 'power'::text, 'solar'::text])))
);

COMMENT ON TABLE flows.circuits IS 'A named use that one or more registers measure over time';

COMMENT ON COLUMN flows.circuits.esco IS 'Where it is not given: the community of its first register';

CREATE TABLE flows.email_changes (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    new_email text NOT NULL,
    token_hash bytea NOT NULL,
    redirect_to text,
    expires_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE flows.email_changes IS 'New addresses of logins that were asked for; the token is kept as its SHA-256, and the last one works once';

CREATE VIEW flows.estimated_intervals WITH (security_invoker='true') AS
 SELECT register_id,
    "timestamp",
    kwh
   FROM flows.register_interval_estimates;

COMMENT ON VIEW flows.estimated_intervals IS 'Half hours whose energy was estimated, not measured';

CREATE TABLE flows.ev_chargers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    serial text NOT NULL,
    pin text,
    "position" text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE flows.feeder_registry (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    esco uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE flows.holiday_calendars (
    country text NOT NULL,
    parts text[] NOT NULL
);

COMMENT ON TABLE flows.holiday_calendars IS 'Whose public holidays are known: countries and their parts, as the Python package holidays has them';

CREATE TABLE flows.register_days_changed (
    register_id uuid NOT NULL,
    day date NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE flows.register_days_changed IS 'Days whose half hours or estimates changed when they may have been billed; gone when no bill differs from them';

CREATE TABLE public.stale_invoices (
    invoice uuid NOT NULL,
    cause text NOT NULL,
    noted_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stale_invoices_cause_check CHECK ((cause = ANY (ARRAY['tariff'::text, 'vat'::text, 'payer'::text, 'days'::text, 'sharing'::text])))
);

COMMENT ON TABLE public.stale_invoices IS 'Issued invoices whose price, VAT, payer, days or shared energy were changed afterwards; gone when they are corrected, or found right';

CREATE VIEW flows.invoice_changes WITH (security_invoker='true') AS
 SELECT stale_invoices.invoice,
    stale_invoices.cause,
    stale_invoices.noted_at
   FROM public.stale_invoices
UNION ALL
 SELECT line.invoice,
    'readings'::text AS cause,
    changed.changed_at AS noted_at
   FROM (flows.register_days_changed changed
     JOIN public.invoice_lines line ON (((line.register = changed.register_id) AND (changed.day >= line.period_start) AND (changed.day < line.period_end))));

COMMENT ON VIEW flows.invoice_changes IS 'What changed of invoices since they were computed, and when';

CREATE TABLE public.customer_tariffs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    customer uuid NOT NULL,
    period_start date NOT NULL,
    discount_rate_basis_points integer DEFAULT 0 NOT NULL,
    computed_unit_rate numeric(10,5) NOT NULL,
    computed_unit_rate_b numeric(10,5),
    computed_standing_charge numeric(10,5) NOT NULL,
    includes_vat boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    discount_rate_basis_points_b integer,
    rate_profile uuid,
    benchmark uuid,
    superseded_by uuid,
    correction_reason text,
    name text,
    CONSTRAINT computed_standing_charge_from_0_to_10000 CHECK (((computed_standing_charge >= (0)::numeric) AND (computed_standing_charge <= (10000)::numeric))),
    CONSTRAINT computed_unit_rate_b_from_0_to_10000 CHECK (((computed_unit_rate_b >= (0)::numeric) AND (computed_unit_rate_b <= (10000)::numeric))),
    CONSTRAINT computed_unit_rate_from_0_to_10000 CHECK (((computed_unit_rate >= (0)::numeric) AND (computed_unit_rate <= (10000)::numeric))),
    CONSTRAINT customer_tariffs_check CHECK ((superseded_by <> id)),
    CONSTRAINT customer_tariffs_computed_standing_charge_check CHECK ((computed_standing_charge >= (0)::numeric)),
    CONSTRAINT customer_tariffs_computed_unit_rate_b_check CHECK ((computed_unit_rate_b >= (0)::numeric)),
    CONSTRAINT customer_tariffs_computed_unit_rate_check CHECK ((computed_unit_rate >= (0)::numeric)),
    CONSTRAINT customer_tariffs_correction_reason_check CHECK ((correction_reason <> ''::text)),
    CONSTRAINT customer_tariffs_discount_rate_basis_points_b_check CHECK (((discount_rate_basis_points_b >= 0) AND (discount_rate_basis_points_b <= 10000))),
    CONSTRAINT customer_tariffs_discount_rate_basis_points_check CHECK (((discount_rate_basis_points >= 0) AND (discount_rate_basis_points <= 10000))),
    CONSTRAINT customer_tariffs_name_check CHECK ((name <> ''::text))
);

COMMENT ON TABLE public.customer_tariffs IS 'One customer''s price; where there is none, the community''s (microgrid_tariffs) holds';

COMMENT ON COLUMN public.customer_tariffs.superseded_by IS 'The version that corrects this one, from the same day on; null: it holds';

COMMENT ON COLUMN public.customer_tariffs.correction_reason IS 'Why this version took the place of another';

COMMENT ON COLUMN public.customer_tariffs.name IS 'As bills call it; a new version keeps the name of the one before it';

CREATE TABLE public.microgrid_tariffs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    period_start date NOT NULL,
    discount_rate_basis_points integer DEFAULT 0 NOT NULL,
    computed_unit_rate numeric(10,5) NOT NULL,
    computed_unit_rate_b numeric(10,5),
    computed_standing_charge numeric(10,5) NOT NULL,
    includes_vat boolean DEFAULT true NOT NULL,
    emergency_credit numeric(10,5) DEFAULT 15 NOT NULL,
    debt_recovery_rate numeric(10,5) DEFAULT 0 NOT NULL,
    ecredit_button_threshold numeric(10,5) DEFAULT 10 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    discount_rate_basis_points_b integer,
    rate_profile uuid,
    benchmark uuid,
    superseded_by uuid,
    correction_reason text,
    name text,
    CONSTRAINT computed_standing_charge_from_0_to_10000 CHECK (((computed_standing_charge >= (0)::numeric) AND (computed_standing_charge <= (10000)::numeric))),
    CONSTRAINT computed_unit_rate_b_from_0_to_10000 CHECK (((computed_unit_rate_b >= (0)::numeric) AND (computed_unit_rate_b <= (10000)::numeric))),
    CONSTRAINT computed_unit_rate_from_0_to_10000 CHECK (((computed_unit_rate >= (0)::numeric) AND (computed_unit_rate <= (10000)::numeric))),
    CONSTRAINT debt_recovery_rate_from_0_to_10000 CHECK (((debt_recovery_rate >= (0)::numeric) AND (debt_recovery_rate <= (10000)::numeric))),
    CONSTRAINT ecredit_button_threshold_from_0_to_10000 CHECK (((ecredit_button_threshold >= (0)::numeric) AND (ecredit_button_threshold <= (10000)::numeric))),
    CONSTRAINT emergency_credit_from_0_to_10000 CHECK (((emergency_credit >= (0)::numeric) AND (emergency_credit <= (10000)::numeric))),
    CONSTRAINT microgrid_tariffs_check CHECK ((superseded_by <> id)),
    CONSTRAINT microgrid_tariffs_computed_standing_charge_check CHECK ((computed_standing_charge >= (0)::numeric)),
    CONSTRAINT microgrid_tariffs_computed_unit_rate_b_check CHECK ((computed_unit_rate_b >= (0)::numeric)),
    CONSTRAINT microgrid_tariffs_computed_unit_rate_check CHECK ((computed_unit_rate >= (0)::numeric)),
    CONSTRAINT microgrid_tariffs_correction_reason_check CHECK ((correction_reason <> ''::text)),
    CONSTRAINT microgrid_tariffs_discount_rate_basis_points_b_check CHECK (((discount_rate_basis_points_b >= 0) AND (discount_rate_basis_points_b <= 10000))),
    CONSTRAINT microgrid_tariffs_discount_rate_basis_points_check CHECK (((discount_rate_basis_points >= 0) AND (discount_rate_basis_points <= 10000))),
    CONSTRAINT microgrid_tariffs_name_check CHECK ((name <> ''::text))
);

COMMENT ON COLUMN public.microgrid_tariffs.computed_unit_rate_b IS 'Unit rate of element B where it has its own; null: the same as element A''s';

COMMENT ON COLUMN public.microgrid_tariffs.discount_rate_basis_points_b IS 'Element B''s own discount; null: its rate goes on as it is';

COMMENT ON COLUMN public.microgrid_tariffs.benchmark IS 'The benchmark that this price was computed from';

COMMENT ON COLUMN public.microgrid_tariffs.superseded_by IS 'The version that corrects this one, from the same day on; null: it holds';

COMMENT ON COLUMN public.microgrid_tariffs.correction_reason IS 'Why this version took the place of another';

COMMENT ON COLUMN public.microgrid_tariffs.name IS 'As bills call it; a new version keeps the name of the one before it';

CREATE VIEW flows.invoice_differences WITH (security_invoker='true') AS
 WITH touched AS MATERIALIZED (
         SELECT line.invoice,
            line.register,
            line.period_start,
            min(changed.changed_at) AS noted_at
           FROM ((flows.register_days_changed changed
             JOIN public.invoice_lines line ON (((line.register = changed.register_id) AND (line.kind = ANY (ARRAY['energy'::text, 'shared_energy'::text])) AND (changed.day >= line.period_start) AND (changed.day < line.period_end))))
             JOIN public.invoices invoice ON (((invoice.id = line.invoice) AND (invoice.status <> ALL (ARRAY['draft'::text, 'void'::text])))))
          GROUP BY line.invoice, line.register, line.period_start
        ), billed AS (
         SELECT touched.invoice,
            touched.register,
            touched.period_start,
            line.period_end,
            touched.noted_at,
            line.band,
            COALESCE(own.rate_profile, community.rate_profile) AS profile,
            min(line."position") AS "position",
            sum(line.quantity) AS kwh,
            max(line.intervals) AS intervals
           FROM (((touched
             JOIN public.invoice_lines line ON (((line.invoice = touched.invoice) AND (line.register = touched.register) AND (line.period_start = touched.period_start) AND (line.kind = ANY (ARRAY['energy'::text, 'shared_energy'::text])))))
             LEFT JOIN public.customer_tariffs own ON ((own.id = line.customer_tariff)))
             LEFT JOIN public.microgrid_tariffs community ON ((community.id = line.microgrid_tariff)))
          GROUP BY touched.invoice, touched.register, touched.period_start, line.period_end, touched.noted_at, line.band, own.rate_profile, community.rate_profile
        )
 SELECT invoice.esco,
    invoice.account,
    invoice.customer,
    invoice.id AS invoice,
    invoice.number,
    'readings'::text AS cause,
    billed.noted_at,
    billed."position" AS line,
    billed.register,
    billed.band,
    billed.period_start,
    billed.period_end,
    billed.kwh AS billed_kwh,
    billed.intervals AS billed_intervals,
    known.kwh,
    (known.intervals)::integer AS intervals
   FROM ((((billed
     JOIN public.invoices invoice ON ((invoice.id = billed.invoice)))
     JOIN flows.escos esco ON ((esco.id = invoice.esco)))
     JOIN flows.meter_registers register ON ((register.register_id = billed.register)))
     JOIN LATERAL ( SELECT COALESCE(sum(hh.kwh), (0)::numeric) AS kwh,
            count(*) AS intervals
           FROM flows.register_intervals hh
          WHERE ((hh.register_id = billed.register) AND (hh."timestamp" >= GREATEST(flows.local_midnight(billed.period_start, esco.time_zone), date_bin('00:30:00'::interval, register.start_time, '2000-01-01 00:00:00+00'::timestamp with time zone))) AND (hh."timestamp" < LEAST(flows.local_midnight(billed.period_end, esco.time_zone), date_bin('00:30:00'::interval, (register.end_time + '00:29:59.999999'::interval), '2000-01-01 00:00:00+00'::timestamp with time zone))) AND ((billed.band IS NULL) OR (EXISTS ( SELECT
                   FROM flows.calendar_bands calendar
                  WHERE ((calendar.profile = billed.profile) AND (calendar."timestamp" = hh."timestamp") AND (calendar.band = billed.band))))))) known ON (((known.kwh <> billed.kwh) OR (known.intervals <> billed.intervals))))
UNION ALL
 SELECT invoice.esco,
    invoice.account,
    invoice.customer,
    invoice.id AS invoice,
    invoice.number,
    stale.cause,
    stale.noted_at,
    NULL::smallint AS line,
    NULL::uuid AS register,
    NULL::text AS band,
    invoice.period_start,
    invoice.period_end,
    NULL::numeric AS billed_kwh,
    NULL::integer AS billed_intervals,
    NULL::numeric AS kwh,
    NULL::integer AS intervals
   FROM (public.stale_invoices stale
     JOIN public.invoices invoice ON ((invoice.id = stale.invoice)))
  WHERE (invoice.status <> ALL (ARRAY['draft'::text, 'void'::text]));

COMMENT ON VIEW flows.invoice_differences IS 'Issued invoices that would be others today, and why: by line where readings changed, by invoice otherwise';

CREATE TABLE flows.login_mails (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    email text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT login_mails_kind_check CHECK ((kind = ANY (ARRAY['password_changed'::text, 'email_changed'::text, 'reauthentication'::text])))
);

COMMENT ON TABLE flows.login_mails IS 'What a login''s owner is told by mail: that something changed, or the code that proves who they are, which works once';

CREATE TABLE flows.meter_3p_voltage (
    meter_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    voltage_l1 numeric,
    voltage_l2 numeric,
    voltage_l3 numeric
);

CREATE TABLE flows.meter_commands (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    meter_id uuid NOT NULL,
    kind text NOT NULL,
    arguments jsonb DEFAULT '{}'::jsonb NOT NULL,
    idempotency_key text NOT NULL,
    topup uuid,
    requested_by text DEFAULT flows.actor() NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    before jsonb,
    after jsonb,
    error_code text,
    last_error text,
    sent_at timestamp with time zone,
    ended_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT meter_commands_arguments_check CHECK ((jsonb_typeof(arguments) = 'object'::text)),
    CONSTRAINT meter_commands_check CHECK (((status = ANY (ARRAY['confirmed'::text, 'failed'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT meter_commands_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255))),
    CONSTRAINT meter_commands_kind_check CHECK ((kind = ANY (ARRAY['tariff'::text, 'token'::text, 'prepay'::text, 'clock'::text, 'backlight'::text, 'load_switch'::text, 'daylight_saving'::text]))),
    CONSTRAINT meter_commands_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'confirmed'::text, 'failed'::text])))
);

COMMENT ON TABLE flows.meter_commands IS 'Writes to meters: who asked for what, and how far it is';

COMMENT ON COLUMN flows.meter_commands.tries IS 'How often it was sent, or the meter looked for in vain';

COMMENT ON COLUMN flows.meter_commands.before IS 'Token: what the meter said before it was sent first, so that a second look tells whether it was taken';

COMMENT ON COLUMN flows.meter_commands.after IS 'What the meter said when it was confirmed';

CREATE TABLE flows.meter_csq (
    meter_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    csq smallint
);

COMMENT ON COLUMN flows.meter_csq.csq IS 'Signal quality 0..31; null: the meter could not be reached';

CREATE TABLE flows.meter_event_log (
    meter_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    event_type integer NOT NULL,
    event_set integer NOT NULL
);

COMMENT ON COLUMN flows.meter_event_log.event_type IS 'Names in meter_event_log_type; ids without a name are kept as numbers';

CREATE TABLE flows.meter_event_log_type (
    id integer NOT NULL,
    name text NOT NULL
);

CREATE TABLE flows.meter_health_history (
    meter_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    health text NOT NULL,
    health_details text
);

CREATE TABLE flows.meter_leases (
    meter_id uuid NOT NULL,
    holder text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE flows.meter_leases IS 'The one worker that may talk to a meter now';

CREATE TABLE flows.meter_metrics (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    notes text,
    enabled boolean DEFAULT true NOT NULL,
    run_frequency text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT meter_metrics_run_frequency_check CHECK ((run_frequency = ANY (ARRAY['hourly'::text, '12hourly'::text, 'daily'::text])))
);

COMMENT ON TABLE flows.meter_metrics IS 'What is read from every meter, and how often';

CREATE TABLE flows.meter_prepay_balance (
    meter_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    balance numeric NOT NULL
);

CREATE TABLE flows.meter_proxies (
    esco uuid NOT NULL,
    host text NOT NULL,
    port integer DEFAULT 1080 NOT NULL,
    username text,
    password text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT meter_proxies_host_check CHECK ((host <> ''::text)),
    CONSTRAINT meter_proxies_port_check CHECK (((port >= 1) AND (port <= 65535)))
);

COMMENT ON TABLE flows.meter_proxies IS 'SOCKS5 proxies through which a community''s meters are reached';

CREATE TABLE flows.meter_shadows (
    id uuid NOT NULL,
    balance numeric,
    import_a numeric,
    export_a numeric,
    import_b numeric,
    export_b numeric,
    voltage numeric,
    "3p_voltage_l1" numeric,
    "3p_voltage_l2" numeric,
    "3p_voltage_l3" numeric,
    csq smallint,
    clock_time_diff_seconds integer,
    clock_time_diff_synced_at timestamp with time zone,
    health text DEFAULT 'unhealthy'::text NOT NULL,
    health_details text,
    last_healthy_at timestamp with time zone,
    tariffs_active jsonb,
    tariffs_future jsonb,
    backlight text,
    load_switch text,
    emnify_connectivity_status text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    health_code text,
    CONSTRAINT export_a_from_0_to_1000000000 CHECK (((export_a >= (0)::numeric) AND (export_a <= (1000000000)::numeric))),
    CONSTRAINT export_b_from_0_to_1000000000 CHECK (((export_b >= (0)::numeric) AND (export_b <= (1000000000)::numeric))),
    CONSTRAINT import_a_from_0_to_1000000000 CHECK (((import_a >= (0)::numeric) AND (import_a <= (1000000000)::numeric))),
    CONSTRAINT import_b_from_0_to_1000000000 CHECK (((import_b >= (0)::numeric) AND (import_b <= (1000000000)::numeric))),
    CONSTRAINT meter_shadows_csq_check CHECK (((csq >= 0) AND (csq <= 31))),
    CONSTRAINT meter_shadows_health_check CHECK ((health = ANY (ARRAY['healthy'::text, 'unhealthy'::text])))
);

COMMENT ON TABLE flows.meter_shadows IS 'Last known state of each meter, its digital twin; made with the meter';

COMMENT ON COLUMN flows.meter_shadows.balance IS 'GBP held by a prepay meter, may be negative';

COMMENT ON COLUMN flows.meter_shadows.import_a IS 'kWh, cumulative; three-phase: the total of all phases';

COMMENT ON COLUMN flows.meter_shadows.health_code IS 'Why it is unhealthy, as meter.unreachable';

CREATE VIEW flows.meter_shadows_tariffs WITH (security_invoker='true') AS
 SELECT shadow.id,
    meter.serial,
    flows.said_amount((shadow.tariffs_active ->> 'standing_charge'::text)) AS active_standing_charge,
    flows.said_amount((shadow.tariffs_active ->> 'unit_rate_element_a'::text)) AS active_unit_rate_a,
    flows.said_amount((shadow.tariffs_active ->> 'unit_rate_element_b'::text)) AS active_unit_rate_b,
    flows.said_amount((shadow.tariffs_active ->> 'prepayment_ecredit_availability'::text)) AS active_ecredit_availability,
    flows.said_amount((shadow.tariffs_active ->> 'prepayment_debt_recovery_rate'::text)) AS active_debt_recovery_rate,
    flows.said_amount((shadow.tariffs_active ->> 'prepayment_emergency_credit'::text)) AS active_emergency_credit,
    (shadow.tariffs_active -> 'threshold_mask'::text) AS active_threshold_mask,
    (shadow.tariffs_active -> 'threshold_values'::text) AS active_threshold_values,
    flows.said_amount((shadow.tariffs_future ->> 'standing_charge'::text)) AS future_standing_charge,
    flows.said_amount((shadow.tariffs_future ->> 'unit_rate_element_a'::text)) AS future_unit_rate_a,
    flows.said_amount((shadow.tariffs_future ->> 'unit_rate_element_b'::text)) AS future_unit_rate_b,
    flows.said_amount((shadow.tariffs_future ->> 'prepayment_ecredit_availability'::text)) AS future_ecredit_availability,
    flows.said_amount((shadow.tariffs_future ->> 'prepayment_debt_recovery_rate'::text)) AS future_debt_recovery_rate,
    flows.said_amount((shadow.tariffs_future ->> 'prepayment_emergency_credit'::text)) AS future_emergency_credit,
    flows.said_moment((shadow.tariffs_future ->> 'activation_datetime'::text)) AS future_activation_datetime,
    (shadow.tariffs_future -> 'threshold_mask'::text) AS future_threshold_mask,
    (shadow.tariffs_future -> 'threshold_values'::text) AS future_threshold_values
   FROM (flows.meter_shadows shadow
     JOIN flows.meter_registry meter ON ((meter.id = shadow.id)));

CREATE TABLE flows.meter_sources (
    esco uuid NOT NULL,
    url text NOT NULL,
    api_key text NOT NULL,
    token text,
    last_try_at timestamp with time zone,
    last_success_at timestamp with time zone,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT meter_sources_url_check CHECK ((url ~ '^(https?|postgres(ql)?)://'::text)),
    CONSTRAINT meter_sources_url_without_password CHECK ((url !~ '^postgres[^/]*://[^/@]*:[^/@]*@'::text))
);

COMMENT ON TABLE flows.meter_sources IS 'The other Flows whose data a community''s passive meters follow';

COMMENT ON COLUMN flows.meter_sources.url IS 'Of its REST API, such as https://other.example/rest/v1, or of its database, such as postgresql://reader@other.example/flows';

COMMENT ON COLUMN flows.meter_sources.api_key IS 'Of its REST API; of a database the role''s password';

COMMENT ON COLUMN flows.meter_sources.token IS 'Sent as the bearer token; the API key where there is none';

CREATE TABLE flows.meter_sync_status (
    meter_id uuid NOT NULL,
    metric text NOT NULL,
    last_attempt_at timestamp with time zone NOT NULL,
    last_success_at timestamp with time zone,
    last_error text,
    last_error_at timestamp with time zone,
    consecutive_failures integer DEFAULT 0 NOT NULL,
    duration_ms integer NOT NULL,
    readings integer DEFAULT 0 NOT NULL
);

COMMENT ON TABLE flows.meter_sync_status IS 'How each metric''s last read of each meter went';

COMMENT ON COLUMN flows.meter_sync_status.readings IS 'Values that the last successful read brought';

CREATE TABLE flows.meter_tophat_registry (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    meter uuid NOT NULL,
    serial text,
    emnify_id integer,
    ip_address inet,
    iccid text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE flows.meter_tophat_registry IS 'Communication modules fitted on top of meters';

CREATE TABLE flows.meter_voltage (
    meter_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    voltage numeric NOT NULL
);

CREATE VIEW flows.meters_clock_drift WITH (security_invoker='true') AS
 SELECT meter.id,
    meter.serial,
    meter.name,
    esco.code AS esco,
    shadow.clock_time_diff_seconds,
    shadow.clock_time_diff_synced_at
   FROM ((flows.meter_registry meter
     JOIN flows.meter_shadows shadow ON ((shadow.id = meter.id)))
     JOIN flows.escos esco ON ((esco.id = meter.esco)))
  WHERE (abs(shadow.clock_time_diff_seconds) >= 60);

CREATE VIEW flows.meters_low_balance WITH (security_invoker='true') AS
 SELECT meter.id,
    meter.serial,
    meter.name,
    esco.code AS esco,
    shadow.balance,
    shadow.health,
    shadow.updated_at
   FROM ((flows.meter_registry meter
     JOIN flows.meter_shadows shadow ON ((shadow.id = meter.id)))
     JOIN flows.escos esco ON ((esco.id = meter.esco)))
  WHERE (meter.prepay_enabled AND (shadow.balance < (15)::numeric));

CREATE VIEW flows.meters_offline_all WITH (security_invoker='true') AS
 SELECT meter.id,
    meter.serial,
    meter.name,
    esco.code AS esco,
    shadow.last_healthy_at AS last_online,
    shadow.health_details
   FROM ((flows.meter_registry meter
     JOIN flows.meter_shadows shadow ON ((shadow.id = meter.id)))
     JOIN flows.escos esco ON ((esco.id = meter.esco)))
  WHERE ((meter.installation_status = 'enabled'::text) AND ((shadow.last_healthy_at IS NULL) OR (shadow.last_healthy_at < (now() - '03:00:00'::interval))));

CREATE VIEW flows.meters_offline_recently WITH (security_invoker='true') AS
 SELECT id,
    serial,
    name,
    esco,
    last_online,
    health_details
   FROM flows.meters_offline_all
  WHERE (last_online > (now() - '24:00:00'::interval));

CREATE SEQUENCE public.account_numbers
    START WITH 100001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.accounts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_number bigint DEFAULT nextval('public.account_numbers'::regclass) NOT NULL,
    property uuid NOT NULL,
    current_contract uuid,
    type text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    start_date date DEFAULT CURRENT_DATE NOT NULL,
    end_date date,
    name text,
    payment_method text DEFAULT 'direct_debit'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    payment_reference text GENERATED ALWAYS AS ((('RF'::text || lpad((((98)::numeric - ((((account_number)::numeric * (1000000)::numeric) + (271500)::numeric) % (97)::numeric)))::text, 2, '0'::text)) || (account_number)::text)) STORED NOT NULL,
    CONSTRAINT accounts_check CHECK ((end_date >= start_date)),
    CONSTRAINT accounts_payment_method_check CHECK ((payment_method = ANY (ARRAY['direct_debit'::text, 'bank_transfer'::text, 'card'::text, 'prepay'::text]))),
    CONSTRAINT accounts_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'open'::text, 'closed'::text]))),
    CONSTRAINT accounts_type_check CHECK ((type = ANY (ARRAY['supply'::text, 'solar'::text, 'ev'::text])))
);

COMMENT ON COLUMN public.accounts.start_date IS 'First local day that is billed';

COMMENT ON COLUMN public.accounts.end_date IS 'Last local day that is billed; null while the account runs';

COMMENT ON COLUMN public.accounts.payment_method IS 'prepay: the meter holds the balance and bills itself, so no invoice is made';

COMMENT ON COLUMN public.accounts.payment_reference IS 'What a transfer for the account is to name, with check digits (ISO 11649)';

CREATE TABLE public.gifts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    customer uuid NOT NULL,
    amount_pence integer NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    account uuid,
    idempotency_key text,
    CONSTRAINT gifts_amount_pence_check CHECK ((amount_pence > 0))
);

COMMENT ON COLUMN public.gifts.account IS 'The account that it lands on, for good; null: it becomes a top-up';

CREATE TABLE public.ledger_accounts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    account uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ledger_accounts_type_check CHECK ((type = ANY (ARRAY['asset'::text, 'liability'::text, 'income'::text, 'expense'::text])))
);

COMMENT ON COLUMN public.ledger_accounts.account IS 'The customer account of a receivable';

CREATE TABLE public.ledger_entries (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    entry_date date NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    description text NOT NULL,
    invoice uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ledger_entries_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'credit_note'::text, 'payment'::text, 'refund'::text, 'topup'::text, 'solar_credit'::text, 'gift'::text, 'write_off'::text])))
);

CREATE TABLE public.ledger_postings (
    id bigint NOT NULL,
    entry uuid NOT NULL,
    ledger_account uuid NOT NULL,
    amount_pence bigint NOT NULL,
    CONSTRAINT ledger_postings_amount_pence_check CHECK ((amount_pence <> 0))
);

COMMENT ON COLUMN public.ledger_postings.amount_pence IS 'Debit positive, credit negative; the postings of an entry sum to zero';

CREATE TABLE public.properties (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    plot text NOT NULL,
    description text,
    esco uuid NOT NULL,
    site uuid,
    supply_meter uuid,
    solar_meter uuid,
    owner uuid,
    tenure text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    mpan text,
    CONSTRAINT properties_mpan_check CHECK (
CASE
    WHEN (mpan ~ '^[0-9]{13}$'::text) THEN ((((((((((((((((substr(mpan, 1, 1))::integer * 3) + ((substr(mpan, 2, 1))::integer * 5)) + ((substr(mpan, 3, 1))::integer * 7)) + ((substr(mpan, 4, 1))::integer * 13)) + ((substr(mpan, 5, 1))::integer * 17)) + ((substr(mpan, 6, 1))::integer * 19)) + ((substr(mpan, 7, 1))::integer * 23)) + ((substr(mpan, 8, 1))::integer * 29)) + ((substr(mpan, 9, 1))::integer * 31)) + ((substr(mpan, 10, 1))::integer * 37)) + ((substr(mpan, 11, 1))::integer * 41)) + ((substr(mpan, 12, 1))::integer * 43)) % 11) % 10) = (substr(mpan, 13, 1))::integer)
    ELSE (mpan IS NULL)
END),
    CONSTRAINT properties_tenure_check CHECK ((tenure = ANY (ARRAY['separate_owner_and_occupier'::text, 'single_owner_occupier'::text, 'shared_ownership'::text])))
);

COMMENT ON COLUMN public.properties.owner IS 'Superseded by registered_proprietors, which knows several owners';

COMMENT ON COLUMN public.properties.mpan IS 'Number of the supply point where the home has one of its own: 13 digits, the last checks the others';

CREATE TABLE public.refunds (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    payment uuid,
    amount_pence integer NOT NULL,
    method text NOT NULL,
    reason text NOT NULL,
    paid_on date NOT NULL,
    recorded_by text DEFAULT flows.actor() NOT NULL,
    idempotency_key text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT refunds_amount_pence_check CHECK ((amount_pence > 0)),
    CONSTRAINT refunds_method_check CHECK ((method = ANY (ARRAY['card'::text, 'bank_transfer'::text, 'cheque'::text, 'cash'::text]))),
    CONSTRAINT refunds_reason_check CHECK ((reason <> ''::text))
);

COMMENT ON TABLE public.refunds IS 'Money that was paid back; can be added to, never changed';

COMMENT ON COLUMN public.refunds.payment IS 'The payment that it gives back; null: the account''s credit';

CREATE TABLE public.topups (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    meter uuid NOT NULL,
    amount_pence integer NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    source text NOT NULL,
    notes text,
    token text,
    reference text,
    acquired_at timestamp with time zone,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT topups_amount_pence_check CHECK ((amount_pence > 0)),
    CONSTRAINT topups_source_check CHECK ((source = ANY (ARRAY['payment'::text, 'gift'::text, 'solar_credit'::text, 'adjustment'::text]))),
    CONSTRAINT topups_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'wait_token_fetch'::text, 'wait_token_push'::text, 'completed'::text, 'failed_token_fetch'::text, 'failed_token_push'::text]))),
    CONSTRAINT topups_token_check CHECK ((token ~ '^[0-9]{20}$'::text))
);

COMMENT ON COLUMN public.topups.token IS 'The 20 digits that the meter takes as money';

CREATE TABLE public.topups_payments (
    topup_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.write_offs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    amount_pence integer NOT NULL,
    reason text NOT NULL,
    approved_by text NOT NULL,
    written_off_on date NOT NULL,
    recorded_by text DEFAULT flows.actor() NOT NULL,
    idempotency_key text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT write_offs_amount_pence_check CHECK ((amount_pence > 0)),
    CONSTRAINT write_offs_approved_by_check CHECK ((approved_by <> ''::text)),
    CONSTRAINT write_offs_reason_check CHECK ((reason <> ''::text))
);

COMMENT ON TABLE public.write_offs IS 'Debts that are given up; can be added to, never changed';

CREATE VIEW flows.money_events WITH (security_invoker='true') AS
 SELECT event.source,
    event.id,
    event.esco,
    event.kind,
    event.reference,
    event.description,
    COALESCE(event.happened_on, ((event.happened_at AT TIME ZONE esco.time_zone))::date) AS entry_date,
    (event.amount_pence)::bigint AS amount_pence,
    event.debit,
    event.debit_account,
    event.credit,
    event.credit_account
   FROM (( SELECT 'payments'::text AS source,
            payment.id,
            property.esco,
            'payment'::text AS kind,
            (payment.id)::text AS reference,
            COALESCE(payment.description, 'Payment'::text) AS description,
            payment.received_on AS happened_on,
            payment.updated_at AS happened_at,
            payment.amount_pence,
            'bank'::text AS debit,
            NULL::uuid AS debit_account,
            'receivable'::text AS credit,
            payment.account AS credit_account
           FROM ((public.payments payment
             JOIN public.accounts account ON ((account.id = payment.account)))
             JOIN public.properties property ON ((property.id = account.property)))
          WHERE ((payment.status = 'succeeded'::text) OR (payment.reversed_at IS NOT NULL))
        UNION ALL
         SELECT 'payments'::text,
            payment.id,
            property.esco,
            'payment'::text,
            (payment.id || ':reversal'::text),
            'Payment returned'::text,
            NULL::date,
            payment.reversed_at,
            payment.amount_pence,
            'receivable'::text,
            payment.account,
            'bank'::text,
            NULL::uuid
           FROM ((public.payments payment
             JOIN public.accounts account ON ((account.id = payment.account)))
             JOIN public.properties property ON ((property.id = account.property)))
          WHERE (payment.reversed_at IS NOT NULL)
        UNION ALL
         SELECT 'refunds'::text,
            refund.id,
            property.esco,
            'refund'::text,
            (refund.id)::text AS id,
            'Refund'::text,
            refund.paid_on,
            NULL::timestamp with time zone,
            refund.amount_pence,
            'receivable'::text,
            refund.account,
            'bank'::text,
            NULL::uuid
           FROM ((public.refunds refund
             JOIN public.accounts account ON ((account.id = refund.account)))
             JOIN public.properties property ON ((property.id = account.property)))
        UNION ALL
         SELECT 'write_offs'::text,
            write_off.id,
            property.esco,
            'write_off'::text,
            (write_off.id)::text AS id,
            'Written off'::text,
            write_off.written_off_on,
            NULL::timestamp with time zone,
            write_off.amount_pence,
            'bad_debts'::text,
            NULL::uuid,
            'receivable'::text,
            write_off.account
           FROM ((public.write_offs write_off
             JOIN public.accounts account ON ((account.id = write_off.account)))
             JOIN public.properties property ON ((property.id = account.property)))
        UNION ALL
         SELECT 'gifts'::text,
            gift.id,
            property.esco,
            'gift'::text,
            (gift.id)::text AS id,
            concat_ws(': '::text, 'Gift', gift.reason) AS concat_ws,
            NULL::date,
            gift.updated_at,
            gift.amount_pence,
            'gifts'::text,
            NULL::uuid,
            'receivable'::text,
            gift.account
           FROM ((public.gifts gift
             JOIN public.accounts account ON ((account.id = gift.account)))
             JOIN public.properties property ON ((property.id = account.property)))
        UNION ALL
         SELECT 'topups'::text,
            topup.id,
            meter.esco,
            'topup'::text,
            (topup.id)::text AS id,
            ('Top-up of meter '::text || meter.serial),
            NULL::date,
            COALESCE(topup.used_at, topup.updated_at) AS "coalesce",
            topup.amount_pence,
                CASE topup.source
                    WHEN 'gift'::text THEN 'gifts'::text
                    WHEN 'solar_credit'::text THEN 'solar_credits'::text
                    WHEN 'adjustment'::text THEN 'adjustments'::text
                    ELSE
                    CASE
                        WHEN (payment.id IS NULL) THEN 'bank'::text
                        ELSE 'receivable'::text
                    END
                END AS "case",
            payment.account,
            'meter_credit'::text,
            NULL::uuid
           FROM (((public.topups topup
             JOIN flows.meter_registry meter ON ((meter.id = topup.meter)))
             LEFT JOIN public.topups_payments link ON (((link.topup_id = topup.id) AND (topup.source = 'payment'::text))))
             LEFT JOIN public.payments payment ON ((payment.id = link.payment_id)))
          WHERE (topup.status = 'completed'::text)
        UNION ALL
         SELECT 'topups_payments'::text,
            topup.id,
            meter.esco,
            'topup'::text,
            (topup.id || ':payment'::text),
            ('Top-up of meter '::text || meter.serial),
            NULL::date,
            link.created_at,
            topup.amount_pence,
            'receivable'::text,
            payment.account,
            'bank'::text,
            NULL::uuid
           FROM (((public.topups_payments link
             JOIN public.topups topup ON (((topup.id = link.topup_id) AND (topup.source = 'payment'::text))))
             JOIN public.payments payment ON ((payment.id = link.payment_id)))
             JOIN flows.meter_registry meter ON ((meter.id = topup.meter)))
          WHERE ((topup.status = 'completed'::text) AND (EXISTS ( SELECT
                   FROM ((public.ledger_entries entry
                     JOIN public.ledger_postings posting ON ((posting.entry = entry.id)))
                     JOIN public.ledger_accounts ledger ON ((ledger.id = posting.ledger_account)))
                  WHERE ((entry.kind = 'topup'::text) AND (entry.reference = (topup.id)::text) AND (ledger.code = 'bank'::text)))))) event
     JOIN flows.escos esco ON ((esco.id = event.esco)));

COMMENT ON VIEW flows.money_events IS 'Every event that has to stand in the ledger, but invoices and credit notes, with the two postings that it makes';

CREATE TABLE flows.money_requests (
    account uuid NOT NULL,
    key text NOT NULL,
    request jsonb NOT NULL,
    made uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT money_requests_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);

COMMENT ON TABLE flows.money_requests IS 'What money was asked to be recorded with an idempotency key: asked again with it, it is the same request or refused';

COMMENT ON COLUMN flows.money_requests.request IS 'The caller, what was to be recorded, and everything that was said of it';

COMMENT ON COLUMN flows.money_requests.made IS 'The payment, refund, write-off or gift';

CREATE TABLE flows.outbox (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    service text NOT NULL,
    job text NOT NULL,
    arguments jsonb DEFAULT '[]'::jsonb NOT NULL,
    key text,
    request_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    lease_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    failed_at timestamp with time zone,
    CONSTRAINT outbox_arguments_check CHECK ((jsonb_typeof(arguments) = 'array'::text))
);

COMMENT ON TABLE flows.outbox IS 'Jobs to run: written with the change that causes them, deleted when they are done';

COMMENT ON COLUMN flows.outbox.key IS 'Unique among the undone jobs of a kind: the same work is not queued twice';

CREATE TABLE flows.own_meter_metrics (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    notes text,
    enabled boolean DEFAULT true NOT NULL,
    run_frequency text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT own_meter_metrics_run_frequency_check CHECK ((run_frequency = ANY (ARRAY['hourly'::text, '12hourly'::text, 'daily'::text])))
);

COMMENT ON TABLE flows.own_meter_metrics IS 'What Flows alone reads from every meter, and how often: names that no other program knows';

CREATE TABLE flows.properties (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    plot text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE flows.properties IS 'Homes and units as the network knows them; kept in step with public.properties';

CREATE TABLE flows.properties_service_head (
    property uuid NOT NULL,
    service_head uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE flows.recoveries (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    redirect_to text
);

COMMENT ON TABLE flows.recoveries IS 'Password recoveries that were asked for; the token is kept as its SHA-256 and works once';

CREATE TABLE flows.refresh_tokens (
    token_hash bytea NOT NULL,
    session uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    logged_in_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE flows.refresh_tokens IS 'One row a token given, kept as its SHA-256; each works once and brings the session''s next';

COMMENT ON COLUMN flows.refresh_tokens.logged_in_at IS 'When the session began';

CREATE TABLE flows.regions (
    code text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE flows.regions IS 'Electricity distribution regions of Great Britain, by the letter of their grid supply point group';

CREATE TABLE flows.register_counts (
    register_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    kwh numeric NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT kwh_from_0_to_1000000000 CHECK (((kwh >= (0)::numeric) AND (kwh <= (1000000000)::numeric))),
    CONSTRAINT register_counts_kwh_check CHECK ((kwh >= (0)::numeric))
);

COMMENT ON TABLE flows.register_counts IS 'What a register had counted at the ends of a gap in its half hours, in kWh: the energy that the gap holds';

CREATE TABLE flows.register_export (
    register_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    read numeric NOT NULL,
    CONSTRAINT read_from_0_to_1000000000 CHECK (((read >= (0)::numeric) AND (read <= (1000000000)::numeric)))
);

COMMENT ON TABLE flows.register_export IS 'Cumulative export in kWh, a row a sync, made when a shadow is updated';

CREATE VIEW flows.register_export_missing WITH (security_invoker='true') AS
 SELECT register.register_id,
    calendar.day AS date,
    1 AS expected,
    0 AS found,
    1 AS missing
   FROM (((flows.meter_registers register
     JOIN flows.meter_registry meter ON ((meter.id = register.meter_id)))
     JOIN flows.escos esco ON ((esco.id = meter.esco)))
     JOIN flows.calendar_days calendar ON (((calendar.time_zone = esco.time_zone) AND (calendar.starts_at >= register.start_time) AND (calendar.starts_at < COALESCE(register.end_time, 'infinity'::timestamp with time zone)) AND (calendar.ends_at <= now()))))
  WHERE (NOT (EXISTS ( SELECT
           FROM flows.register_export history
          WHERE ((history.register_id = register.register_id) AND (history."timestamp" >= calendar.starts_at) AND (history."timestamp" < calendar.ends_at)))));

CREATE TABLE flows.register_import (
    register_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    read numeric NOT NULL,
    CONSTRAINT read_from_0_to_1000000000 CHECK (((read >= (0)::numeric) AND (read <= (1000000000)::numeric)))
);

COMMENT ON TABLE flows.register_import IS 'Cumulative import in kWh, a row a sync, made when a shadow is updated';

CREATE VIEW flows.register_import_missing WITH (security_invoker='true') AS
 SELECT register.register_id,
    calendar.day AS date,
    1 AS expected,
    0 AS found,
    1 AS missing
   FROM (((flows.meter_registers register
     JOIN flows.meter_registry meter ON ((meter.id = register.meter_id)))
     JOIN flows.escos esco ON ((esco.id = meter.esco)))
     JOIN flows.calendar_days calendar ON (((calendar.time_zone = esco.time_zone) AND (calendar.starts_at >= register.start_time) AND (calendar.starts_at < COALESCE(register.end_time, 'infinity'::timestamp with time zone)) AND (calendar.ends_at <= now()))))
  WHERE (NOT (EXISTS ( SELECT
           FROM flows.register_import history
          WHERE ((history.register_id = register.register_id) AND (history."timestamp" >= calendar.starts_at) AND (history."timestamp" < calendar.ends_at)))));

CREATE TABLE flows.register_interval_bands (
    register_id uuid NOT NULL,
    profile uuid NOT NULL,
    day date NOT NULL,
    band text NOT NULL,
    kwh numeric NOT NULL,
    intervals smallint NOT NULL
);

COMMENT ON TABLE flows.register_interval_bands IS 'Half hours summed by local day and band; a day goes when its half hours change, and is summed again';

CREATE TABLE flows.register_interval_flags (
    register_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    rule text NOT NULL,
    kwh numeric NOT NULL,
    details text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT timestamp_is_a_half_hour CHECK (((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", '2000-01-01 00:00:00+00'::timestamp with time zone) = "timestamp")) OR flows.refuse_off_the_clock("timestamp")))
);

COMMENT ON TABLE flows.register_interval_flags IS 'Half hours that validation finds wrong, by rule; of a rule about a span, the first half hour of it';

COMMENT ON COLUMN flows.register_interval_flags.kwh IS 'The value that was found, of the half hour or the span';

CREATE VIEW flows.register_interval_hh_missing WITH (security_invoker='true') AS
 SELECT day.register_id,
    day.day AS date,
    day.expected,
    COALESCE((daily.intervals)::integer, 0) AS found,
    (day.expected - COALESCE((daily.intervals)::integer, 0)) AS missing
   FROM (( SELECT register.register_id,
            calendar.day,
            ((ceil((EXTRACT(epoch FROM LEAST(calendar.ends_at, register.end_time)) / (1800)::numeric)) - ceil((EXTRACT(epoch FROM GREATEST(calendar.starts_at, register.start_time)) / (1800)::numeric))))::integer AS expected
           FROM (((flows.meter_registers register
             JOIN flows.meter_registry meter ON ((meter.id = register.meter_id)))
             JOIN flows.escos esco ON ((esco.id = meter.esco)))
             JOIN flows.calendar_days calendar ON (((calendar.time_zone = esco.time_zone) AND (calendar.ends_at > register.start_time) AND (calendar.starts_at < COALESCE(register.end_time, 'infinity'::timestamp with time zone)) AND (calendar.ends_at <= now()))))) day
     LEFT JOIN flows.register_interval_daily daily ON (((daily.register_id = day.register_id) AND (daily.day = day.day))))
  WHERE (day.expected > COALESCE((daily.intervals)::integer, 0));

COMMENT ON VIEW flows.register_interval_hh_missing IS 'Whole local days of a register in which half hours are missing';

CREATE TABLE flows.register_interval_missing_reasons (
    register_id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tries integer DEFAULT 1 NOT NULL,
    CONSTRAINT timestamp_is_a_half_hour CHECK (((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", '2000-01-01 00:00:00+00'::timestamp with time zone) = "timestamp")) OR flows.refuse_off_the_clock("timestamp")))
);

COMMENT ON TABLE flows.register_interval_missing_reasons IS 'Half hours that a meter answered for without a reading, and why; gone when a reading comes';

COMMENT ON COLUMN flows.register_interval_missing_reasons.tries IS 'How often the meter answered so';

CREATE TABLE flows.seals (
    kind text NOT NULL,
    subject uuid NOT NULL,
    esco uuid NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL,
    made_in bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT seals_kind_check CHECK ((kind = ANY (ARRAY['invoice'::text, 'lines'::text, 'credit_note'::text, 'document'::text])))
);

COMMENT ON TABLE flows.seals IS 'Digests of what was issued, made by the database as it is stored: whatever is changed, removed or added past it no longer agrees';

COMMENT ON COLUMN flows.seals.subject IS 'The invoice, also of its lines, the credit note or the document';

COMMENT ON COLUMN flows.seals.name IS 'The number, or the document''s file name: said of what is gone';

COMMENT ON COLUMN flows.seals.made_in IS 'The transaction that issued it: lines are added in no other';

CREATE TABLE flows.service_head_meter (
    service_head uuid NOT NULL,
    meter uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE flows.service_head_registry (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    feeder uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    phase smallint,
    fuse_rating integer,
    type text,
    CONSTRAINT fuse_rating_from_1_to_10000 CHECK (((fuse_rating >= 1) AND (fuse_rating <= 10000))),
    CONSTRAINT service_head_registry_phase_check CHECK (((phase >= 1) AND (phase <= 3))),
    CONSTRAINT service_head_registry_type_check CHECK ((type = ANY (ARRAY['customer_owned'::text, 'network_owned'::text])))
);

CREATE TABLE public.correction_decisions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    invoice uuid NOT NULL,
    reason text NOT NULL,
    approved_by text NOT NULL,
    recorded_by text DEFAULT flows.actor() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT correction_decisions_approved_by_check CHECK ((approved_by <> ''::text)),
    CONSTRAINT correction_decisions_reason_check CHECK ((reason <> ''::text))
);

COMMENT ON TABLE public.correction_decisions IS 'Invoices that are left as they are, though they would be others today: until something of them changes again';

CREATE VIEW flows.settled_invoices WITH (security_invoker='true') AS
 SELECT invoice
   FROM public.correction_decisions decision
  GROUP BY invoice
 HAVING (NOT (EXISTS ( SELECT
           FROM flows.invoice_changes change
          WHERE ((change.invoice = decision.invoice) AND (change.noted_at > max(decision.created_at))))));

COMMENT ON VIEW flows.settled_invoices IS 'Invoices that a person leaves as they are, of which nothing changed since';

CREATE TABLE flows.sites_new (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    code text NOT NULL,
    esco uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE flows.sites_new IS 'Meters behind one boundary settlement meter';

CREATE VIEW public.account_balances WITH (security_invoker='true') AS
 SELECT receivable.account,
    (COALESCE(sum(posting.amount_pence), (0)::numeric))::bigint AS balance_pence
   FROM (public.ledger_accounts receivable
     LEFT JOIN public.ledger_postings posting ON ((posting.ledger_account = receivable.id)))
  WHERE (receivable.account IS NOT NULL)
  GROUP BY receivable.account;

COMMENT ON VIEW public.account_balances IS 'What each account owes; negative: in credit';

CREATE TABLE public.account_closings (
    account uuid NOT NULL,
    last_day date NOT NULL,
    requested_by text NOT NULL,
    refund_pence integer,
    next_account uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_closings_refund_pence_check CHECK ((refund_pence > 0))
);

COMMENT ON TABLE public.account_closings IS 'Move-outs; the final bill is the one that ends with last_day';

COMMENT ON COLUMN public.account_closings.refund_pence IS 'Credit that was left after the final bill, and is paid back';

COMMENT ON COLUMN public.account_closings.next_account IS 'Who is billed for the home from the next day on';

CREATE TABLE public.account_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    history_type text NOT NULL,
    event_timestamp timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_events_history_type_check CHECK ((history_type = ANY (ARRAY['open'::text, 'close'::text, 'friendly_start'::text, 'friendly_end'::text])))
);

CREATE VIEW public.account_statements WITH (security_invoker='true') AS
 SELECT posting.id,
    receivable.account,
    entry.entry_date,
    entry.kind,
    entry.reference,
    entry.description,
    entry.invoice,
    posting.amount_pence,
    (sum(posting.amount_pence) OVER (PARTITION BY receivable.account ORDER BY posting.id))::bigint AS balance_pence,
    entry.created_at
   FROM ((public.ledger_postings posting
     JOIN public.ledger_entries entry ON ((entry.id = posting.entry)))
     JOIN public.ledger_accounts receivable ON ((receivable.id = posting.ledger_account)))
  WHERE (receivable.account IS NOT NULL);

COMMENT ON VIEW public.account_statements IS 'What was charged, paid and credited to each account, in the order in which it was posted';

COMMENT ON COLUMN public.account_statements.amount_pence IS 'Positive: charged; negative: paid or credited';

COMMENT ON COLUMN public.account_statements.balance_pence IS 'Owed after this line; negative: in credit';

CREATE TABLE public.account_suppliers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    valid_from date NOT NULL,
    supplier text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_suppliers_supplier_check CHECK ((supplier <> ''::text))
);

COMMENT ON TABLE public.account_suppliers IS 'Who supplies an account from a day until the next row: another supplier, or (null) the community, as without a row';

CREATE TABLE public.api_keys (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    hint text NOT NULL,
    role text NOT NULL,
    scopes text[] NOT NULL,
    esco uuid,
    created_by uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_keys_check CHECK (((role = 'admin'::text) OR (esco IS NULL))),
    CONSTRAINT api_keys_name_check CHECK ((name <> ''::text)),
    CONSTRAINT api_keys_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'service'::text, 'reporting'::text]))),
    CONSTRAINT api_keys_scopes_check CHECK ((array_to_string(scopes, ' '::text) ~ '^(read|write(:\w+(\.\w+)?)?)( (read|write(:\w+(\.\w+)?)?))*$'::text)),
    CONSTRAINT ends_within_three_years CHECK ((expires_at <= (created_at + '1098 days'::interval)))
);

COMMENT ON TABLE public.api_keys IS 'Keys of programs: each acts for the admin who made it, within its role, community and scopes';

COMMENT ON COLUMN public.api_keys.hint IS 'The first characters of the key, to know it by';

COMMENT ON COLUMN public.api_keys.scopes IS 'read, write, write:SCHEMA or write:SCHEMA.TABLE; every key reads what its role sees';

COMMENT ON COLUMN public.api_keys.esco IS 'The only community that the key reaches; null: all of its maker''s';

CREATE TABLE public.back_bill_exceptions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    reason text NOT NULL,
    approved_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT back_bill_exceptions_approved_by_check CHECK ((approved_by <> ''::text)),
    CONSTRAINT back_bill_exceptions_check CHECK ((period_end > period_start)),
    CONSTRAINT back_bill_exceptions_reason_check CHECK ((reason <> ''::text))
);

COMMENT ON TABLE public.back_bill_exceptions IS 'Days of an account that may be charged for however old they are, such as where the customer kept the meter from being read';

CREATE TABLE public.benchmark_tariffs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    region text NOT NULL,
    period_start date NOT NULL,
    payment_method text DEFAULT 'direct_debit'::text NOT NULL,
    rate_type text DEFAULT 'single'::text NOT NULL,
    unit_rate numeric(10,5) NOT NULL,
    standing_charge numeric(10,5) NOT NULL,
    includes_vat boolean DEFAULT true NOT NULL,
    source text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT benchmark_tariffs_payment_method_check CHECK ((payment_method = ANY (ARRAY['direct_debit'::text, 'standard_credit'::text, 'prepay'::text]))),
    CONSTRAINT benchmark_tariffs_rate_type_check CHECK ((rate_type = ANY (ARRAY['single'::text, 'multi'::text]))),
    CONSTRAINT benchmark_tariffs_standing_charge_check CHECK ((standing_charge >= (0)::numeric)),
    CONSTRAINT benchmark_tariffs_unit_rate_check CHECK ((unit_rate >= (0)::numeric)),
    CONSTRAINT standing_charge_from_0_to_10000 CHECK (((standing_charge >= (0)::numeric) AND (standing_charge <= (10000)::numeric))),
    CONSTRAINT unit_rate_from_0_to_10000 CHECK (((unit_rate >= (0)::numeric) AND (unit_rate <= (10000)::numeric)))
);

CREATE TABLE public.bill_holds (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    month date NOT NULL,
    reason text NOT NULL,
    details text NOT NULL,
    release_reason text,
    released_by text,
    released_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT bill_holds_check CHECK ((num_nonnulls(release_reason, released_by, released_at) = ANY (ARRAY[0, 3]))),
    CONSTRAINT bill_holds_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT bill_holds_reason_check CHECK ((reason = ANY (ARRAY['spike'::text, 'reads_differ'::text, 'closing_read_differs'::text]))),
    CONSTRAINT bill_holds_release_reason_check CHECK ((release_reason <> ''::text))
);

COMMENT ON TABLE public.bill_holds IS 'Bills that wait for a person: why, and who released them. What is found later, and was not seen then, holds again';

COMMENT ON COLUMN public.bill_holds.release_reason IS 'Set by whoever releases the bill; who and when follow by themselves';

CREATE TABLE public.billing_run_accounts (
    run uuid NOT NULL,
    account uuid NOT NULL,
    outcome text NOT NULL,
    reason text,
    details text,
    invoice uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT billing_run_accounts_check CHECK (((outcome = 'billed'::text) = (invoice IS NOT NULL))),
    CONSTRAINT billing_run_accounts_check1 CHECK (((outcome = 'billed'::text) OR (reason IS NOT NULL))),
    CONSTRAINT billing_run_accounts_outcome_check CHECK ((outcome = ANY (ARRAY['billed'::text, 'skipped'::text, 'failed'::text])))
);

COMMENT ON COLUMN public.billing_run_accounts.reason IS 'Machine''s code, such as no_tariff; details says it to a person';

CREATE TABLE public.billing_runs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    month date NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    requested_by text NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    accounts integer DEFAULT 0 NOT NULL,
    billed integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT billing_runs_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT billing_runs_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'completed'::text, 'failed'::text])))
);

COMMENT ON TABLE public.billing_runs IS 'One run a community and month: asked for again, it goes on with the accounts not billed yet';

COMMENT ON COLUMN public.billing_runs.accounts IS 'Accounts that the run looks at; billed + skipped + failed of them have an outcome';

CREATE VIEW public.circuit_meter WITH (security_invoker='true') AS
 SELECT link.circuit AS circuit_id,
    register.meter_id,
    min(link.created_at) AS created_at,
    max(link.updated_at) AS updated_at
   FROM (flows.circuit_register link
     JOIN flows.meter_registers register ON ((register.register_id = link.register)))
  GROUP BY link.circuit, register.meter_id;

CREATE VIEW public.circuits WITH (security_invoker='true') AS
 SELECT id,
    type,
    name,
    created_at,
    updated_at
   FROM flows.circuits;

CREATE TABLE public.closing_reads (
    account uuid NOT NULL,
    register uuid NOT NULL,
    read numeric NOT NULL,
    source text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT closing_reads_read_check CHECK ((read >= (0)::numeric)),
    CONSTRAINT closing_reads_source_check CHECK ((source = ANY (ARRAY['meter'::text, 'customer'::text, 'estimated'::text]))),
    CONSTRAINT read_from_0_to_1000000000 CHECK (((read >= (0)::numeric) AND (read <= (1000000000)::numeric)))
);

COMMENT ON TABLE public.closing_reads IS 'What a home''s registers had counted in kWh at the end of an account''s last day, and who says so';

COMMENT ON COLUMN public.closing_reads.source IS 'estimated: half hours since the meter''s last reading were estimated';

CREATE TABLE public.contract_signatures (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    contract uuid NOT NULL,
    customer uuid NOT NULL,
    signed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.contract_signatures IS 'One row a signer; signed_at is null until they sign';

CREATE TABLE public.contract_terms (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    version text NOT NULL,
    type text NOT NULL,
    subtype text,
    summary_text text,
    short_description text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contract_terms_subtype_check CHECK ((subtype = ANY (ARRAY['thirty_year'::text, 'short_term'::text]))),
    CONSTRAINT contract_terms_type_check CHECK ((type = ANY (ARRAY['supply'::text, 'solar'::text, 'ev'::text])))
);

CREATE TABLE public.contract_terms_esco (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    terms uuid NOT NULL,
    esco uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.contracts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid,
    terms uuid,
    type text NOT NULL,
    effective_date date,
    end_date date,
    signatures_required integer DEFAULT 1 NOT NULL,
    signed boolean DEFAULT false NOT NULL,
    signed_contract_url text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contracts_check CHECK ((end_date >= effective_date)),
    CONSTRAINT contracts_signatures_required_check CHECK ((signatures_required >= 0)),
    CONSTRAINT contracts_type_check CHECK ((type = ANY (ARRAY['supply'::text, 'solar'::text, 'ev'::text])))
);

COMMENT ON COLUMN public.contracts.esco IS 'Where it is not given: the community of its first account';

COMMENT ON COLUMN public.contracts.signed IS 'True once as many signatures are there as required; kept by the database';

CREATE TABLE public.corporate_bodies (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid,
    name text NOT NULL,
    company_number text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON COLUMN public.corporate_bodies.esco IS 'Where it is not given: the community of the first home that it owns';

CREATE VIEW public.corrections_due WITH (security_invoker='true') AS
 SELECT esco,
    account,
    customer,
    invoice,
    number,
    cause,
    noted_at,
    line,
    register,
    band,
    period_start,
    period_end,
    billed_kwh,
    billed_intervals,
    kwh,
    intervals
   FROM flows.invoice_differences differs
  WHERE (NOT (EXISTS ( SELECT
           FROM flows.settled_invoices settled
          WHERE (settled.invoice = differs.invoice))));

COMMENT ON VIEW public.corrections_due IS 'Issued invoices that would be others today, and why: by line where readings changed, by invoice otherwise; not those that a person leaves as they are';

CREATE TABLE public.customer_accounts (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    customer uuid NOT NULL,
    account uuid NOT NULL,
    role text NOT NULL,
    notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    start_date date,
    end_date date,
    CONSTRAINT customer_accounts_check CHECK ((end_date >= start_date)),
    CONSTRAINT customer_accounts_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'occupier'::text])))
);

COMMENT ON COLUMN public.customer_accounts.end_date IS 'Last day of the part; null: until further notice';

CREATE VIEW public.current_accounts WITH (security_invoker='true') AS
 SELECT DISTINCT ON (property, type) id,
    property,
    type,
    status,
    account_number,
    current_contract,
    start_date,
    end_date,
    ( SELECT role.customer
           FROM public.customer_accounts role
          WHERE ((role.account = account.id) AND (role.role = 'owner'::text))
          ORDER BY role.created_at, role.id
         LIMIT 1) AS owner,
    ( SELECT role.customer
           FROM public.customer_accounts role
          WHERE ((role.account = account.id) AND (role.role = 'occupier'::text))
          ORDER BY role.created_at, role.id
         LIMIT 1) AS occupier
   FROM public.accounts account
  ORDER BY property, type, (status = 'open'::text) DESC, (status = 'pending'::text) DESC, start_date DESC, id;

CREATE TABLE public.customer_corporate_bodies (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    customer uuid NOT NULL,
    corporate_body uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.customer_corporate_bodies IS 'Members who act for a corporate body';

CREATE TABLE public.customer_invites (
    invite_token uuid DEFAULT gen_random_uuid() NOT NULL,
    customer uuid NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '7 days'::interval) NOT NULL,
    accessed_at timestamp with time zone,
    invite_url text,
    status text DEFAULT 'pending'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    mailed_token uuid,
    CONSTRAINT customer_invites_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'accepted'::text, 'expired'::text])))
);

COMMENT ON COLUMN public.customer_invites.invite_token IS 'Given plain by the insert alone; kept as its seal';

COMMENT ON COLUMN public.customer_invites.invite_url IS 'The page that the mail''s link leads to, without the token';

COMMENT ON COLUMN public.customer_invites.mailed_token IS 'The seal of the token that the mail holds';

CREATE TABLE public.customers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid,
    fullname text NOT NULL,
    email text,
    phone text,
    language text DEFAULT 'en'::text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    exiting boolean DEFAULT false NOT NULL,
    confirmed_details_at timestamp with time zone,
    allow_onboard_transition boolean DEFAULT false NOT NULL,
    has_payment_method boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT customers_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'preonboarding'::text, 'onboarding'::text, 'prelive'::text, 'live'::text, 'exiting'::text, 'archived'::text])))
);

COMMENT ON COLUMN public.customers.esco IS 'Where it is not given: the community of the first account or home';

COMMENT ON COLUMN public.customers.status IS 'Derived by customer_status(); kept by triggers, what is written here is replaced';

CREATE TABLE public.meters (
    id uuid NOT NULL,
    serial text NOT NULL,
    wallet uuid,
    prepay_enabled boolean DEFAULT false NOT NULL,
    balance numeric,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.meters IS 'The business view of flows.meter_registry and its shadow, kept in step by the database';

CREATE VIEW public.supply_payers WITH (security_invoker='true') AS
 SELECT property.id AS property,
    property.esco,
    property.supply_meter AS meter,
    meter.serial,
    account.id AS account,
    COALESCE(account.occupier, account.owner) AS customer,
        CASE
            WHEN (account.occupier IS NULL) THEN 'owner'::text
            ELSE 'occupier'::text
        END AS role
   FROM ((public.properties property
     JOIN public.meters meter ON ((meter.id = property.supply_meter)))
     JOIN public.current_accounts account ON (((account.property = property.id) AND (account.type = 'supply'::text))))
  WHERE ((account.status <> 'closed'::text) AND (COALESCE(account.occupier, account.owner) IS NOT NULL));

CREATE VIEW public.customer_supply_status WITH (security_invoker='true') AS
 SELECT customer.id AS customer,
    customer.fullname,
    customer.email,
    customer.status,
    supply.property,
    property.plot,
    supply.account,
    account.account_number,
    account.status AS account_status,
    supply.meter AS supply_meter,
    supply.serial,
    shadow.health,
    shadow.last_healthy_at,
    meter.prepay_enabled,
    meter.balance
   FROM (((((public.customers customer
     LEFT JOIN public.supply_payers supply ON ((supply.customer = customer.id)))
     LEFT JOIN public.properties property ON ((property.id = supply.property)))
     LEFT JOIN public.accounts account ON ((account.id = supply.account)))
     LEFT JOIN public.meters meter ON ((meter.id = supply.meter)))
     LEFT JOIN flows.meter_shadows shadow ON ((shadow.id = supply.meter)));

CREATE TABLE public.direct_debit_mandates (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account uuid NOT NULL,
    reference text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    valid_from date DEFAULT CURRENT_DATE NOT NULL,
    valid_to date,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT direct_debit_mandates_check CHECK ((valid_to >= valid_from)),
    CONSTRAINT direct_debit_mandates_reference_check CHECK ((reference <> ''::text)),
    CONSTRAINT direct_debit_mandates_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'active'::text, 'cancelled'::text, 'failed'::text])))
);

COMMENT ON TABLE public.direct_debit_mandates IS 'Whether an account may be collected from: only an active one lets a bill say so';

COMMENT ON COLUMN public.direct_debit_mandates.valid_to IS 'Last day on which it may be used; null: it runs on';

CREATE VIEW public.escos WITH (security_invoker='true') AS
 SELECT id,
    name,
    code,
    app_url,
    region,
    created_at,
    updated_at
   FROM flows.escos;

CREATE TABLE public.invoice_reads (
    invoice uuid NOT NULL,
    register uuid NOT NULL,
    serial text NOT NULL,
    element text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    opening_read numeric,
    opening_source text,
    closed_at timestamp with time zone NOT NULL,
    closing_read numeric,
    closing_source text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT invoice_reads_check CHECK ((closed_at >= opened_at)),
    CONSTRAINT invoice_reads_check1 CHECK (((opening_read IS NULL) = (opening_source IS NULL))),
    CONSTRAINT invoice_reads_check2 CHECK (((closing_read IS NULL) = (closing_source IS NULL))),
    CONSTRAINT invoice_reads_closing_source_check CHECK ((closing_source = ANY (ARRAY['meter'::text, 'customer'::text, 'estimated'::text]))),
    CONSTRAINT invoice_reads_opening_source_check CHECK ((opening_source = ANY (ARRAY['meter'::text, 'customer'::text, 'estimated'::text])))
);

COMMENT ON TABLE public.invoice_reads IS 'What the meters of an invoice had counted in kWh where its days begin and end, as known when it was issued; never changed';

COMMENT ON COLUMN public.invoice_reads.opening_read IS 'Null: the register was never read';

CREATE TABLE public.invoice_series (
    esco uuid NOT NULL,
    prefix text NOT NULL,
    last_number integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    last_credit_note integer DEFAULT 0 NOT NULL
);

COMMENT ON TABLE public.invoice_series IS 'Numbers without gaps: the row is locked while a run takes numbers from it';

COMMENT ON COLUMN public.invoice_series.last_credit_note IS 'Credit notes have numbers of their own, without gaps too';

ALTER TABLE public.ledger_postings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.ledger_postings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.messages (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    customer uuid NOT NULL,
    event text NOT NULL,
    channel text NOT NULL,
    template text NOT NULL,
    recipient text,
    subject text,
    invoice uuid,
    status text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    sent_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    credit_note uuid,
    CONSTRAINT messages_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'undeliverable'::text])))
);

COMMENT ON TABLE public.messages IS 'One message an event, customer and channel';

COMMENT ON COLUMN public.messages.event IS 'What it is about, such as invoice_issued:WLCE-000001';

COMMENT ON COLUMN public.messages.status IS 'undeliverable: there is no address, last_error says so; failed: given up after the last try';

CREATE VIEW public.supply_tariffs WITH (security_invoker='true') AS
 SELECT supply.meter,
    supply.serial,
    supply.esco,
    supply.customer,
    tariff.period_start,
    (trunc((tariff.computed_unit_rate * ((1)::numeric + vat.rate)), 5))::numeric(10,5) AS computed_unit_rate,
    (trunc((COALESCE(tariff.computed_unit_rate_b, tariff.computed_unit_rate) * ((1)::numeric + vat.rate)), 5))::numeric(10,5) AS computed_unit_rate_b,
    (trunc((tariff.computed_standing_charge * ((1)::numeric + vat.rate)), 5))::numeric(10,5) AS computed_standing_charge
   FROM ((public.supply_payers supply
     JOIN LATERAL ( SELECT customer_tariffs.period_start,
            customer_tariffs.computed_unit_rate,
            customer_tariffs.computed_unit_rate_b,
            customer_tariffs.computed_standing_charge,
            customer_tariffs.includes_vat
           FROM public.customer_tariffs
          WHERE ((customer_tariffs.customer = supply.customer) AND (customer_tariffs.superseded_by IS NULL))
        UNION ALL
         SELECT community.period_start,
            community.computed_unit_rate,
            community.computed_unit_rate_b,
            community.computed_standing_charge,
            community.includes_vat
           FROM public.microgrid_tariffs community
          WHERE ((community.esco = supply.esco) AND (community.superseded_by IS NULL) AND (NOT (EXISTS ( SELECT
                   FROM public.customer_tariffs own
                  WHERE ((own.customer = supply.customer) AND (own.period_start <= community.period_start))))))) tariff ON (true))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN tariff.includes_vat THEN (0)::numeric
                    ELSE flows.supply_vat_rate(supply.property, supply.customer, supply.esco, tariff.period_start)
                END AS rate) vat);

COMMENT ON VIEW public.supply_tariffs IS 'Every price that a supply has had, has and will have, with VAT, each until the next one''s period_start';

CREATE VIEW public.meter_tariffs WITH (security_invoker='true') AS
 SELECT supply.meter AS meter_id,
    supply.serial,
    esco.code AS esco_code,
    supply.customer,
    tariff.period_start AS tariff_period_start,
    tariff.computed_unit_rate AS customer_unit_rate,
    tariff.computed_standing_charge AS customer_standing_charge,
    active.active_unit_rate_a,
    active.active_unit_rate_b,
    active.active_standing_charge,
    tariff.computed_unit_rate_b AS customer_unit_rate_b
   FROM (((public.supply_payers supply
     JOIN flows.escos esco ON ((esco.id = supply.esco)))
     JOIN flows.meter_shadows_tariffs active ON ((active.id = supply.meter)))
     LEFT JOIN LATERAL ( SELECT tariff_1.meter,
            tariff_1.serial,
            tariff_1.esco,
            tariff_1.customer,
            tariff_1.period_start,
            tariff_1.computed_unit_rate,
            tariff_1.computed_unit_rate_b,
            tariff_1.computed_standing_charge
           FROM public.supply_tariffs tariff_1
          WHERE ((tariff_1.meter = supply.meter) AND (tariff_1.period_start <= ((now() AT TIME ZONE esco.time_zone))::date))
          ORDER BY tariff_1.period_start DESC
         LIMIT 1) tariff ON (true));

CREATE VIEW public.meters_with_incorrect_tariffs WITH (security_invoker='true') AS
 SELECT meter_id,
    serial,
    esco_code,
    customer,
    tariff_period_start,
    customer_unit_rate,
    customer_standing_charge,
    active_unit_rate_a,
    active_unit_rate_b,
    active_standing_charge,
    customer_unit_rate_b
   FROM public.meter_tariffs
  WHERE ((tariff_period_start IS NOT NULL) AND (((customer_unit_rate IS DISTINCT FROM active_unit_rate_a) OR (customer_unit_rate_b IS DISTINCT FROM COALESCE(active_unit_rate_b, customer_unit_rate_b))) OR (customer_standing_charge IS DISTINCT FROM active_standing_charge)));

CREATE TABLE public.monthly_costs (
    customer_id uuid NOT NULL,
    month date NOT NULL,
    power numeric,
    heat numeric,
    standing_charge numeric,
    total numeric,
    microgrid_power numeric,
    microgrid_heat numeric,
    microgrid_standing_charge numeric,
    microgrid_total numeric,
    benchmark_power numeric,
    benchmark_heat numeric,
    benchmark_standing_charge numeric,
    benchmark_total numeric,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT monthly_costs_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);

COMMENT ON TABLE public.monthly_costs IS 'GBP: what was paid, and what it would have been at the community''s and at the benchmark price';

CREATE TABLE public.monthly_solar_credits (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    property_id uuid NOT NULL,
    month date NOT NULL,
    credit_pence integer NOT NULL,
    source_installation uuid NOT NULL,
    allocation_ratio numeric NOT NULL,
    scheduled_at timestamp with time zone,
    applied_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    invoice uuid,
    CONSTRAINT allocation_ratio_from_0_to_1 CHECK (((allocation_ratio >= (0)::numeric) AND (allocation_ratio <= (1)::numeric))),
    CONSTRAINT monthly_solar_credits_credit_pence_check CHECK ((credit_pence >= 0)),
    CONSTRAINT monthly_solar_credits_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);

COMMENT ON COLUMN public.monthly_solar_credits.invoice IS 'The invoice that it is a line of; null: not applied yet, or a top-up';

CREATE TABLE public.monthly_usage (
    circuit_id uuid NOT NULL,
    month date NOT NULL,
    kwh numeric NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT kwh_from_0_to_1000000000 CHECK (((kwh >= (0)::numeric) AND (kwh <= (1000000000)::numeric))),
    CONSTRAINT monthly_usage_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);

CREATE TABLE public.payment_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    payment uuid NOT NULL,
    event_type text NOT NULL,
    data jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.solar_installation (
    property uuid NOT NULL,
    mcs text,
    declared_net_capacity numeric NOT NULL,
    commissioning_date date NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT declared_net_capacity_from_0_to_100000 CHECK (((declared_net_capacity >= (0)::numeric) AND (declared_net_capacity <= (100000)::numeric))),
    CONSTRAINT solar_installation_declared_net_capacity_check CHECK ((declared_net_capacity > (0)::numeric))
);

COMMENT ON COLUMN public.solar_installation.declared_net_capacity IS 'kW';

CREATE VIEW public.property_solar_view WITH (security_invoker='true') AS
 SELECT property.id AS property_id,
    property.plot,
    property.description,
    property.esco,
    property.site,
    property.tenure,
    installation.mcs AS solar_mcs,
    installation.declared_net_capacity AS solar_declared_net_capacity,
    installation.commissioning_date AS solar_commissioning_date,
    account.id AS solar_account_id,
    account.account_number AS solar_account_number,
    account.status AS solar_account_status,
    contract.id AS solar_contract_id,
    contract.type AS solar_contract_type,
    contract.terms AS solar_contract_terms,
    contract.signed AS solar_signed,
    contract.effective_date AS solar_contract_effective_date,
    owner.fullname AS solar_owner,
    owner.email AS solar_owner_email,
    owner.status AS solar_owner_status,
    owner.updated_at AS solar_owner_updated_at,
    occupier.fullname AS solar_occupier,
    occupier.email AS solar_occupier_email,
    occupier.status AS solar_occupier_status,
    occupier.updated_at AS solar_occupier_updated_at
   FROM (((((public.properties property
     LEFT JOIN public.solar_installation installation ON ((installation.property = property.id)))
     LEFT JOIN public.current_accounts account ON (((account.property = property.id) AND (account.type = 'solar'::text))))
     LEFT JOIN public.contracts contract ON ((contract.id = account.current_contract)))
     LEFT JOIN public.customers owner ON ((owner.id = account.owner)))
     LEFT JOIN public.customers occupier ON ((occupier.id = account.occupier)))
  WHERE ((property.solar_meter IS NOT NULL) OR (installation.property IS NOT NULL) OR (account.id IS NOT NULL));

CREATE VIEW public.property_supply_view WITH (security_invoker='true') AS
 SELECT property.id AS property_id,
    property.plot,
    property.description,
    property.esco,
    property.site,
    property.tenure,
    account.id AS supply_account_id,
    account.account_number AS supply_account_number,
    account.status AS supply_account_status,
    contract.id AS supply_contract_id,
    contract.type AS supply_contract_type,
    contract.terms AS supply_contract_terms,
    contract.signed AS supply_signed,
    contract.effective_date AS supply_contract_effective_date,
    owner.fullname AS supply_owner,
    owner.email AS supply_owner_email,
    owner.status AS supply_owner_status,
    owner.updated_at AS supply_owner_updated_at,
    occupier.fullname AS supply_occupier,
    occupier.email AS supply_occupier_email,
    occupier.status AS supply_occupier_status,
    occupier.updated_at AS supply_occupier_updated_at,
    meter.prepay_enabled AS supply_prepay_enabled,
    meter.balance AS supply_meter_balance
   FROM (((((public.properties property
     LEFT JOIN public.meters meter ON ((meter.id = property.supply_meter)))
     LEFT JOIN public.current_accounts account ON (((account.property = property.id) AND (account.type = 'supply'::text))))
     LEFT JOIN public.contracts contract ON ((contract.id = account.current_contract)))
     LEFT JOIN public.customers owner ON ((owner.id = account.owner)))
     LEFT JOIN public.customers occupier ON ((occupier.id = account.occupier)));

CREATE TABLE public.rate_bands (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    profile uuid NOT NULL,
    "position" smallint NOT NULL,
    band text NOT NULL,
    days text[] DEFAULT '{weekday,weekend,holiday}'::text[] NOT NULL,
    starts_at time without time zone DEFAULT '00:00:00'::time without time zone NOT NULL,
    ends_at time without time zone DEFAULT '00:00:00'::time without time zone NOT NULL,
    season_start text,
    season_end text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rate_bands_band_check CHECK ((band <> ''::text)),
    CONSTRAINT rate_bands_check CHECK (((season_start IS NULL) = (season_end IS NULL))),
    CONSTRAINT rate_bands_days_check CHECK (((days <@ '{weekday,weekend,holiday}'::text[]) AND (days <> '{}'::text[]))),
    CONSTRAINT rate_bands_ends_at_check CHECK ((((EXTRACT(epoch FROM ends_at))::integer % 1800) = 0)),
    CONSTRAINT rate_bands_season_end_check CHECK ((season_end ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'::text)),
    CONSTRAINT rate_bands_season_start_check CHECK ((season_start ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'::text)),
    CONSTRAINT rate_bands_starts_at_check CHECK ((((EXTRACT(epoch FROM starts_at))::integer % 1800) = 0))
);

COMMENT ON TABLE public.rate_bands IS 'The first of a profile''s rows that matches a half hour names its band; where none does, it is in band "standard"';

COMMENT ON COLUMN public.rate_bands.ends_at IS 'Local time, not included; at or before starts_at: past midnight; 24:00 is kept as 00:00';

COMMENT ON COLUMN public.rate_bands.season_end IS 'MM-DD, included; before season_start: past the new year';

CREATE TABLE public.rate_profiles (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    name text NOT NULL,
    holidays text DEFAULT 'GB-ENG'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rate_profiles_holidays_check CHECK ((holidays ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'::text)),
    CONSTRAINT rate_profiles_name_check CHECK ((name <> ''::text))
);

COMMENT ON TABLE public.rate_profiles IS 'Times of use: which band each half hour of a community''s local time is in';

COMMENT ON COLUMN public.rate_profiles.holidays IS 'Country and part of it whose public holidays count, as the Python package holidays names them';

CREATE VIEW public.regions WITH (security_invoker='true') AS
 SELECT code,
    name,
    created_at,
    updated_at
   FROM flows.regions;

CREATE TABLE public.registered_proprietors (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    property uuid NOT NULL,
    customer uuid,
    corporate_body uuid,
    ownership text DEFAULT 'sole'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT registered_proprietors_check CHECK ((num_nonnulls(customer, corporate_body) = 1)),
    CONSTRAINT registered_proprietors_ownership_check CHECK ((ownership = ANY (ARRAY['sole'::text, 'joint_tenant'::text, 'tenant_in_common'::text])))
);

COMMENT ON TABLE public.registered_proprietors IS 'Who owns a property: persons and corporate bodies, one row each';

CREATE MATERIALIZED VIEW reports.arrears AS
 WITH balance AS (
         SELECT receivable.account,
            sum(posting.amount_pence) AS pence
           FROM (public.ledger_accounts receivable
             JOIN public.ledger_postings posting ON ((posting.ledger_account = receivable.id)))
          WHERE (receivable.code = 'receivable'::text)
          GROUP BY receivable.account
         HAVING (sum(posting.amount_pence) <> (0)::numeric)
        ), charged AS (
         SELECT invoice.account,
            invoice.customer,
            invoice.issue_date,
            invoice.number,
            GREATEST(invoice.total_pence, 0) AS pence,
            (((now() AT TIME ZONE esco_1.time_zone))::date - invoice.due_date) AS days_late
           FROM (public.invoices invoice
             JOIN flows.escos esco_1 ON ((esco_1.id = invoice.esco)))
          WHERE (invoice.status <> ALL (ARRAY['draft'::text, 'void'::text]))
        ), owed AS (
         SELECT charged.account,
            charged.days_late,
            LEAST((charged.pence)::numeric, GREATEST((balance_1.pence - (COALESCE(sum(charged.pence) OVER newer, (0)::bigint))::numeric), (0)::numeric)) AS pence
           FROM (charged
             JOIN balance balance_1 ON ((balance_1.account = charged.account)))
          WINDOW newer AS (PARTITION BY charged.account ORDER BY charged.issue_date DESC, charged.number DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ), aged AS (
         SELECT owed.account,
            sum(owed.pence) AS pence,
            COALESCE(sum(owed.pence) FILTER (WHERE (owed.days_late <= 0)), (0)::numeric) AS current_pence,
            COALESCE(sum(owed.pence) FILTER (WHERE ((owed.days_late >= 1) AND (owed.days_late <= 30))), (0)::numeric) AS days_1_30_pence,
            COALESCE(sum(owed.pence) FILTER (WHERE ((owed.days_late >= 31) AND (owed.days_late <= 60))), (0)::numeric) AS days_31_60_pence,
            COALESCE(sum(owed.pence) FILTER (WHERE ((owed.days_late >= 61) AND (owed.days_late <= 90))), (0)::numeric) AS days_61_90_pence,
            COALESCE(sum(owed.pence) FILTER (WHERE (owed.days_late > 90)), (0)::numeric) AS days_over_90_pence
           FROM owed
          GROUP BY owed.account
        ), latest AS (
         SELECT DISTINCT ON (charged.account) charged.account,
            charged.customer
           FROM charged
          ORDER BY charged.account, charged.issue_date DESC, charged.number DESC
        )
 SELECT esco.code AS esco_code,
    esco.id AS esco,
    account.account_number,
    account.id AS account,
    latest.customer,
    customer.fullname,
    property.plot,
    balance.pence AS balance_pence,
    COALESCE(aged.current_pence, (0)::numeric) AS current_pence,
    COALESCE(aged.days_1_30_pence, (0)::numeric) AS days_1_30_pence,
    COALESCE(aged.days_31_60_pence, (0)::numeric) AS days_31_60_pence,
    COALESCE(aged.days_61_90_pence, (0)::numeric) AS days_61_90_pence,
    COALESCE(aged.days_over_90_pence, (0)::numeric) AS days_over_90_pence,
    (balance.pence - COALESCE(aged.pence, (0)::numeric)) AS other_pence
   FROM ((((((balance
     JOIN public.accounts account ON ((account.id = balance.account)))
     JOIN public.properties property ON ((property.id = account.property)))
     JOIN flows.escos esco ON ((esco.id = property.esco)))
     LEFT JOIN aged ON ((aged.account = balance.account)))
     LEFT JOIN latest ON ((latest.account = balance.account)))
     LEFT JOIN public.customers customer ON ((customer.id = latest.customer)))
  WITH NO DATA;

CREATE VIEW public.report_arrears WITH (security_barrier='true') AS
 SELECT esco_code,
    esco,
    account_number,
    account,
    customer,
    fullname,
    plot,
    balance_pence,
    current_pence,
    days_1_30_pence,
    days_31_60_pence,
    days_61_90_pence,
    days_over_90_pence,
    other_pence
   FROM reports.arrears
  WHERE (esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]));

COMMENT ON VIEW public.report_arrears IS 'What each account owes, by days past due; other_pence is what no invoice explains, negative in credit';

CREATE VIEW public.report_completeness AS
SELECT
    NULL::text AS esco_code,
    NULL::uuid AS esco,
    NULL::date AS day,
    NULL::bigint AS expected,
    NULL::bigint AS held,
    NULL::numeric AS estimated,
    NULL::numeric AS missing;

COMMENT ON VIEW public.report_completeness IS 'Half hours by community and local day of the last 400 days: expected, held, estimated, missing';

CREATE VIEW public.report_energy AS
SELECT
    NULL::text AS esco_code,
    NULL::uuid AS esco,
    NULL::date AS day,
    NULL::text AS nature,
    NULL::numeric AS kwh,
    NULL::numeric AS estimated_kwh,
    NULL::numeric AS exported_kwh;

COMMENT ON VIEW public.report_energy IS 'Energy in kWh by community, local day and nature; kwh holds what was estimated';

CREATE VIEW public.report_exchange AS
SELECT
    NULL::text AS esco_code,
    NULL::uuid AS esco,
    NULL::date AS day,
    NULL::numeric AS imported_kwh,
    NULL::numeric AS shared_kwh,
    NULL::numeric AS generated_kwh,
    NULL::numeric AS exported_kwh;

COMMENT ON VIEW public.report_exchange IS 'What homes imported, shared and exported and what was generated, in kWh by community and local day';

COMMENT ON COLUMN public.report_exchange.imported_kwh IS 'Through the homes'' meters, without what was shared';

COMMENT ON COLUMN public.report_exchange.shared_kwh IS 'What homes used of what the community generated, as its last billing run allocated it';

CREATE MATERIALIZED VIEW reports.prepay_balances AS
 SELECT esco.code AS esco_code,
    esco.id AS esco,
    meter.serial,
    meter.id AS meter,
    property.plot,
    shadow.balance,
    (shadow.balance < (15)::numeric) AS is_low,
    read."timestamp" AS balance_at,
    shadow.health
   FROM ((((flows.meter_registry meter
     JOIN flows.escos esco ON ((esco.id = meter.esco)))
     JOIN flows.meter_shadows shadow ON ((shadow.id = meter.id)))
     LEFT JOIN public.properties property ON ((property.supply_meter = meter.id)))
     LEFT JOIN LATERAL ( SELECT history."timestamp"
           FROM flows.meter_prepay_balance history
          WHERE (history.meter_id = meter.id)
          ORDER BY history."timestamp" DESC
         LIMIT 1) read ON (true))
  WHERE (meter.prepay_enabled AND (meter.installation_status = 'enabled'::text))
  WITH NO DATA;

CREATE VIEW public.report_prepay_balances WITH (security_barrier='true') AS
 SELECT esco_code,
    esco,
    serial,
    meter,
    plot,
    balance,
    is_low,
    balance_at,
    health
   FROM reports.prepay_balances
  WHERE (esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]));

COMMENT ON VIEW public.report_prepay_balances IS 'GBP held by each prepay meter; is_low as in flows.meters_low_balance';

CREATE TABLE public.report_refreshes (
    report text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    refreshed_at timestamp with time zone,
    seconds numeric,
    error text
);

COMMENT ON TABLE public.report_refreshes IS 'How the last refresh of each kept report went; refreshed_at and seconds are those of the last that succeeded';

CREATE VIEW public.report_revenue AS
SELECT
    NULL::text AS esco_code,
    NULL::uuid AS esco,
    NULL::date AS month,
    NULL::bigint AS invoices,
    NULL::numeric AS revenue_pence,
    NULL::numeric AS vat_pence,
    NULL::numeric AS invoiced_pence,
    NULL::numeric AS credited_pence,
    NULL::numeric AS received_pence,
    NULL::numeric AS written_off_pence;

COMMENT ON VIEW public.report_revenue IS 'By community and month, from the ledger: revenue without VAT, VAT, invoiced, credited, received, written off';

CREATE VIEW public.report_savings AS
SELECT
    NULL::text AS esco_code,
    NULL::uuid AS esco,
    NULL::date AS month,
    NULL::bigint AS account_number,
    NULL::uuid AS account,
    NULL::uuid AS customer,
    NULL::text AS fullname,
    NULL::numeric AS supply_pence,
    NULL::bigint AS benchmark_pence,
    NULL::numeric AS saving_pence;

COMMENT ON VIEW public.report_savings IS 'What each customer was billed for supply, what it costs at the benchmark, and the saving, with VAT';

CREATE VIEW public.report_solar_yield AS
SELECT
    NULL::text AS esco_code,
    NULL::uuid AS esco,
    NULL::date AS day,
    NULL::uuid AS property,
    NULL::text AS plot,
    NULL::numeric AS capacity_kw,
    NULL::numeric AS kwh,
    NULL::numeric AS kwh_per_kw;

COMMENT ON VIEW public.report_solar_yield IS 'Energy generated by installation and local day, in all and a kW of declared capacity';

CREATE VIEW public.report_solar_yield_monthly AS
SELECT
    NULL::text AS esco_code,
    NULL::uuid AS esco,
    NULL::date AS month,
    NULL::uuid AS property,
    NULL::text AS plot,
    NULL::numeric AS capacity_kw,
    NULL::numeric AS kwh,
    NULL::numeric AS kwh_per_kw;

COMMENT ON VIEW public.report_solar_yield_monthly IS 'Energy generated by installation and month, in all and a kW of declared capacity';

CREATE TABLE public.sharing_groups (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    site uuid,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sharing_groups_name_check CHECK ((name <> ''::text))
);

COMMENT ON TABLE public.sharing_groups IS 'Homes that share what their generation meters measure';

COMMENT ON COLUMN public.sharing_groups.site IS 'The site behind the boundary meter: what its other homes consume counts in the residue';

CREATE TABLE public.sharing_half_hours (
    sharing_group uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    generation_kwh numeric NOT NULL,
    consumption_kwh numeric NOT NULL,
    shared_kwh numeric NOT NULL,
    surplus_kwh numeric GENERATED ALWAYS AS ((generation_kwh - shared_kwh)) STORED NOT NULL,
    others_kwh numeric NOT NULL,
    boundary_import_kwh numeric,
    boundary_export_kwh numeric,
    residue_kwh numeric GENERATED ALWAYS AS (((((generation_kwh + boundary_import_kwh) - boundary_export_kwh) - consumption_kwh) - others_kwh)) STORED,
    CONSTRAINT sharing_half_hours_check CHECK (((shared_kwh <= generation_kwh) AND (shared_kwh <= consumption_kwh))),
    CONSTRAINT timestamp_is_a_half_hour CHECK (((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", '2000-01-01 00:00:00+00'::timestamp with time zone) = "timestamp")) OR flows.refuse_off_the_clock("timestamp")))
);

COMMENT ON TABLE public.sharing_half_hours IS 'What a group generated, consumed and shared, beside its boundary meter';

COMMENT ON COLUMN public.sharing_half_hours.others_kwh IS 'Consumption of homes of the site that are not in the group';

COMMENT ON COLUMN public.sharing_half_hours.boundary_import_kwh IS 'Null: the group has no such meter, or it did not measure this half hour';

COMMENT ON COLUMN public.sharing_half_hours.residue_kwh IS 'What came in and was not measured inside: losses and errors of metering; null where the boundary is not known';

CREATE VIEW public.sharing_balances WITH (security_invoker='true') AS
 SELECT half.sharing_group,
    (date_trunc('month'::text, (half."timestamp" AT TIME ZONE esco.time_zone)))::date AS month,
    count(*) AS half_hours,
    count(half.residue_kwh) AS half_hours_with_boundary,
    sum(half.generation_kwh) AS generation_kwh,
    sum(half.consumption_kwh) AS consumption_kwh,
    sum(half.shared_kwh) AS shared_kwh,
    sum(half.surplus_kwh) AS surplus_kwh,
    sum((half.consumption_kwh - half.shared_kwh)) AS imported_kwh,
    sum(half.others_kwh) AS others_kwh,
    sum(half.boundary_import_kwh) AS boundary_import_kwh,
    sum(half.boundary_export_kwh) AS boundary_export_kwh,
    sum(half.residue_kwh) AS residue_kwh
   FROM ((public.sharing_half_hours half
     JOIN public.sharing_groups sharing ON ((sharing.id = half.sharing_group)))
     JOIN flows.escos esco ON ((esco.id = sharing.esco)))
  GROUP BY half.sharing_group, ((date_trunc('month'::text, (half."timestamp" AT TIME ZONE esco.time_zone)))::date);

COMMENT ON VIEW public.sharing_balances IS 'A group''s months: generation, sharing, surplus, and the residue against its boundary meter';

CREATE TABLE public.sharing_members (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    sharing_group uuid NOT NULL,
    property uuid NOT NULL,
    start_date date NOT NULL,
    end_date date,
    coefficient numeric(9,8) DEFAULT 0 NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    surplus_ratio numeric(9,8) DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT coefficient_from_0_to_1 CHECK (((coefficient >= (0)::numeric) AND (coefficient <= (1)::numeric))),
    CONSTRAINT sharing_members_check CHECK ((end_date >= start_date)),
    CONSTRAINT sharing_members_coefficient_check CHECK (((coefficient >= (0)::numeric) AND (coefficient <= (1)::numeric))),
    CONSTRAINT sharing_members_priority_check CHECK ((priority > 0)),
    CONSTRAINT sharing_members_surplus_ratio_check CHECK (((surplus_ratio >= (0)::numeric) AND (surplus_ratio <= (1)::numeric))),
    CONSTRAINT surplus_ratio_from_0_to_1 CHECK (((surplus_ratio >= (0)::numeric) AND (surplus_ratio <= (1)::numeric)))
);

COMMENT ON TABLE public.sharing_members IS 'A home''s part in a group; on one day it is in one group at most, with one coefficient and priority';

COMMENT ON COLUMN public.sharing_members.end_date IS 'Last day; null: until further notice';

COMMENT ON COLUMN public.sharing_members.coefficient IS 'Part of the generation, for the method fixed; those of a day sum to 1 at most';

COMMENT ON COLUMN public.sharing_members.priority IS 'For the method priority: 1 is served first';

COMMENT ON COLUMN public.sharing_members.surplus_ratio IS 'Part of the surplus that is credited to the home, as to the owner of the generation; what no one has is the community''s';

CREATE TABLE public.sharing_meters (
    sharing_group uuid NOT NULL,
    register uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    valid_from date DEFAULT '2000-01-01'::date NOT NULL,
    valid_to date,
    CONSTRAINT sharing_meters_check CHECK ((valid_to > valid_from)),
    CONSTRAINT sharing_meters_role_check CHECK ((role = ANY (ARRAY['generation'::text, 'boundary_import'::text, 'boundary_export'::text])))
);

COMMENT ON TABLE public.sharing_meters IS 'What measures a group''s generation, and what passes the boundary of its site';

COMMENT ON COLUMN public.sharing_meters.valid_from IS 'The first local day on which it counts; 2000-01-01, the first day of all: from the beginning';

COMMENT ON COLUMN public.sharing_meters.valid_to IS 'The first local day on which it does not count any more; null: until further notice';

CREATE TABLE public.sharing_months (
    sharing_group uuid NOT NULL,
    property uuid NOT NULL,
    month date NOT NULL,
    consumption_kwh numeric NOT NULL,
    shared_kwh numeric NOT NULL,
    imported_kwh numeric GENERATED ALWAYS AS ((consumption_kwh - shared_kwh)) STORED NOT NULL,
    surplus_kwh numeric NOT NULL,
    CONSTRAINT sharing_months_check CHECK ((shared_kwh <= consumption_kwh)),
    CONSTRAINT sharing_months_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);

COMMENT ON TABLE public.sharing_months IS 'What a member consumed in a month of its group, how much of it was shared and imported, and its part of the surplus';

CREATE TABLE public.sharing_terms (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    sharing_group uuid NOT NULL,
    period_start date NOT NULL,
    method text NOT NULL,
    redistribute boolean DEFAULT false NOT NULL,
    internal_rate numeric(10,5) NOT NULL,
    surplus_rate numeric(10,5) DEFAULT 0 NOT NULL,
    includes_vat boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT internal_rate_from_0_to_10000 CHECK (((internal_rate >= (0)::numeric) AND (internal_rate <= (10000)::numeric))),
    CONSTRAINT sharing_terms_internal_rate_check CHECK ((internal_rate >= (0)::numeric)),
    CONSTRAINT sharing_terms_method_check CHECK ((method = ANY (ARRAY['fixed'::text, 'proportional'::text, 'priority'::text]))),
    CONSTRAINT sharing_terms_surplus_rate_check CHECK ((surplus_rate >= (0)::numeric)),
    CONSTRAINT surplus_rate_from_0_to_10000 CHECK (((surplus_rate >= (0)::numeric) AND (surplus_rate <= (10000)::numeric)))
);

COMMENT ON TABLE public.sharing_terms IS 'How a group shares and at which price, from period_start until its next row';

COMMENT ON COLUMN public.sharing_terms.redistribute IS 'Whether what fixed coefficients leave unused goes to members who still import; false: it is surplus';

COMMENT ON COLUMN public.sharing_terms.internal_rate IS 'GBP a kWh that is shared';

COMMENT ON COLUMN public.sharing_terms.surplus_rate IS 'GBP a kWh of surplus, credited to members by their surplus_ratio';

CREATE TABLE public.solar_credit_allocation (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    installation_property uuid NOT NULL,
    allocation_property uuid NOT NULL,
    ratio numeric NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ratio_from_0_to_1 CHECK (((ratio >= (0)::numeric) AND (ratio <= (1)::numeric))),
    CONSTRAINT solar_credit_allocation_ratio_check CHECK (((ratio > (0)::numeric) AND (ratio <= (1)::numeric)))
);

CREATE TABLE public.solar_credit_tariffs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid NOT NULL,
    period_start date NOT NULL,
    credit_pence_per_year numeric(12,5) NOT NULL,
    credit_pence_per_day numeric(12,5) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT credit_pence_per_day_from_0_to_10000 CHECK (((credit_pence_per_day >= (0)::numeric) AND (credit_pence_per_day <= (10000)::numeric))),
    CONSTRAINT credit_pence_per_year_from_0_to_1000000 CHECK (((credit_pence_per_year >= (0)::numeric) AND (credit_pence_per_year <= (1000000)::numeric))),
    CONSTRAINT solar_credit_tariffs_credit_pence_per_day_check CHECK ((credit_pence_per_day >= (0)::numeric)),
    CONSTRAINT solar_credit_tariffs_credit_pence_per_year_check CHECK ((credit_pence_per_year >= (0)::numeric))
);

COMMENT ON TABLE public.solar_credit_tariffs IS 'Paid per kW of declared capacity';

CREATE TABLE public.tariff_components (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    microgrid_tariff uuid,
    customer_tariff uuid,
    kind text NOT NULL,
    element text,
    band text,
    from_kwh numeric DEFAULT 0 NOT NULL,
    threshold_period text,
    rate numeric(10,5) NOT NULL,
    includes_vat boolean NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT from_kwh_from_0_to_1000000000 CHECK (((from_kwh >= (0)::numeric) AND (from_kwh <= (1000000000)::numeric))),
    CONSTRAINT rate_from_0_to_10000 CHECK (((rate >= (0)::numeric) AND (rate <= (10000)::numeric))),
    CONSTRAINT tariff_components_check CHECK ((num_nonnulls(microgrid_tariff, customer_tariff) = 1)),
    CONSTRAINT tariff_components_check1 CHECK (((kind = 'unit_rate'::text) OR ((element IS NULL) AND (band IS NULL) AND (from_kwh = (0)::numeric)))),
    CONSTRAINT tariff_components_check2 CHECK (((from_kwh = (0)::numeric) OR (threshold_period IS NOT NULL))),
    CONSTRAINT tariff_components_element_check CHECK ((element = ANY (ARRAY['A'::text, 'B'::text, 'SINGLE'::text]))),
    CONSTRAINT tariff_components_from_kwh_check CHECK ((from_kwh >= (0)::numeric)),
    CONSTRAINT tariff_components_kind_check CHECK ((kind = ANY (ARRAY['unit_rate'::text, 'export_credit'::text, 'minimum_charge'::text]))),
    CONSTRAINT tariff_components_rate_check CHECK ((rate >= (0)::numeric)),
    CONSTRAINT tariff_components_threshold_period_check CHECK ((threshold_period = ANY (ARRAY['day'::text, 'month'::text])))
);

COMMENT ON TABLE public.tariff_components IS 'What a version charges or credits beside its flat rates: by element, band and block';

COMMENT ON COLUMN public.tariff_components.from_kwh IS 'The block that starts here; thresholds of a month are pro rata by days, those of a day are judged day by day';

COMMENT ON COLUMN public.tariff_components.rate IS 'GBP a kWh; of a minimum charge GBP a month, pro rata';

CREATE TABLE public.topup_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    topup uuid NOT NULL,
    event_type text NOT NULL,
    data jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.topups_gifts (
    topup_id uuid NOT NULL,
    gift_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.topups_monthly_solar_credits (
    topup_id uuid NOT NULL,
    month_solar_credit_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE VIEW public.transaction_statuses WITH (security_invoker='true') AS
 SELECT line.id AS transaction,
    COALESCE(invoice.status,
        CASE
            WHEN (EXISTS ( SELECT
               FROM public.ledger_entries reversal
              WHERE ((reversal.kind = line.kind) AND (reversal.reference = (line.reference || ':reversal'::text))))) THEN 'reversed'::text
            ELSE NULL::text
        END, 'settled'::text) AS status,
    line.created_at,
    COALESCE(invoice.updated_at, line.created_at) AS updated_at
   FROM (public.account_statements line
     LEFT JOIN public.invoices invoice ON ((invoice.id = line.invoice)));

CREATE VIEW public.transactions WITH (security_invoker='true') AS
 SELECT id,
    created_at AS "timestamp",
    kind AS type,
    description AS name,
    reference,
    ((amount_pence)::numeric / 100.0) AS amount,
    ((balance_pence)::numeric / 100.0) AS balance,
    account,
    created_at,
    created_at AS updated_at
   FROM public.account_statements;

COMMENT ON COLUMN public.transactions.balance IS 'Owed after this transaction; negative: in credit';

CREATE TABLE public.user_escos (
    user_id uuid NOT NULL,
    esco uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email text NOT NULL,
    password_hash text,
    role text NOT NULL,
    customer uuid,
    all_escos boolean DEFAULT false NOT NULL,
    disabled_at timestamp with time zone,
    last_login_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_check CHECK (((role = 'customer'::text) = (customer IS NOT NULL))),
    CONSTRAINT users_check1 CHECK (((role = 'admin'::text) OR (NOT all_escos))),
    CONSTRAINT users_email_check CHECK ((email = lower(email))),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['customer'::text, 'admin'::text])))
);

COMMENT ON TABLE public.users IS 'Who may log in: a customer, or an admin of some or all communities';

CREATE TABLE public.vat_registrations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    customer uuid NOT NULL,
    valid_from date NOT NULL,
    vat_number text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.vat_registrations IS 'A customer''s own registration, which decides the VAT of what they export; null number: no longer registered';

CREATE TABLE public.vat_statuses (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    property uuid,
    customer uuid,
    valid_from date NOT NULL,
    use text NOT NULL,
    qualifying_percent numeric(5,2),
    certificate text,
    certificate_from date,
    certificate_to date,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT qualifying_percent_from_0_to_100 CHECK (((qualifying_percent >= (0)::numeric) AND (qualifying_percent <= (100)::numeric))),
    CONSTRAINT vat_statuses_check CHECK ((num_nonnulls(property, customer) = 1)),
    CONSTRAINT vat_statuses_check1 CHECK (((use = 'mixed'::text) = (qualifying_percent IS NOT NULL))),
    CONSTRAINT vat_statuses_check2 CHECK (((certificate IS NULL) = (certificate_from IS NULL))),
    CONSTRAINT vat_statuses_check3 CHECK ((certificate_to >= certificate_from)),
    CONSTRAINT vat_statuses_qualifying_percent_check CHECK (((qualifying_percent >= (0)::numeric) AND (qualifying_percent <= (100)::numeric))),
    CONSTRAINT vat_statuses_use_check CHECK ((use = ANY (ARRAY['domestic'::text, 'charity'::text, 'business'::text, 'mixed'::text])))
);

COMMENT ON TABLE public.vat_statuses IS 'How a supply is used, from valid_from until the next row; the premises'' goes before the customer''s';

COMMENT ON COLUMN public.vat_statuses.certificate_to IS 'Last day; null: until further notice. Charity and mixed use are relieved only within a certificate';

CREATE TABLE public.wallets (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    esco uuid,
    balance numeric DEFAULT 0 NOT NULL,
    minimum_balance numeric DEFAULT 20 NOT NULL,
    target_balance numeric DEFAULT 30 NOT NULL,
    auto_topup boolean DEFAULT false NOT NULL,
    balance_enum text DEFAULT 'simple'::text NOT NULL,
    payment_timing text DEFAULT 'monthly'::text NOT NULL,
    last_sync_timestamp timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT wallets_balance_enum_check CHECK ((balance_enum = ANY (ARRAY['simple'::text, 'smooth'::text]))),
    CONSTRAINT wallets_check CHECK ((target_balance >= minimum_balance)),
    CONSTRAINT wallets_payment_timing_check CHECK ((payment_timing = ANY (ARRAY['monthly'::text, 'weekly'::text])))
);

COMMENT ON TABLE public.wallets IS 'Money for a prepay meter: below the minimum it is filled up to the target; GBP';

COMMENT ON COLUMN public.wallets.esco IS 'Where it is not given: the community of its meter';

ALTER TABLE ONLY flows.escos
    ADD CONSTRAINT escos_pkey PRIMARY KEY (id);

CREATE MATERIALIZED VIEW reports.completeness AS
 WITH day AS (
         SELECT register.register_id,
            meter.esco,
            calendar.day,
            ((ceil((EXTRACT(epoch FROM LEAST(calendar.ends_at, register.end_time)) / (1800)::numeric)) - ceil((EXTRACT(epoch FROM GREATEST(calendar.starts_at, register.start_time)) / (1800)::numeric))))::integer AS expected
           FROM (((flows.meter_registers register
             JOIN flows.meter_registry meter ON (((meter.id = register.meter_id) AND (meter.installation_status = 'enabled'::text))))
             JOIN flows.escos esco_1 ON ((esco_1.id = meter.esco)))
             JOIN flows.calendar_days calendar ON (((calendar.time_zone = esco_1.time_zone) AND (calendar.ends_at > register.start_time) AND (calendar.starts_at < COALESCE(register.end_time, 'infinity'::timestamp with time zone)) AND (calendar.ends_at <= now()) AND (calendar.ends_at > (now() - '400 days'::interval)))))
        ), estimated AS (
         SELECT estimate.register_id,
            ((estimate."timestamp" AT TIME ZONE esco_1.time_zone))::date AS day,
            count(*) AS intervals
           FROM (((flows.register_interval_estimates estimate
             JOIN flows.meter_registers register ON ((register.register_id = estimate.register_id)))
             JOIN flows.meter_registry meter ON ((meter.id = register.meter_id)))
             JOIN flows.escos esco_1 ON ((esco_1.id = meter.esco)))
          GROUP BY estimate.register_id, (((estimate."timestamp" AT TIME ZONE esco_1.time_zone))::date)
        )
 SELECT esco.code AS esco_code,
    esco.id AS esco,
    day.day,
    sum(day.expected) AS expected,
    sum(COALESCE((daily.intervals)::integer, 0)) AS held,
    sum(COALESCE(estimated.intervals, (0)::bigint)) AS estimated,
    sum(GREATEST(((day.expected - COALESCE((daily.intervals)::integer, 0)) - COALESCE(estimated.intervals, (0)::bigint)), (0)::bigint)) AS missing
   FROM (((day
     JOIN flows.escos esco ON ((esco.id = day.esco)))
     LEFT JOIN flows.register_interval_daily daily USING (register_id, day))
     LEFT JOIN estimated USING (register_id, day))
  GROUP BY esco.id, day.day
  WITH NO DATA;

CREATE MATERIALIZED VIEW reports.energy AS
 WITH place AS (
         SELECT register.register_id,
            register.nature,
            esco_1.id AS esco,
            esco_1.code AS esco_code,
            esco_1.time_zone
           FROM ((flows.meter_registers register
             JOIN flows.meter_registry meter ON ((meter.id = register.meter_id)))
             JOIN flows.escos esco_1 ON ((esco_1.id = meter.esco)))
        ), measured AS (
         SELECT place.esco,
            daily.day,
            place.nature,
            sum(daily.kwh) AS kwh,
            0 AS estimated_kwh,
            0 AS exported_kwh
           FROM (flows.register_interval_daily daily
             JOIN place USING (register_id))
          GROUP BY place.esco, daily.day, place.nature
        ), estimated AS (
         SELECT place.esco,
            ((register_interval_estimates."timestamp" AT TIME ZONE place.time_zone))::date AS day,
            place.nature,
            sum(register_interval_estimates.kwh) AS kwh,
            sum(register_interval_estimates.kwh) AS estimated_kwh,
            0 AS "?column?"
           FROM (flows.register_interval_estimates
             JOIN place USING (register_id))
          GROUP BY place.esco, (((register_interval_estimates."timestamp" AT TIME ZONE place.time_zone))::date), place.nature
        ), exporting AS (
         SELECT place.register_id,
            place.nature,
            place.esco,
            place.esco_code,
            place.time_zone,
            first."timestamp" AS first_at,
            first.read AS first_read,
            last."timestamp" AS last_at
           FROM ((place
             JOIN LATERAL ( SELECT history."timestamp",
                    history.read
                   FROM flows.register_export history
                  WHERE (history.register_id = place.register_id)
                  ORDER BY history."timestamp" DESC
                 LIMIT 1) last ON ((last.read > (0)::numeric)))
             JOIN LATERAL ( SELECT history."timestamp",
                    history.read
                   FROM flows.register_export history
                  WHERE (history.register_id = place.register_id)
                  ORDER BY history."timestamp"
                 LIMIT 1) first ON (true))
        ), advanced AS (
         SELECT exporting.esco,
            calendar.day,
            exporting.nature,
            (closing.read - lag(closing.read, 1, exporting.first_read) OVER (PARTITION BY exporting.register_id ORDER BY calendar.day)) AS kwh
           FROM ((exporting
             JOIN flows.calendar_days calendar ON (((calendar.time_zone = exporting.time_zone) AND (calendar.ends_at > exporting.first_at) AND (calendar.starts_at <= exporting.last_at))))
             JOIN LATERAL ( SELECT history.read
                   FROM flows.register_export history
                  WHERE ((history.register_id = exporting.register_id) AND (history."timestamp" <= calendar.ends_at))
                  ORDER BY history."timestamp" DESC
                 LIMIT 1) closing ON (true))
        ), exported AS (
         SELECT advanced.esco,
            advanced.day,
            advanced.nature,
            0 AS "?column?",
            0 AS "?column?",
            sum(GREATEST(advanced.kwh, (0)::numeric)) AS sum
           FROM advanced
          GROUP BY advanced.esco, advanced.day, advanced.nature
        )
 SELECT esco.code AS esco_code,
    esco.id AS esco,
    part.day,
    part.nature,
    sum(part.kwh) AS kwh,
    sum(part.estimated_kwh) AS estimated_kwh,
    sum(part.exported_kwh) AS exported_kwh
   FROM (( SELECT measured.esco,
            measured.day,
            measured.nature,
            measured.kwh,
            measured.estimated_kwh,
            measured.exported_kwh
           FROM measured
        UNION ALL
         SELECT estimated.esco,
            estimated.day,
            estimated.nature,
            estimated.kwh,
            estimated.estimated_kwh,
            estimated."?column?"
           FROM estimated
        UNION ALL
         SELECT exported.esco,
            exported.day,
            exported.nature,
            exported."?column?",
            exported."?column?_1" AS "?column?",
            exported.sum
           FROM exported exported(esco, day, nature, "?column?", "?column?_1", sum)) part
     JOIN flows.escos esco ON ((esco.id = part.esco)))
  GROUP BY esco.id, part.day, part.nature
  WITH NO DATA;

CREATE MATERIALIZED VIEW reports.revenue AS
 SELECT esco.code AS esco_code,
    esco.id AS esco,
    (date_trunc('month'::text, (entry.entry_date)::timestamp without time zone))::date AS month,
    count(DISTINCT entry.id) FILTER (WHERE (entry.kind = 'invoice'::text)) AS invoices,
    COALESCE((- sum(posting.amount_pence) FILTER (WHERE (place.type = 'income'::text))), (0)::numeric) AS revenue_pence,
    COALESCE((- sum(posting.amount_pence) FILTER (WHERE (place.code = 'vat'::text))), (0)::numeric) AS vat_pence,
    COALESCE(sum(posting.amount_pence) FILTER (WHERE ((place.code = 'receivable'::text) AND (entry.kind = 'invoice'::text))), (0)::numeric) AS invoiced_pence,
    COALESCE((- sum(posting.amount_pence) FILTER (WHERE ((place.code = 'receivable'::text) AND (entry.kind = 'credit_note'::text)))), (0)::numeric) AS credited_pence,
    COALESCE((- sum(posting.amount_pence) FILTER (WHERE ((place.code = 'receivable'::text) AND (entry.kind = ANY (ARRAY['payment'::text, 'refund'::text]))))), (0)::numeric) AS received_pence,
    COALESCE((- sum(posting.amount_pence) FILTER (WHERE ((place.code = 'receivable'::text) AND (entry.kind = 'write_off'::text)))), (0)::numeric) AS written_off_pence
   FROM (((public.ledger_entries entry
     JOIN flows.escos esco ON ((esco.id = entry.esco)))
     JOIN public.ledger_postings posting ON ((posting.entry = entry.id)))
     JOIN public.ledger_accounts place ON ((place.id = posting.ledger_account)))
  GROUP BY esco.id, ((date_trunc('month'::text, (entry.entry_date)::timestamp without time zone))::date)
  WITH NO DATA;

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);

CREATE MATERIALIZED VIEW reports.savings AS
 WITH taxed AS (
         SELECT invoice_lines.invoice,
            ((sum(invoice_lines.amount_pence))::numeric +
                CASE
                    WHEN invoice_lines.includes_vat THEN (0)::numeric
                    ELSE round(((sum(invoice_lines.amount_pence))::numeric * invoice_lines.vat_rate))
                END) AS pence
           FROM public.invoice_lines
          WHERE ((invoice_lines.kind <> ALL (ARRAY['export_credit'::text, 'solar_credit'::text])) AND COALESCE((invoice_lines.vat_reason <> ALL (ARRAY['exporter_registered'::text, 'exporter_not_registered'::text, 'solar_credit'::text])), true))
          GROUP BY invoice_lines.invoice, invoice_lines.vat_rate, invoice_lines.includes_vat
        ), supplied AS (
         SELECT taxed.invoice,
            (sum(taxed.pence))::bigint AS pence
           FROM taxed
          GROUP BY taxed.invoice
        )
 SELECT esco.code AS esco_code,
    esco.id AS esco,
    (date_trunc('month'::text, (invoice.period_start)::timestamp without time zone))::date AS month,
    account.account_number,
    account.id AS account,
    customer.id AS customer,
    customer.fullname,
    sum(supplied.pence) AS supply_pence,
    sum(invoice.benchmark_pence) AS benchmark_pence,
    sum((invoice.benchmark_pence - supplied.pence)) AS saving_pence
   FROM ((((public.invoices invoice
     JOIN supplied ON ((supplied.invoice = invoice.id)))
     JOIN flows.escos esco ON ((esco.id = invoice.esco)))
     JOIN public.accounts account ON ((account.id = invoice.account)))
     JOIN public.customers customer ON ((customer.id = invoice.customer)))
  WHERE ((invoice.status <> ALL (ARRAY['draft'::text, 'void'::text])) AND (invoice.benchmark_pence IS NOT NULL))
  GROUP BY esco.id, ((date_trunc('month'::text, (invoice.period_start)::timestamp without time zone))::date), account.id, customer.id
  WITH NO DATA;

ALTER TABLE ONLY public.properties
    ADD CONSTRAINT properties_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.solar_installation
    ADD CONSTRAINT solar_installation_pkey PRIMARY KEY (property);

CREATE MATERIALIZED VIEW reports.solar_yield AS
 WITH generated AS (
         SELECT register_interval_daily.register_id,
            register_interval_daily.day,
            register_interval_daily.kwh
           FROM flows.register_interval_daily
        UNION ALL
         SELECT estimate.register_id,
            ((estimate."timestamp" AT TIME ZONE esco_1.time_zone))::date AS timezone,
            estimate.kwh
           FROM (((flows.register_interval_estimates estimate
             JOIN flows.meter_registers register_1 ON ((register_1.register_id = estimate.register_id)))
             JOIN flows.meter_registry meter ON ((meter.id = register_1.meter_id)))
             JOIN flows.escos esco_1 ON ((esco_1.id = meter.esco)))
        )
 SELECT esco.code AS esco_code,
    esco.id AS esco,
    generated.day,
    property.id AS property,
    property.plot,
    installation.declared_net_capacity AS capacity_kw,
    sum(generated.kwh) AS kwh,
    round((sum(generated.kwh) / installation.declared_net_capacity), 3) AS kwh_per_kw
   FROM ((((public.solar_installation installation
     JOIN public.properties property ON ((property.id = installation.property)))
     JOIN flows.escos esco ON ((esco.id = property.esco)))
     JOIN flows.meter_line(ARRAY( SELECT properties.solar_meter
           FROM public.properties
          WHERE (properties.solar_meter IS NOT NULL))) register(meter, register_id, meter_id, element, nature, start_time, end_time) ON (((register.meter = property.solar_meter) AND (register.nature = 'solar'::text))))
     JOIN generated ON ((generated.register_id = register.register_id)))
  GROUP BY esco.id, property.id, installation.property, generated.day
  WITH NO DATA;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT "3p_voltage_l1_within_1000000000000" CHECK ((("3p_voltage_l1" >= ('-1000000000000'::bigint)::numeric) AND ("3p_voltage_l1" <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT "3p_voltage_l2_within_1000000000000" CHECK ((("3p_voltage_l2" >= ('-1000000000000'::bigint)::numeric) AND ("3p_voltage_l2" <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT "3p_voltage_l3_within_1000000000000" CHECK ((("3p_voltage_l3" >= ('-1000000000000'::bigint)::numeric) AND ("3p_voltage_l3" <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT address_at_most_10000 CHECK ((length(address) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_sources
    ADD CONSTRAINT api_key_at_most_10000 CHECK ((length(api_key) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.api_key_secrets
    ADD CONSTRAINT api_key_secrets_pkey PRIMARY KEY (api_key);

ALTER TABLE ONLY flows.api_key_secrets
    ADD CONSTRAINT api_key_secrets_secret_hash_key UNIQUE (secret_hash);

ALTER TABLE flows.escos
    ADD CONSTRAINT app_url_at_most_10000 CHECK ((length(app_url) <= 10000)) NOT VALID;

ALTER TABLE flows.audit_log
    ADD CONSTRAINT at_from_2000_to_2199 CHECK (((at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY flows.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT backlight_at_most_10000 CHECK ((length(backlight) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_prepay_balance
    ADD CONSTRAINT balance_within_1000000000000 CHECK (((balance >= ('-1000000000000'::bigint)::numeric) AND (balance <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT balance_within_1000000000000 CHECK (((balance >= ('-1000000000000'::bigint)::numeric) AND (balance <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT bank_account_name_at_most_1000 CHECK ((length(bank_account_name) <= 1000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT bank_account_number_at_most_1000 CHECK ((length(bank_account_number) <= 1000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT bank_bic_at_most_10000 CHECK ((length(bank_bic) <= 10000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT bank_iban_at_most_10000 CHECK ((length(bank_iban) <= 10000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT bank_sort_code_at_most_1000 CHECK ((length(bank_sort_code) <= 1000)) NOT VALID;

ALTER TABLE ONLY flows.calendar_bands
    ADD CONSTRAINT calendar_bands_pkey PRIMARY KEY (profile, "timestamp");

ALTER TABLE ONLY flows.calendar_days
    ADD CONSTRAINT calendar_days_pkey PRIMARY KEY (time_zone, day);

ALTER TABLE ONLY flows.calendar_half_hours
    ADD CONSTRAINT calendar_half_hours_pkey PRIMARY KEY (time_zone, "timestamp");

ALTER TABLE flows.register_days_changed
    ADD CONSTRAINT changed_at_from_2000_to_2199 CHECK (((changed_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (changed_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY flows.circuit_register
    ADD CONSTRAINT circuit_register_pkey PRIMARY KEY (circuit, register, start_time);

ALTER TABLE ONLY flows.circuits
    ADD CONSTRAINT circuits_pkey PRIMARY KEY (id);

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT clock_time_diff_synced_at_from_2000_to_2199 CHECK (((clock_time_diff_synced_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (clock_time_diff_synced_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT code_at_most_1000 CHECK ((length(code) <= 1000)) NOT VALID;

ALTER TABLE flows.regions
    ADD CONSTRAINT code_at_most_1000 CHECK ((length(code) <= 1000)) NOT VALID;

ALTER TABLE flows.sites_new
    ADD CONSTRAINT code_at_most_1000 CHECK ((length(code) <= 1000)) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT commissioned_iso_week_date_at_most_10000 CHECK ((length(commissioned_iso_week_date) <= 10000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT complaint_route_at_most_10000 CHECK ((length(complaint_route) <= 10000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT contact_address_at_most_10000 CHECK ((length(contact_address) <= 10000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT contact_email_at_most_1000 CHECK ((length(contact_email) <= 1000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT contact_phone_at_most_1000 CHECK ((length(contact_phone) <= 1000)) NOT VALID;

ALTER TABLE flows.api_key_secrets
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.circuit_register
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.circuits
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.email_changes
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.ev_chargers
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.feeder_registry
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.login_mails
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_commands
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_metrics
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_proxies
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_registers
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sources
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_tophat_registry
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.money_requests
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.outbox
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.own_meter_metrics
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.properties
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.properties_service_head
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.recoveries
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.refresh_tokens
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.regions
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_counts
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_estimates
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_flags
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_missing_reasons
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_sources
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.seals
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.service_head_meter
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.service_head_registry
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.sites_new
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.calendar_bands
    ADD CONSTRAINT day_from_2000_to_2199 CHECK (((day >= '2000-01-01'::date) AND (day < '2200-01-01'::date))) NOT VALID;

ALTER TABLE flows.calendar_days
    ADD CONSTRAINT day_from_2000_to_2199 CHECK (((day >= '2000-01-01'::date) AND (day < '2200-01-01'::date))) NOT VALID;

ALTER TABLE flows.calendar_half_hours
    ADD CONSTRAINT day_from_2000_to_2199 CHECK (((day >= '2000-01-01'::date) AND (day < '2200-01-01'::date))) NOT VALID;

ALTER TABLE flows.register_days_changed
    ADD CONSTRAINT day_from_2000_to_2199 CHECK (((day >= '2000-01-01'::date) AND (day < '2200-01-01'::date))) NOT VALID;

ALTER TABLE flows.register_interval_bands
    ADD CONSTRAINT day_from_2000_to_2199 CHECK (((day >= '2000-01-01'::date) AND (day < '2200-01-01'::date))) NOT VALID;

ALTER TABLE flows.register_interval_daily
    ADD CONSTRAINT day_from_2000_to_2199 CHECK (((day >= '2000-01-01'::date) AND (day < '2200-01-01'::date))) NOT VALID;

ALTER TABLE flows.register_interval_sources
    ADD CONSTRAINT detail_at_most_10000 CHECK ((length(detail) <= 10000)) NOT VALID;

ALTER TABLE flows.register_interval_flags
    ADD CONSTRAINT details_at_most_10000 CHECK ((length(details) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_registers
    ADD CONSTRAINT element_at_most_10000 CHECK ((length(element) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.email_changes
    ADD CONSTRAINT email_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.email_changes
    ADD CONSTRAINT email_changes_token_hash_key UNIQUE (token_hash);

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT emnify_connectivity_status_at_most_10000 CHECK ((length(emnify_connectivity_status) <= 10000)) NOT VALID;

ALTER TABLE flows.circuit_register
    ADD CONSTRAINT end_time_from_2000_to_2199 CHECK (((end_time >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (end_time < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_registers
    ADD CONSTRAINT end_time_from_2000_to_2199 CHECK (((end_time >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (end_time < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_commands
    ADD CONSTRAINT ended_at_from_2000_to_2199 CHECK (((ended_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (ended_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.calendar_days
    ADD CONSTRAINT ends_at_from_2000_to_2199 CHECK (((ends_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (ends_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY flows.escos
    ADD CONSTRAINT escos_code_key UNIQUE (code);

ALTER TABLE ONLY flows.ev_chargers
    ADD CONSTRAINT ev_chargers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.ev_chargers
    ADD CONSTRAINT ev_chargers_serial_key UNIQUE (serial);

ALTER TABLE flows.email_changes
    ADD CONSTRAINT expires_at_from_2000_to_2199 CHECK (((expires_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.login_mails
    ADD CONSTRAINT expires_at_from_2000_to_2199 CHECK (((expires_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_leases
    ADD CONSTRAINT expires_at_from_2000_to_2199 CHECK (((expires_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.recoveries
    ADD CONSTRAINT expires_at_from_2000_to_2199 CHECK (((expires_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.refresh_tokens
    ADD CONSTRAINT expires_at_from_2000_to_2199 CHECK (((expires_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.outbox
    ADD CONSTRAINT failed_at_from_2000_to_2199 CHECK (((failed_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (failed_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY flows.feeder_registry
    ADD CONSTRAINT feeder_registry_name_key UNIQUE (name);

ALTER TABLE ONLY flows.feeder_registry
    ADD CONSTRAINT feeder_registry_pkey PRIMARY KEY (id);

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT firmware_version_at_most_10000 CHECK ((length(firmware_version) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT hardware_at_most_10000 CHECK ((length(hardware) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_health_history
    ADD CONSTRAINT health_at_most_10000 CHECK ((length(health) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT health_at_most_10000 CHECK ((length(health) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT health_code_at_most_1000 CHECK ((length(health_code) <= 1000)) NOT VALID;

ALTER TABLE flows.meter_health_history
    ADD CONSTRAINT health_details_at_most_10000 CHECK ((length(health_details) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT health_details_at_most_10000 CHECK ((length(health_details) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.holiday_calendars
    ADD CONSTRAINT holiday_calendars_pkey PRIMARY KEY (country);

ALTER TABLE flows.meter_proxies
    ADD CONSTRAINT host_at_most_10000 CHECK ((length(host) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT iccid_at_most_10000 CHECK ((length(iccid) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_tophat_registry
    ADD CONSTRAINT iccid_at_most_10000 CHECK ((length(iccid) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT installation_status_at_most_10000 CHECK ((length(installation_status) <= 10000)) NOT VALID;

ALTER TABLE flows.register_interval_flags
    ADD CONSTRAINT kwh_within_1000000000000 CHECK (((kwh >= ('-1000000000000'::bigint)::numeric) AND (kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.meter_sync_status
    ADD CONSTRAINT last_attempt_at_from_2000_to_2199 CHECK (((last_attempt_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_attempt_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sync_status
    ADD CONSTRAINT last_error_at_from_2000_to_2199 CHECK (((last_error_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_error_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sources
    ADD CONSTRAINT last_error_at_most_10000 CHECK ((length(last_error) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_sync_status
    ADD CONSTRAINT last_error_at_most_10000 CHECK ((length(last_error) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT last_healthy_at_from_2000_to_2199 CHECK (((last_healthy_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_healthy_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sources
    ADD CONSTRAINT last_success_at_from_2000_to_2199 CHECK (((last_success_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_success_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sync_status
    ADD CONSTRAINT last_success_at_from_2000_to_2199 CHECK (((last_success_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_success_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sources
    ADD CONSTRAINT last_try_at_from_2000_to_2199 CHECK (((last_try_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_try_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.api_key_secrets
    ADD CONSTRAINT last_used_at_from_2000_to_2199 CHECK (((last_used_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_used_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.outbox
    ADD CONSTRAINT lease_until_from_2000_to_2199 CHECK (((lease_until >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (lease_until < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT load_switch_at_most_10000 CHECK ((length(load_switch) <= 10000)) NOT VALID;

ALTER TABLE flows.refresh_tokens
    ADD CONSTRAINT logged_in_at_from_2000_to_2199 CHECK (((logged_in_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (logged_in_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY flows.login_mails
    ADD CONSTRAINT login_mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.meter_3p_voltage
    ADD CONSTRAINT meter_3p_voltage_pkey PRIMARY KEY (meter_id, "timestamp");

ALTER TABLE ONLY flows.meter_commands
    ADD CONSTRAINT meter_commands_meter_id_idempotency_key_key UNIQUE (meter_id, idempotency_key);

ALTER TABLE ONLY flows.meter_commands
    ADD CONSTRAINT meter_commands_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.meter_csq
    ADD CONSTRAINT meter_csq_pkey PRIMARY KEY (meter_id, "timestamp");

ALTER TABLE ONLY flows.meter_event_log
    ADD CONSTRAINT meter_event_log_pkey PRIMARY KEY (meter_id, "timestamp", event_type);

ALTER TABLE ONLY flows.meter_event_log_type
    ADD CONSTRAINT meter_event_log_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.meter_health_history
    ADD CONSTRAINT meter_health_history_pkey PRIMARY KEY (meter_id, "timestamp");

ALTER TABLE ONLY flows.meter_leases
    ADD CONSTRAINT meter_leases_pkey PRIMARY KEY (meter_id);

ALTER TABLE ONLY flows.meter_metrics
    ADD CONSTRAINT meter_metrics_name_key UNIQUE (name);

ALTER TABLE ONLY flows.meter_metrics
    ADD CONSTRAINT meter_metrics_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.meter_prepay_balance
    ADD CONSTRAINT meter_prepay_balance_pkey PRIMARY KEY (meter_id, "timestamp");

ALTER TABLE ONLY flows.meter_proxies
    ADD CONSTRAINT meter_proxies_pkey PRIMARY KEY (esco);

ALTER TABLE ONLY flows.meter_registers
    ADD CONSTRAINT meter_registers_pkey PRIMARY KEY (register_id);

ALTER TABLE ONLY flows.meter_registry
    ADD CONSTRAINT meter_registry_emnify_id_key UNIQUE (emnify_id);

ALTER TABLE ONLY flows.meter_registry
    ADD CONSTRAINT meter_registry_iccid_key UNIQUE (iccid);

ALTER TABLE ONLY flows.meter_registry
    ADD CONSTRAINT meter_registry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.meter_registry
    ADD CONSTRAINT meter_registry_serial_key UNIQUE (serial);

ALTER TABLE ONLY flows.meter_shadows
    ADD CONSTRAINT meter_shadows_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.meter_sources
    ADD CONSTRAINT meter_sources_pkey PRIMARY KEY (esco);

ALTER TABLE ONLY flows.meter_sync_status
    ADD CONSTRAINT meter_sync_status_pkey PRIMARY KEY (meter_id, metric);

ALTER TABLE ONLY flows.meter_tophat_registry
    ADD CONSTRAINT meter_tophat_registry_emnify_id_key UNIQUE (emnify_id);

ALTER TABLE ONLY flows.meter_tophat_registry
    ADD CONSTRAINT meter_tophat_registry_iccid_key UNIQUE (iccid);

ALTER TABLE ONLY flows.meter_tophat_registry
    ADD CONSTRAINT meter_tophat_registry_ip_address_key UNIQUE (ip_address);

ALTER TABLE ONLY flows.meter_tophat_registry
    ADD CONSTRAINT meter_tophat_registry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.meter_voltage
    ADD CONSTRAINT meter_voltage_pkey PRIMARY KEY (meter_id, "timestamp");

ALTER TABLE flows.register_interval_estimates
    ADD CONSTRAINT method_at_most_10000 CHECK ((length(method) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_sync_status
    ADD CONSTRAINT metric_at_most_10000 CHECK ((length(metric) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT mode_at_most_10000 CHECK ((length(mode) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.money_requests
    ADD CONSTRAINT money_requests_pkey PRIMARY KEY (account, key);

ALTER TABLE flows.circuits
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.feeder_registry
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.meter_event_log_type
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.meter_metrics
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.own_meter_metrics
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.regions
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.service_head_registry
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.sites_new
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE flows.meter_registers
    ADD CONSTRAINT nature_at_most_10000 CHECK ((length(nature) <= 10000)) NOT VALID;

ALTER TABLE flows.outbox
    ADD CONSTRAINT not_before_from_2000_to_2199 CHECK (((not_before >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (not_before < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.circuit_register
    ADD CONSTRAINT notes_at_most_10000 CHECK ((length(notes) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_metrics
    ADD CONSTRAINT notes_at_most_10000 CHECK ((length(notes) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_registers
    ADD CONSTRAINT notes_at_most_10000 CHECK ((length(notes) <= 10000)) NOT VALID;

ALTER TABLE flows.own_meter_metrics
    ADD CONSTRAINT notes_at_most_10000 CHECK ((length(notes) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.own_meter_metrics
    ADD CONSTRAINT own_meter_metrics_name_key UNIQUE (name);

ALTER TABLE ONLY flows.own_meter_metrics
    ADD CONSTRAINT own_meter_metrics_pkey PRIMARY KEY (id);

ALTER TABLE flows.meter_proxies
    ADD CONSTRAINT password_at_most_10000 CHECK ((length(password) <= 10000)) NOT VALID;

ALTER TABLE flows.ev_chargers
    ADD CONSTRAINT pin_at_most_10000 CHECK ((length(pin) <= 10000)) NOT VALID;

ALTER TABLE flows.properties
    ADD CONSTRAINT plot_at_most_10000 CHECK ((length(plot) <= 10000)) NOT VALID;

ALTER TABLE flows.ev_chargers
    ADD CONSTRAINT position_at_most_10000 CHECK ((length("position") <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.properties
    ADD CONSTRAINT properties_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.properties_service_head
    ADD CONSTRAINT properties_service_head_pkey PRIMARY KEY (property, service_head);

ALTER TABLE flows.register_interval_missing_reasons
    ADD CONSTRAINT reason_at_most_10000 CHECK ((length(reason) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.recoveries
    ADD CONSTRAINT recoveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.recoveries
    ADD CONSTRAINT recoveries_token_hash_key UNIQUE (token_hash);

ALTER TABLE flows.escos
    ADD CONSTRAINT redress_body_at_most_10000 CHECK ((length(redress_body) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.refresh_tokens
    ADD CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash);

ALTER TABLE flows.escos
    ADD CONSTRAINT region_at_most_10000 CHECK ((length(region) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.regions
    ADD CONSTRAINT regions_pkey PRIMARY KEY (code);

ALTER TABLE ONLY flows.register_counts
    ADD CONSTRAINT register_counts_pkey PRIMARY KEY (register_id, "timestamp");

ALTER TABLE ONLY flows.register_days_changed
    ADD CONSTRAINT register_days_changed_pkey PRIMARY KEY (register_id, day);

ALTER TABLE ONLY flows.register_export
    ADD CONSTRAINT register_export_pkey PRIMARY KEY (register_id, "timestamp");

ALTER TABLE ONLY flows.register_import
    ADD CONSTRAINT register_import_pkey PRIMARY KEY (register_id, "timestamp");

ALTER TABLE ONLY flows.register_interval_bands
    ADD CONSTRAINT register_interval_bands_pkey PRIMARY KEY (register_id, profile, day, band);

ALTER TABLE ONLY flows.register_interval_daily
    ADD CONSTRAINT register_interval_daily_pkey PRIMARY KEY (register_id, day);

ALTER TABLE ONLY flows.register_interval_estimates
    ADD CONSTRAINT register_interval_estimates_pkey PRIMARY KEY (register_id, "timestamp");

ALTER TABLE ONLY flows.register_interval_flags
    ADD CONSTRAINT register_interval_flags_pkey PRIMARY KEY (register_id, "timestamp", rule);

ALTER TABLE ONLY flows.register_interval_hh
    ADD CONSTRAINT register_interval_hh_pkey PRIMARY KEY (register_id, "timestamp");

ALTER TABLE ONLY flows.register_interval_missing_reasons
    ADD CONSTRAINT register_interval_missing_reasons_pkey PRIMARY KEY (register_id, "timestamp");

ALTER TABLE ONLY flows.register_interval_sources
    ADD CONSTRAINT register_interval_sources_pkey PRIMARY KEY (register_id, "timestamp");

ALTER TABLE flows.refresh_tokens
    ADD CONSTRAINT revoked_at_from_2000_to_2199 CHECK (((revoked_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (revoked_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_flags
    ADD CONSTRAINT rule_at_most_10000 CHECK ((length(rule) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_metrics
    ADD CONSTRAINT run_frequency_at_most_10000 CHECK ((length(run_frequency) <= 10000)) NOT VALID;

ALTER TABLE flows.own_meter_metrics
    ADD CONSTRAINT run_frequency_at_most_10000 CHECK ((length(run_frequency) <= 10000)) NOT VALID;

ALTER TABLE ONLY flows.seals
    ADD CONSTRAINT seals_pkey PRIMARY KEY (kind, subject);

ALTER TABLE flows.email_changes
    ADD CONSTRAINT sent_at_from_2000_to_2199 CHECK (((sent_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (sent_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.login_mails
    ADD CONSTRAINT sent_at_from_2000_to_2199 CHECK (((sent_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (sent_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_commands
    ADD CONSTRAINT sent_at_from_2000_to_2199 CHECK (((sent_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (sent_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.outbox
    ADD CONSTRAINT sent_at_from_2000_to_2199 CHECK (((sent_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (sent_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.recoveries
    ADD CONSTRAINT sent_at_from_2000_to_2199 CHECK (((sent_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (sent_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.ev_chargers
    ADD CONSTRAINT serial_at_most_1000 CHECK ((length(serial) <= 1000)) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT serial_at_most_1000 CHECK ((length(serial) <= 1000)) NOT VALID;

ALTER TABLE flows.meter_tophat_registry
    ADD CONSTRAINT serial_at_most_1000 CHECK ((length(serial) <= 1000)) NOT VALID;

ALTER TABLE ONLY flows.service_head_meter
    ADD CONSTRAINT service_head_meter_pkey PRIMARY KEY (service_head, meter);

ALTER TABLE ONLY flows.service_head_registry
    ADD CONSTRAINT service_head_registry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY flows.sites_new
    ADD CONSTRAINT sites_new_esco_code_key UNIQUE (esco, code);

ALTER TABLE ONLY flows.sites_new
    ADD CONSTRAINT sites_new_pkey PRIMARY KEY (id);

ALTER TABLE flows.register_interval_sources
    ADD CONSTRAINT source_at_most_10000 CHECK ((length(source) <= 10000)) NOT VALID;

ALTER TABLE flows.circuit_register
    ADD CONSTRAINT start_time_from_2000_to_2199 CHECK (((start_time >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (start_time < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_registers
    ADD CONSTRAINT start_time_from_2000_to_2199 CHECK (((start_time >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (start_time < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.calendar_days
    ADD CONSTRAINT starts_at_from_2000_to_2199 CHECK (((starts_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (starts_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_registers
    ADD CONSTRAINT status_at_most_10000 CHECK ((length(status) <= 10000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT time_zone_at_most_10000 CHECK ((length(time_zone) <= 10000)) NOT VALID;

ALTER TABLE flows.calendar_bands
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.calendar_half_hours
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_3p_voltage
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_csq
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_event_log
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_health_history
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_prepay_balance
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_voltage
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_counts
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_export
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_import
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_estimates
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_flags
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_missing_reasons
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_sources
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sources
    ADD CONSTRAINT token_at_most_10000 CHECK ((length(token) <= 10000)) NOT VALID;

ALTER TABLE flows.circuits
    ADD CONSTRAINT type_at_most_10000 CHECK ((length(type) <= 10000)) NOT VALID;

ALTER TABLE flows.service_head_registry
    ADD CONSTRAINT type_at_most_10000 CHECK ((length(type) <= 10000)) NOT VALID;

ALTER TABLE flows.api_key_secrets
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.circuit_register
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.circuits
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.email_changes
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.ev_chargers
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.feeder_registry
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.login_mails
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_commands
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_metrics
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_proxies
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_registers
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_registry
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sources
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_tophat_registry
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.own_meter_metrics
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.properties
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.properties_service_head
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.recoveries
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.regions
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_counts
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_estimates
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_flags
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_missing_reasons
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.register_interval_sources
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.service_head_meter
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.service_head_registry
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.sites_new
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_sources
    ADD CONSTRAINT url_at_most_10000 CHECK ((length(url) <= 10000)) NOT VALID;

ALTER TABLE flows.email_changes
    ADD CONSTRAINT used_at_from_2000_to_2199 CHECK (((used_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (used_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.login_mails
    ADD CONSTRAINT used_at_from_2000_to_2199 CHECK (((used_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (used_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.recoveries
    ADD CONSTRAINT used_at_from_2000_to_2199 CHECK (((used_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (used_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.refresh_tokens
    ADD CONSTRAINT used_at_from_2000_to_2199 CHECK (((used_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (used_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE flows.meter_proxies
    ADD CONSTRAINT username_at_most_1000 CHECK ((length(username) <= 1000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT vat_number_at_most_1000 CHECK ((length(vat_number) <= 1000)) NOT VALID;

ALTER TABLE flows.escos
    ADD CONSTRAINT vat_use_at_most_10000 CHECK ((length(vat_use) <= 10000)) NOT VALID;

ALTER TABLE flows.meter_3p_voltage
    ADD CONSTRAINT voltage_l1_within_1000000000000 CHECK (((voltage_l1 >= ('-1000000000000'::bigint)::numeric) AND (voltage_l1 <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.meter_3p_voltage
    ADD CONSTRAINT voltage_l2_within_1000000000000 CHECK (((voltage_l2 >= ('-1000000000000'::bigint)::numeric) AND (voltage_l2 <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.meter_3p_voltage
    ADD CONSTRAINT voltage_l3_within_1000000000000 CHECK (((voltage_l3 >= ('-1000000000000'::bigint)::numeric) AND (voltage_l3 <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.meter_shadows
    ADD CONSTRAINT voltage_within_1000000000000 CHECK (((voltage >= ('-1000000000000'::bigint)::numeric) AND (voltage <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE flows.meter_voltage
    ADD CONSTRAINT voltage_within_1000000000000 CHECK (((voltage >= ('-1000000000000'::bigint)::numeric) AND (voltage <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.customer_invites
    ADD CONSTRAINT accessed_at_from_2000_to_2199 CHECK (((accessed_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (accessed_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY public.account_closings
    ADD CONSTRAINT account_closings_pkey PRIMARY KEY (account);

ALTER TABLE ONLY public.account_events
    ADD CONSTRAINT account_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_suppliers
    ADD CONSTRAINT account_suppliers_account_valid_from_key UNIQUE (account, valid_from);

ALTER TABLE ONLY public.account_suppliers
    ADD CONSTRAINT account_suppliers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_account_number_key UNIQUE (account_number);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_payment_reference_key UNIQUE (payment_reference);

ALTER TABLE public.topups
    ADD CONSTRAINT acquired_at_from_2000_to_2199 CHECK (((acquired_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (acquired_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE public.monthly_solar_credits
    ADD CONSTRAINT applied_at_from_2000_to_2199 CHECK (((applied_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (applied_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.back_bill_exceptions
    ADD CONSTRAINT approved_by_at_most_10000 CHECK ((length(approved_by) <= 10000)) NOT VALID;

ALTER TABLE public.correction_decisions
    ADD CONSTRAINT approved_by_at_most_10000 CHECK ((length(approved_by) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.back_bill_exceptions
    ADD CONSTRAINT back_bill_exceptions_pkey PRIMARY KEY (id);

ALTER TABLE public.wallets
    ADD CONSTRAINT balance_enum_at_most_10000 CHECK ((length(balance_enum) <= 10000)) NOT VALID;

ALTER TABLE public.meters
    ADD CONSTRAINT balance_within_1000000000000 CHECK (((balance >= ('-1000000000000'::bigint)::numeric) AND (balance <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.wallets
    ADD CONSTRAINT balance_within_1000000000000 CHECK (((balance >= ('-1000000000000'::bigint)::numeric) AND (balance <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.rate_bands
    ADD CONSTRAINT band_at_most_10000 CHECK ((length(band) <= 10000)) NOT VALID;

ALTER TABLE public.tariff_components
    ADD CONSTRAINT band_at_most_10000 CHECK ((length(band) <= 10000)) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT benchmark_heat_within_1000000000000 CHECK (((benchmark_heat >= ('-1000000000000'::bigint)::numeric) AND (benchmark_heat <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT benchmark_power_within_1000000000000 CHECK (((benchmark_power >= ('-1000000000000'::bigint)::numeric) AND (benchmark_power <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT benchmark_standing_charge_within_1000000000000 CHECK (((benchmark_standing_charge >= ('-1000000000000'::bigint)::numeric) AND (benchmark_standing_charge <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.benchmark_tariffs
    ADD CONSTRAINT benchmark_tariffs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.benchmark_tariffs
    ADD CONSTRAINT benchmark_tariffs_region_period_start_payment_method_rate_t_key UNIQUE (region, period_start, payment_method, rate_type);

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT benchmark_total_within_1000000000000 CHECK (((benchmark_total >= ('-1000000000000'::bigint)::numeric) AND (benchmark_total <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.bill_holds
    ADD CONSTRAINT bill_holds_account_month_reason_key UNIQUE (account, month, reason);

ALTER TABLE ONLY public.bill_holds
    ADD CONSTRAINT bill_holds_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.billing_run_accounts
    ADD CONSTRAINT billing_run_accounts_pkey PRIMARY KEY (run, account);

ALTER TABLE ONLY public.billing_runs
    ADD CONSTRAINT billing_runs_esco_month_key UNIQUE (esco, month);

ALTER TABLE ONLY public.billing_runs
    ADD CONSTRAINT billing_runs_pkey PRIMARY KEY (id);

ALTER TABLE public.sharing_half_hours
    ADD CONSTRAINT boundary_export_kwh_within_1000000000000 CHECK (((boundary_export_kwh >= ('-1000000000000'::bigint)::numeric) AND (boundary_export_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.sharing_half_hours
    ADD CONSTRAINT boundary_import_kwh_within_1000000000000 CHECK (((boundary_import_kwh >= ('-1000000000000'::bigint)::numeric) AND (boundary_import_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.vat_statuses
    ADD CONSTRAINT certificate_at_most_10000 CHECK ((length(certificate) <= 10000)) NOT VALID;

ALTER TABLE public.vat_statuses
    ADD CONSTRAINT certificate_from_from_2000_to_2199 CHECK (((certificate_from >= '2000-01-01'::date) AND (certificate_from < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.vat_statuses
    ADD CONSTRAINT certificate_to_from_2000_to_2199 CHECK (((certificate_to >= '2000-01-01'::date) AND (certificate_to < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT channel_at_most_10000 CHECK ((length(channel) <= 10000)) NOT VALID;

ALTER TABLE public.invoice_reads
    ADD CONSTRAINT closed_at_from_2000_to_2199 CHECK (((closed_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (closed_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoice_reads
    ADD CONSTRAINT closing_read_within_1000000000000 CHECK (((closing_read >= ('-1000000000000'::bigint)::numeric) AND (closing_read <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.closing_reads
    ADD CONSTRAINT closing_reads_pkey PRIMARY KEY (account, register);

ALTER TABLE public.solar_installation
    ADD CONSTRAINT commissioning_date_from_2000_to_2199 CHECK (((commissioning_date >= '2000-01-01'::date) AND (commissioning_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.corporate_bodies
    ADD CONSTRAINT company_number_at_most_1000 CHECK ((length(company_number) <= 1000)) NOT VALID;

ALTER TABLE public.customers
    ADD CONSTRAINT confirmed_details_at_from_2000_to_2199 CHECK (((confirmed_details_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (confirmed_details_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_half_hours
    ADD CONSTRAINT consumption_kwh_within_1000000000000 CHECK (((consumption_kwh >= ('-1000000000000'::bigint)::numeric) AND (consumption_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.sharing_months
    ADD CONSTRAINT consumption_kwh_within_1000000000000 CHECK (((consumption_kwh >= ('-1000000000000'::bigint)::numeric) AND (consumption_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.contract_signatures
    ADD CONSTRAINT contract_signatures_contract_customer_key UNIQUE (contract, customer);

ALTER TABLE ONLY public.contract_signatures
    ADD CONSTRAINT contract_signatures_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contract_terms_esco
    ADD CONSTRAINT contract_terms_esco_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contract_terms_esco
    ADD CONSTRAINT contract_terms_esco_terms_esco_key UNIQUE (terms, esco);

ALTER TABLE ONLY public.contract_terms
    ADD CONSTRAINT contract_terms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.corporate_bodies
    ADD CONSTRAINT corporate_bodies_esco_company_number_key UNIQUE (esco, company_number);

ALTER TABLE ONLY public.corporate_bodies
    ADD CONSTRAINT corporate_bodies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.correction_decisions
    ADD CONSTRAINT correction_decisions_pkey PRIMARY KEY (id);

ALTER TABLE public.customer_tariffs
    ADD CONSTRAINT correction_reason_at_most_10000 CHECK ((length(correction_reason) <= 10000)) NOT VALID;

ALTER TABLE public.microgrid_tariffs
    ADD CONSTRAINT correction_reason_at_most_10000 CHECK ((length(correction_reason) <= 10000)) NOT VALID;

ALTER TABLE public.account_closings
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.account_events
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.account_suppliers
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.accounts
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.api_keys
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.back_bill_exceptions
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.benchmark_tariffs
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.bill_holds
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.billing_run_accounts
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.billing_runs
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.closing_reads
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contract_signatures
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contract_terms
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contract_terms_esco
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contracts
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.corporate_bodies
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.correction_decisions
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.credit_notes
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_accounts
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_corporate_bodies
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_invites
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_tariffs
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customers
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.direct_debit_mandates
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.documents
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.gifts
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoice_lines
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoice_reads
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoice_series
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoices
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.ledger_accounts
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.ledger_entries
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.meters
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.microgrid_tariffs
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.monthly_solar_credits
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.monthly_usage
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.payment_events
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.properties
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.rate_bands
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.rate_profiles
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.refunds
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.registered_proprietors
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_groups
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_members
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_meters
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_terms
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.solar_credit_allocation
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.solar_credit_tariffs
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.solar_installation
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.tariff_components
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topup_events
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups_gifts
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups_monthly_solar_credits
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups_payments
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.user_escos
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.users
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.vat_registrations
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.vat_statuses
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.wallets
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.write_offs
    ADD CONSTRAINT created_at_from_2000_to_2199 CHECK (((created_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (created_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_invoice_key UNIQUE (invoice);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_number_key UNIQUE (number);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_replacement_key UNIQUE (replacement);

ALTER TABLE ONLY public.customer_accounts
    ADD CONSTRAINT customer_accounts_customer_account_role_key UNIQUE (customer, account, role);

ALTER TABLE ONLY public.customer_accounts
    ADD CONSTRAINT customer_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customer_corporate_bodies
    ADD CONSTRAINT customer_corporate_bodies_customer_corporate_body_key UNIQUE (customer, corporate_body);

ALTER TABLE ONLY public.customer_corporate_bodies
    ADD CONSTRAINT customer_corporate_bodies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customer_invites
    ADD CONSTRAINT customer_invites_mailed_token_key UNIQUE (mailed_token);

ALTER TABLE ONLY public.customer_invites
    ADD CONSTRAINT customer_invites_pkey PRIMARY KEY (invite_token);

ALTER TABLE ONLY public.customer_tariffs
    ADD CONSTRAINT customer_tariffs_id_customer_period_start_key UNIQUE (id, customer, period_start);

ALTER TABLE ONLY public.customer_tariffs
    ADD CONSTRAINT customer_tariffs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_email_key UNIQUE (email);

ALTER TABLE public.payments
    ADD CONSTRAINT description_at_most_10000 CHECK ((length(description) <= 10000)) NOT VALID;

ALTER TABLE public.properties
    ADD CONSTRAINT description_at_most_10000 CHECK ((length(description) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.direct_debit_mandates
    ADD CONSTRAINT direct_debit_mandates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.direct_debit_mandates
    ADD CONSTRAINT direct_debit_mandates_reference_key UNIQUE (reference);

ALTER TABLE public.users
    ADD CONSTRAINT disabled_at_from_2000_to_2199 CHECK (((disabled_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (disabled_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_credit_note_media_type_key UNIQUE (credit_note, media_type);

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_invoice_media_type_key UNIQUE (invoice, media_type);

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (id);

ALTER TABLE public.invoices
    ADD CONSTRAINT due_date_from_2000_to_2199 CHECK (((due_date >= '2000-01-01'::date) AND (due_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.contracts
    ADD CONSTRAINT effective_date_from_2000_to_2199 CHECK (((effective_date >= '2000-01-01'::date) AND (effective_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.tariff_components
    ADD CONSTRAINT element_at_most_10000 CHECK ((length(element) <= 10000)) NOT VALID;

ALTER TABLE public.customers
    ADD CONSTRAINT email_at_most_1000 CHECK ((length(email) <= 1000)) NOT VALID;

ALTER TABLE public.accounts
    ADD CONSTRAINT end_date_from_2000_to_2199 CHECK (((end_date >= '2000-01-01'::date) AND (end_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.contracts
    ADD CONSTRAINT end_date_from_2000_to_2199 CHECK (((end_date >= '2000-01-01'::date) AND (end_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.customer_accounts
    ADD CONSTRAINT end_date_from_2000_to_2199 CHECK (((end_date >= '2000-01-01'::date) AND (end_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.sharing_members
    ADD CONSTRAINT end_date_from_2000_to_2199 CHECK (((end_date >= '2000-01-01'::date) AND (end_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.ledger_entries
    ADD CONSTRAINT entry_date_from_2000_to_2199 CHECK (((entry_date >= '2000-01-01'::date) AND (entry_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT event_at_most_10000 CHECK ((length(event) <= 10000)) NOT VALID;

ALTER TABLE public.account_events
    ADD CONSTRAINT event_timestamp_from_2000_to_2199 CHECK (((event_timestamp >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (event_timestamp < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.payment_events
    ADD CONSTRAINT event_type_at_most_10000 CHECK ((length(event_type) <= 10000)) NOT VALID;

ALTER TABLE public.topup_events
    ADD CONSTRAINT event_type_at_most_10000 CHECK ((length(event_type) <= 10000)) NOT VALID;

ALTER TABLE public.api_keys
    ADD CONSTRAINT expires_at_from_2000_to_2199 CHECK (((expires_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_invites
    ADD CONSTRAINT expires_at_from_2000_to_2199 CHECK (((expires_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (expires_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.billing_runs
    ADD CONSTRAINT finished_at_from_2000_to_2199 CHECK (((finished_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (finished_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoice_lines
    ADD CONSTRAINT first_interval_from_2000_to_2199 CHECK (((first_interval >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (first_interval < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customers
    ADD CONSTRAINT fullname_at_most_1000 CHECK ((length(fullname) <= 1000)) NOT VALID;

ALTER TABLE public.sharing_half_hours
    ADD CONSTRAINT generation_kwh_within_1000000000000 CHECK (((generation_kwh >= ('-1000000000000'::bigint)::numeric) AND (generation_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.gifts
    ADD CONSTRAINT gifts_account_idempotency_key_key UNIQUE (account, idempotency_key);

ALTER TABLE ONLY public.gifts
    ADD CONSTRAINT gifts_pkey PRIMARY KEY (id);

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT heat_within_1000000000000 CHECK (((heat >= ('-1000000000000'::bigint)::numeric) AND (heat <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.api_keys
    ADD CONSTRAINT hint_at_most_10000 CHECK ((length(hint) <= 10000)) NOT VALID;

ALTER TABLE public.account_events
    ADD CONSTRAINT history_type_at_most_10000 CHECK ((length(history_type) <= 10000)) NOT VALID;

ALTER TABLE public.rate_profiles
    ADD CONSTRAINT holidays_at_most_10000 CHECK ((length(holidays) <= 10000)) NOT VALID;

ALTER TABLE public.gifts
    ADD CONSTRAINT idempotency_key_at_most_10000 CHECK ((length(idempotency_key) <= 10000)) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT idempotency_key_at_most_10000 CHECK ((length(idempotency_key) <= 10000)) NOT VALID;

ALTER TABLE public.customer_invites
    ADD CONSTRAINT invite_url_at_most_10000 CHECK ((length(invite_url) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_invoice_position_key UNIQUE (invoice, "position");

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.invoice_reads
    ADD CONSTRAINT invoice_reads_pkey PRIMARY KEY (invoice, register);

ALTER TABLE ONLY public.invoice_series
    ADD CONSTRAINT invoice_series_pkey PRIMARY KEY (esco);

ALTER TABLE ONLY public.invoice_series
    ADD CONSTRAINT invoice_series_prefix_key UNIQUE (prefix);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_number_key UNIQUE (number);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (id);

ALTER TABLE public.credit_notes
    ADD CONSTRAINT issue_date_from_2000_to_2199 CHECK (((issue_date >= '2000-01-01'::date) AND (issue_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.invoices
    ADD CONSTRAINT issue_date_from_2000_to_2199 CHECK (((issue_date >= '2000-01-01'::date) AND (issue_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.tariff_components
    ADD CONSTRAINT kind_at_most_10000 CHECK ((length(kind) <= 10000)) NOT VALID;

ALTER TABLE public.customers
    ADD CONSTRAINT language_at_most_10000 CHECK ((length(language) <= 10000)) NOT VALID;

ALTER TABLE public.account_closings
    ADD CONSTRAINT last_day_from_2000_to_2199 CHECK (((last_day >= '2000-01-01'::date) AND (last_day < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT last_error_at_most_10000 CHECK ((length(last_error) <= 10000)) NOT VALID;

ALTER TABLE public.invoice_lines
    ADD CONSTRAINT last_interval_from_2000_to_2199 CHECK (((last_interval >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_interval < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.users
    ADD CONSTRAINT last_login_at_from_2000_to_2199 CHECK (((last_login_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_login_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.wallets
    ADD CONSTRAINT last_sync_timestamp_from_2000_to_2199 CHECK (((last_sync_timestamp >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (last_sync_timestamp < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY public.ledger_accounts
    ADD CONSTRAINT ledger_accounts_esco_code_account_key UNIQUE NULLS NOT DISTINCT (esco, code, account);

ALTER TABLE ONLY public.ledger_accounts
    ADD CONSTRAINT ledger_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_kind_reference_key UNIQUE (kind, reference);

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_postings
    ADD CONSTRAINT ledger_postings_pkey PRIMARY KEY (id);

ALTER TABLE public.solar_installation
    ADD CONSTRAINT mcs_at_most_10000 CHECK ((length(mcs) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_event_customer_channel_key UNIQUE (event, customer, channel);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.meters
    ADD CONSTRAINT meters_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.meters
    ADD CONSTRAINT meters_serial_key UNIQUE (serial);

ALTER TABLE ONLY public.meters
    ADD CONSTRAINT meters_wallet_key UNIQUE (wallet);

ALTER TABLE public.payments
    ADD CONSTRAINT method_at_most_10000 CHECK ((length(method) <= 10000)) NOT VALID;

ALTER TABLE public.sharing_terms
    ADD CONSTRAINT method_at_most_10000 CHECK ((length(method) <= 10000)) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT microgrid_heat_within_1000000000000 CHECK (((microgrid_heat >= ('-1000000000000'::bigint)::numeric) AND (microgrid_heat <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT microgrid_power_within_1000000000000 CHECK (((microgrid_power >= ('-1000000000000'::bigint)::numeric) AND (microgrid_power <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT microgrid_standing_charge_within_1000000000000 CHECK (((microgrid_standing_charge >= ('-1000000000000'::bigint)::numeric) AND (microgrid_standing_charge <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.microgrid_tariffs
    ADD CONSTRAINT microgrid_tariffs_id_esco_period_start_key UNIQUE (id, esco, period_start);

ALTER TABLE ONLY public.microgrid_tariffs
    ADD CONSTRAINT microgrid_tariffs_pkey PRIMARY KEY (id);

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT microgrid_total_within_1000000000000 CHECK (((microgrid_total >= ('-1000000000000'::bigint)::numeric) AND (microgrid_total <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.wallets
    ADD CONSTRAINT minimum_balance_within_1000000000000 CHECK (((minimum_balance >= ('-1000000000000'::bigint)::numeric) AND (minimum_balance <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.bill_holds
    ADD CONSTRAINT month_from_2000_to_2199 CHECK (((month >= '2000-01-01'::date) AND (month < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.billing_runs
    ADD CONSTRAINT month_from_2000_to_2199 CHECK (((month >= '2000-01-01'::date) AND (month < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT month_from_2000_to_2199 CHECK (((month >= '2000-01-01'::date) AND (month < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.monthly_solar_credits
    ADD CONSTRAINT month_from_2000_to_2199 CHECK (((month >= '2000-01-01'::date) AND (month < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.monthly_usage
    ADD CONSTRAINT month_from_2000_to_2199 CHECK (((month >= '2000-01-01'::date) AND (month < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.sharing_months
    ADD CONSTRAINT month_from_2000_to_2199 CHECK (((month >= '2000-01-01'::date) AND (month < '2200-01-01'::date))) NOT VALID;

ALTER TABLE ONLY public.monthly_costs
    ADD CONSTRAINT monthly_costs_pkey PRIMARY KEY (customer_id, month);

ALTER TABLE ONLY public.monthly_solar_credits
    ADD CONSTRAINT monthly_solar_credits_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.monthly_solar_credits
    ADD CONSTRAINT monthly_solar_credits_property_id_month_source_installation_key UNIQUE (property_id, month, source_installation);

ALTER TABLE ONLY public.monthly_usage
    ADD CONSTRAINT monthly_usage_pkey PRIMARY KEY (circuit_id, month);

ALTER TABLE public.properties
    ADD CONSTRAINT mpan_at_most_10000 CHECK ((length(mpan) <= 10000)) NOT VALID;

ALTER TABLE public.accounts
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE public.api_keys
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE public.corporate_bodies
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE public.customer_tariffs
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE public.microgrid_tariffs
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE public.rate_profiles
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE public.sharing_groups
    ADD CONSTRAINT name_at_most_1000 CHECK ((length(name) <= 1000)) NOT VALID;

ALTER TABLE public.stale_invoices
    ADD CONSTRAINT noted_at_from_2000_to_2199 CHECK (((noted_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (noted_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_accounts
    ADD CONSTRAINT notes_at_most_10000 CHECK ((length(notes) <= 10000)) NOT VALID;

ALTER TABLE public.topups
    ADD CONSTRAINT notes_at_most_10000 CHECK ((length(notes) <= 10000)) NOT VALID;

ALTER TABLE public.invoice_reads
    ADD CONSTRAINT opened_at_from_2000_to_2199 CHECK (((opened_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (opened_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoice_reads
    ADD CONSTRAINT opening_read_within_1000000000000 CHECK (((opening_read >= ('-1000000000000'::bigint)::numeric) AND (opening_read <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.sharing_half_hours
    ADD CONSTRAINT others_kwh_within_1000000000000 CHECK (((others_kwh >= ('-1000000000000'::bigint)::numeric) AND (others_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.registered_proprietors
    ADD CONSTRAINT ownership_at_most_10000 CHECK ((length(ownership) <= 10000)) NOT VALID;

ALTER TABLE public.refunds
    ADD CONSTRAINT paid_on_from_2000_to_2199 CHECK (((paid_on >= '2000-01-01'::date) AND (paid_on < '2200-01-01'::date))) NOT VALID;

ALTER TABLE ONLY public.payment_events
    ADD CONSTRAINT payment_events_pkey PRIMARY KEY (id);

ALTER TABLE public.payments
    ADD CONSTRAINT payment_intent_at_most_10000 CHECK ((length(payment_intent) <= 10000)) NOT VALID;

ALTER TABLE public.accounts
    ADD CONSTRAINT payment_method_at_most_10000 CHECK ((length(payment_method) <= 10000)) NOT VALID;

ALTER TABLE public.benchmark_tariffs
    ADD CONSTRAINT payment_method_at_most_10000 CHECK ((length(payment_method) <= 10000)) NOT VALID;

ALTER TABLE public.wallets
    ADD CONSTRAINT payment_timing_at_most_10000 CHECK ((length(payment_timing) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_account_idempotency_key_key UNIQUE (account, idempotency_key);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_payment_intent_key UNIQUE (payment_intent);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

ALTER TABLE public.back_bill_exceptions
    ADD CONSTRAINT period_end_from_2000_to_2199 CHECK (((period_end >= '2000-01-01'::date) AND (period_end < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.invoice_lines
    ADD CONSTRAINT period_end_from_2000_to_2199 CHECK (((period_end >= '2000-01-01'::date) AND (period_end < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.invoices
    ADD CONSTRAINT period_end_from_2000_to_2199 CHECK (((period_end >= '2000-01-01'::date) AND (period_end < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.back_bill_exceptions
    ADD CONSTRAINT period_start_from_2000_to_2199 CHECK (((period_start >= '2000-01-01'::date) AND (period_start < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.benchmark_tariffs
    ADD CONSTRAINT period_start_from_2000_to_2199 CHECK (((period_start >= '2000-01-01'::date) AND (period_start < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.customer_tariffs
    ADD CONSTRAINT period_start_from_2000_to_2199 CHECK (((period_start >= '2000-01-01'::date) AND (period_start < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.invoice_lines
    ADD CONSTRAINT period_start_from_2000_to_2199 CHECK (((period_start >= '2000-01-01'::date) AND (period_start < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.invoices
    ADD CONSTRAINT period_start_from_2000_to_2199 CHECK (((period_start >= '2000-01-01'::date) AND (period_start < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.microgrid_tariffs
    ADD CONSTRAINT period_start_from_2000_to_2199 CHECK (((period_start >= '2000-01-01'::date) AND (period_start < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.sharing_terms
    ADD CONSTRAINT period_start_from_2000_to_2199 CHECK (((period_start >= '2000-01-01'::date) AND (period_start < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.solar_credit_tariffs
    ADD CONSTRAINT period_start_from_2000_to_2199 CHECK (((period_start >= '2000-01-01'::date) AND (period_start < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.customers
    ADD CONSTRAINT phone_at_most_1000 CHECK ((length(phone) <= 1000)) NOT VALID;

ALTER TABLE public.properties
    ADD CONSTRAINT plot_at_most_10000 CHECK ((length(plot) <= 10000)) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT power_within_1000000000000 CHECK (((power >= ('-1000000000000'::bigint)::numeric) AND (power <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.properties
    ADD CONSTRAINT properties_solar_meter_key UNIQUE (solar_meter);

ALTER TABLE ONLY public.properties
    ADD CONSTRAINT properties_supply_meter_key UNIQUE (supply_meter);

ALTER TABLE public.invoice_lines
    ADD CONSTRAINT quantity_within_1000000000000 CHECK (((quantity >= ('-1000000000000'::bigint)::numeric) AND (quantity <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.rate_bands
    ADD CONSTRAINT rate_bands_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.rate_bands
    ADD CONSTRAINT rate_bands_profile_position_key UNIQUE (profile, "position");

ALTER TABLE ONLY public.rate_profiles
    ADD CONSTRAINT rate_profiles_esco_name_key UNIQUE (esco, name);

ALTER TABLE ONLY public.rate_profiles
    ADD CONSTRAINT rate_profiles_pkey PRIMARY KEY (id);

ALTER TABLE public.benchmark_tariffs
    ADD CONSTRAINT rate_type_at_most_10000 CHECK ((length(rate_type) <= 10000)) NOT VALID;

ALTER TABLE public.invoice_lines
    ADD CONSTRAINT rate_within_1000000000000 CHECK (((rate >= ('-1000000000000'::bigint)::numeric) AND (rate <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.back_bill_exceptions
    ADD CONSTRAINT reason_at_most_10000 CHECK ((length(reason) <= 10000)) NOT VALID;

ALTER TABLE public.correction_decisions
    ADD CONSTRAINT reason_at_most_10000 CHECK ((length(reason) <= 10000)) NOT VALID;

ALTER TABLE public.gifts
    ADD CONSTRAINT reason_at_most_10000 CHECK ((length(reason) <= 10000)) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT receipt_url_at_most_10000 CHECK ((length(receipt_url) <= 10000)) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT received_on_from_2000_to_2199 CHECK (((received_on >= '2000-01-01'::date) AND (received_on < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT recipient_at_most_10000 CHECK ((length(recipient) <= 10000)) NOT VALID;

ALTER TABLE public.correction_decisions
    ADD CONSTRAINT recorded_by_at_most_10000 CHECK ((length(recorded_by) <= 10000)) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT recorded_by_at_most_10000 CHECK ((length(recorded_by) <= 10000)) NOT VALID;

ALTER TABLE public.direct_debit_mandates
    ADD CONSTRAINT reference_at_most_10000 CHECK ((length(reference) <= 10000)) NOT VALID;

ALTER TABLE public.topups
    ADD CONSTRAINT reference_at_most_10000 CHECK ((length(reference) <= 10000)) NOT VALID;

ALTER TABLE public.report_refreshes
    ADD CONSTRAINT refreshed_at_from_2000_to_2199 CHECK (((refreshed_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (refreshed_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_account_idempotency_key_key UNIQUE (account, idempotency_key);

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_pkey PRIMARY KEY (id);

ALTER TABLE public.benchmark_tariffs
    ADD CONSTRAINT region_at_most_10000 CHECK ((length(region) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.registered_proprietors
    ADD CONSTRAINT registered_proprietors_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.registered_proprietors
    ADD CONSTRAINT registered_proprietors_property_customer_corporate_body_key UNIQUE NULLS NOT DISTINCT (property, customer, corporate_body);

ALTER TABLE public.bill_holds
    ADD CONSTRAINT release_reason_at_most_10000 CHECK ((length(release_reason) <= 10000)) NOT VALID;

ALTER TABLE public.bill_holds
    ADD CONSTRAINT released_at_from_2000_to_2199 CHECK (((released_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (released_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY public.report_refreshes
    ADD CONSTRAINT report_refreshes_pkey PRIMARY KEY (report);

ALTER TABLE public.payments
    ADD CONSTRAINT reversed_at_from_2000_to_2199 CHECK (((reversed_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (reversed_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.api_keys
    ADD CONSTRAINT revoked_at_from_2000_to_2199 CHECK (((revoked_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (revoked_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.api_keys
    ADD CONSTRAINT role_at_most_10000 CHECK ((length(role) <= 10000)) NOT VALID;

ALTER TABLE public.customer_accounts
    ADD CONSTRAINT role_at_most_10000 CHECK ((length(role) <= 10000)) NOT VALID;

ALTER TABLE public.sharing_meters
    ADD CONSTRAINT role_at_most_10000 CHECK ((length(role) <= 10000)) NOT VALID;

ALTER TABLE public.monthly_solar_credits
    ADD CONSTRAINT scheduled_at_from_2000_to_2199 CHECK (((scheduled_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (scheduled_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT scheduled_at_from_2000_to_2199 CHECK (((scheduled_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (scheduled_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.rate_bands
    ADD CONSTRAINT season_end_at_most_10000 CHECK ((length(season_end) <= 10000)) NOT VALID;

ALTER TABLE public.rate_bands
    ADD CONSTRAINT season_start_at_most_10000 CHECK ((length(season_start) <= 10000)) NOT VALID;

ALTER TABLE public.report_refreshes
    ADD CONSTRAINT seconds_within_1000000000000 CHECK (((seconds >= ('-1000000000000'::bigint)::numeric) AND (seconds <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT sent_at_from_2000_to_2199 CHECK (((sent_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (sent_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_half_hours
    ADD CONSTRAINT shared_kwh_within_1000000000000 CHECK (((shared_kwh >= ('-1000000000000'::bigint)::numeric) AND (shared_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.sharing_months
    ADD CONSTRAINT shared_kwh_within_1000000000000 CHECK (((shared_kwh >= ('-1000000000000'::bigint)::numeric) AND (shared_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.sharing_groups
    ADD CONSTRAINT sharing_groups_esco_name_key UNIQUE (esco, name);

ALTER TABLE ONLY public.sharing_groups
    ADD CONSTRAINT sharing_groups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sharing_half_hours
    ADD CONSTRAINT sharing_half_hours_pkey PRIMARY KEY (sharing_group, "timestamp");

ALTER TABLE ONLY public.sharing_members
    ADD CONSTRAINT sharing_members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sharing_members
    ADD CONSTRAINT sharing_members_property_start_date_key UNIQUE (property, start_date);

ALTER TABLE ONLY public.sharing_meters
    ADD CONSTRAINT sharing_meters_pkey PRIMARY KEY (register, valid_from);

ALTER TABLE ONLY public.sharing_months
    ADD CONSTRAINT sharing_months_pkey PRIMARY KEY (sharing_group, property, month);

ALTER TABLE ONLY public.sharing_terms
    ADD CONSTRAINT sharing_terms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sharing_terms
    ADD CONSTRAINT sharing_terms_sharing_group_period_start_key UNIQUE (sharing_group, period_start);

ALTER TABLE public.contract_terms
    ADD CONSTRAINT short_description_at_most_10000 CHECK ((length(short_description) <= 10000)) NOT VALID;

ALTER TABLE public.contract_signatures
    ADD CONSTRAINT signed_at_from_2000_to_2199 CHECK (((signed_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (signed_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contracts
    ADD CONSTRAINT signed_contract_url_at_most_10000 CHECK ((length(signed_contract_url) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.solar_credit_allocation
    ADD CONSTRAINT solar_credit_allocation_installation_property_allocation_pr_key UNIQUE (installation_property, allocation_property);

ALTER TABLE ONLY public.solar_credit_allocation
    ADD CONSTRAINT solar_credit_allocation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.solar_credit_tariffs
    ADD CONSTRAINT solar_credit_tariffs_esco_period_start_key UNIQUE (esco, period_start);

ALTER TABLE ONLY public.solar_credit_tariffs
    ADD CONSTRAINT solar_credit_tariffs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.solar_installation
    ADD CONSTRAINT solar_installation_mcs_key UNIQUE (mcs);

ALTER TABLE public.benchmark_tariffs
    ADD CONSTRAINT source_at_most_10000 CHECK ((length(source) <= 10000)) NOT VALID;

ALTER TABLE public.topups
    ADD CONSTRAINT source_at_most_10000 CHECK ((length(source) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.stale_invoices
    ADD CONSTRAINT stale_invoices_pkey PRIMARY KEY (invoice, cause);

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT standing_charge_within_1000000000000 CHECK (((standing_charge >= ('-1000000000000'::bigint)::numeric) AND (standing_charge <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.accounts
    ADD CONSTRAINT start_date_from_2000_to_2199 CHECK (((start_date >= '2000-01-01'::date) AND (start_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.customer_accounts
    ADD CONSTRAINT start_date_from_2000_to_2199 CHECK (((start_date >= '2000-01-01'::date) AND (start_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.sharing_members
    ADD CONSTRAINT start_date_from_2000_to_2199 CHECK (((start_date >= '2000-01-01'::date) AND (start_date < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.billing_runs
    ADD CONSTRAINT started_at_from_2000_to_2199 CHECK (((started_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (started_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.report_refreshes
    ADD CONSTRAINT started_at_from_2000_to_2199 CHECK (((started_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (started_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.accounts
    ADD CONSTRAINT status_at_most_10000 CHECK ((length(status) <= 10000)) NOT VALID;

ALTER TABLE public.customer_invites
    ADD CONSTRAINT status_at_most_10000 CHECK ((length(status) <= 10000)) NOT VALID;

ALTER TABLE public.customers
    ADD CONSTRAINT status_at_most_10000 CHECK ((length(status) <= 10000)) NOT VALID;

ALTER TABLE public.direct_debit_mandates
    ADD CONSTRAINT status_at_most_10000 CHECK ((length(status) <= 10000)) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT status_at_most_10000 CHECK ((length(status) <= 10000)) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT status_at_most_10000 CHECK ((length(status) <= 10000)) NOT VALID;

ALTER TABLE public.topups
    ADD CONSTRAINT status_at_most_10000 CHECK ((length(status) <= 10000)) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT subject_at_most_10000 CHECK ((length(subject) <= 10000)) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT submitted_at_from_2000_to_2199 CHECK (((submitted_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (submitted_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contract_terms
    ADD CONSTRAINT subtype_at_most_10000 CHECK ((length(subtype) <= 10000)) NOT VALID;

ALTER TABLE public.contract_terms
    ADD CONSTRAINT summary_text_at_most_10000 CHECK ((length(summary_text) <= 10000)) NOT VALID;

ALTER TABLE public.account_suppliers
    ADD CONSTRAINT supplier_at_most_10000 CHECK ((length(supplier) <= 10000)) NOT VALID;

ALTER TABLE public.sharing_months
    ADD CONSTRAINT surplus_kwh_within_1000000000000 CHECK (((surplus_kwh >= ('-1000000000000'::bigint)::numeric) AND (surplus_kwh <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.wallets
    ADD CONSTRAINT target_balance_within_1000000000000 CHECK (((target_balance >= ('-1000000000000'::bigint)::numeric) AND (target_balance <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE ONLY public.tariff_components
    ADD CONSTRAINT tariff_components_microgrid_tariff_customer_tariff_kind_ele_key UNIQUE NULLS NOT DISTINCT (microgrid_tariff, customer_tariff, kind, element, band, from_kwh);

ALTER TABLE ONLY public.tariff_components
    ADD CONSTRAINT tariff_components_pkey PRIMARY KEY (id);

ALTER TABLE public.credit_notes
    ADD CONSTRAINT tax_point_from_2000_to_2199 CHECK (((tax_point >= '2000-01-01'::date) AND (tax_point < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.invoices
    ADD CONSTRAINT tax_point_from_2000_to_2199 CHECK (((tax_point >= '2000-01-01'::date) AND (tax_point < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT template_at_most_10000 CHECK ((length(template) <= 10000)) NOT VALID;

ALTER TABLE public.properties
    ADD CONSTRAINT tenure_at_most_10000 CHECK ((length(tenure) <= 10000)) NOT VALID;

ALTER TABLE public.tariff_components
    ADD CONSTRAINT threshold_period_at_most_10000 CHECK ((length(threshold_period) <= 10000)) NOT VALID;

ALTER TABLE public.sharing_half_hours
    ADD CONSTRAINT timestamp_from_2000_to_2199 CHECK ((("timestamp" >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND ("timestamp" < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups
    ADD CONSTRAINT token_at_most_10000 CHECK ((length(token) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.topup_events
    ADD CONSTRAINT topup_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.topups_gifts
    ADD CONSTRAINT topups_gifts_gift_id_key UNIQUE (gift_id);

ALTER TABLE ONLY public.topups_gifts
    ADD CONSTRAINT topups_gifts_pkey PRIMARY KEY (topup_id);

ALTER TABLE ONLY public.topups_monthly_solar_credits
    ADD CONSTRAINT topups_monthly_solar_credits_month_solar_credit_id_key UNIQUE (month_solar_credit_id);

ALTER TABLE ONLY public.topups_monthly_solar_credits
    ADD CONSTRAINT topups_monthly_solar_credits_pkey PRIMARY KEY (topup_id);

ALTER TABLE ONLY public.topups_payments
    ADD CONSTRAINT topups_payments_pkey PRIMARY KEY (topup_id);

ALTER TABLE ONLY public.topups
    ADD CONSTRAINT topups_pkey PRIMARY KEY (id);

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT total_within_1000000000000 CHECK (((total >= ('-1000000000000'::bigint)::numeric) AND (total <= ('1000000000000'::bigint)::numeric))) NOT VALID;

ALTER TABLE public.accounts
    ADD CONSTRAINT type_at_most_10000 CHECK ((length(type) <= 10000)) NOT VALID;

ALTER TABLE public.contract_terms
    ADD CONSTRAINT type_at_most_10000 CHECK ((length(type) <= 10000)) NOT VALID;

ALTER TABLE public.contracts
    ADD CONSTRAINT type_at_most_10000 CHECK ((length(type) <= 10000)) NOT VALID;

ALTER TABLE public.account_closings
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.account_events
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.account_suppliers
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.accounts
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.api_keys
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.back_bill_exceptions
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.benchmark_tariffs
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.bill_holds
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.billing_run_accounts
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.billing_runs
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.closing_reads
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contract_signatures
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contract_terms
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contract_terms_esco
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.contracts
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.corporate_bodies
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_accounts
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_corporate_bodies
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_invites
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customer_tariffs
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.customers
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.direct_debit_mandates
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.gifts
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoice_series
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.invoices
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.messages
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.meters
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.microgrid_tariffs
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.monthly_costs
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.monthly_solar_credits
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.monthly_usage
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.payment_events
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.payments
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.properties
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.rate_bands
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.rate_profiles
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.registered_proprietors
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_groups
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_members
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_meters
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.sharing_terms
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.solar_credit_allocation
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.solar_credit_tariffs
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.solar_installation
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.tariff_components
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topup_events
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups_gifts
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups_monthly_solar_credits
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.topups_payments
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.user_escos
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.users
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.vat_registrations
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.vat_statuses
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.wallets
    ADD CONSTRAINT updated_at_from_2000_to_2199 CHECK (((updated_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (updated_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE public.vat_statuses
    ADD CONSTRAINT use_at_most_10000 CHECK ((length(use) <= 10000)) NOT VALID;

ALTER TABLE public.topups
    ADD CONSTRAINT used_at_from_2000_to_2199 CHECK (((used_at >= '2000-01-01 00:00:00+00'::timestamp with time zone) AND (used_at < '2200-01-01 00:00:00+00'::timestamp with time zone))) NOT VALID;

ALTER TABLE ONLY public.user_escos
    ADD CONSTRAINT user_escos_pkey PRIMARY KEY (user_id, esco);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_customer_key UNIQUE (customer);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE public.account_suppliers
    ADD CONSTRAINT valid_from_from_2000_to_2199 CHECK (((valid_from >= '2000-01-01'::date) AND (valid_from < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.direct_debit_mandates
    ADD CONSTRAINT valid_from_from_2000_to_2199 CHECK (((valid_from >= '2000-01-01'::date) AND (valid_from < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.sharing_meters
    ADD CONSTRAINT valid_from_from_2000_to_2199 CHECK (((valid_from >= '2000-01-01'::date) AND (valid_from < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.vat_registrations
    ADD CONSTRAINT valid_from_from_2000_to_2199 CHECK (((valid_from >= '2000-01-01'::date) AND (valid_from < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.vat_statuses
    ADD CONSTRAINT valid_from_from_2000_to_2199 CHECK (((valid_from >= '2000-01-01'::date) AND (valid_from < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.direct_debit_mandates
    ADD CONSTRAINT valid_to_from_2000_to_2199 CHECK (((valid_to >= '2000-01-01'::date) AND (valid_to < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.sharing_meters
    ADD CONSTRAINT valid_to_from_2000_to_2199 CHECK (((valid_to >= '2000-01-01'::date) AND (valid_to < '2200-01-01'::date))) NOT VALID;

ALTER TABLE public.vat_registrations
    ADD CONSTRAINT vat_number_at_most_1000 CHECK ((length(vat_number) <= 1000)) NOT VALID;

ALTER TABLE ONLY public.vat_registrations
    ADD CONSTRAINT vat_registrations_customer_valid_from_key UNIQUE (customer, valid_from);

ALTER TABLE ONLY public.vat_registrations
    ADD CONSTRAINT vat_registrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.vat_statuses
    ADD CONSTRAINT vat_statuses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.vat_statuses
    ADD CONSTRAINT vat_statuses_property_customer_valid_from_key UNIQUE NULLS NOT DISTINCT (property, customer, valid_from);

ALTER TABLE public.contract_terms
    ADD CONSTRAINT version_at_most_10000 CHECK ((length(version) <= 10000)) NOT VALID;

ALTER TABLE ONLY public.wallets
    ADD CONSTRAINT wallets_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.write_offs
    ADD CONSTRAINT write_offs_account_idempotency_key_key UNIQUE (account, idempotency_key);

ALTER TABLE ONLY public.write_offs
    ADD CONSTRAINT write_offs_pkey PRIMARY KEY (id);

ALTER TABLE public.write_offs
    ADD CONSTRAINT written_off_on_from_2000_to_2199 CHECK (((written_off_on >= '2000-01-01'::date) AND (written_off_on < '2200-01-01'::date))) NOT VALID;

CREATE INDEX audit_log_table_name_row_id_idx ON flows.audit_log USING btree (table_name, row_id);

CREATE INDEX circuit_register_register_idx ON flows.circuit_register USING btree (register);

CREATE INDEX circuits_esco_idx ON flows.circuits USING btree (esco);

CREATE INDEX email_changes_user_id_created_at_idx ON flows.email_changes USING btree (user_id, created_at);

CREATE INDEX escos_region_idx ON flows.escos USING btree (region);

CREATE INDEX ev_chargers_esco_idx ON flows.ev_chargers USING btree (esco);

CREATE INDEX feeder_registry_esco_idx ON flows.feeder_registry USING btree (esco);

CREATE INDEX login_mails_user_id_created_at_idx ON flows.login_mails USING btree (user_id, created_at);

CREATE INDEX meter_commands_meter_id_created_at_idx ON flows.meter_commands USING btree (meter_id, created_at);

CREATE INDEX meter_commands_open ON flows.meter_commands USING btree (kind, status) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX meter_commands_token ON flows.meter_commands USING btree (meter_id, ((arguments ->> 'token'::text))) WHERE ((kind = 'token'::text) AND (status <> 'failed'::text));

CREATE INDEX meter_commands_topup_idx ON flows.meter_commands USING btree (topup);

CREATE INDEX meter_registers_meter_id_idx ON flows.meter_registers USING btree (meter_id);

CREATE UNIQUE INDEX meter_registers_one_enabled ON flows.meter_registers USING btree (meter_id, element) WHERE (status = 'enabled'::text);

CREATE INDEX meter_registers_replaced_by_idx ON flows.meter_registers USING btree (replaced_by);

CREATE UNIQUE INDEX meter_registry_endpoint ON flows.meter_registry USING btree (ip_address, port);

CREATE INDEX meter_registry_esco_idx ON flows.meter_registry USING btree (esco);

CREATE INDEX meter_registry_site_idx ON flows.meter_registry USING btree (site);

CREATE INDEX meter_tophat_registry_meter_idx ON flows.meter_tophat_registry USING btree (meter);

CREATE INDEX outbox_due ON flows.outbox USING btree (service, not_before) WHERE (failed_at IS NULL);

CREATE UNIQUE INDEX outbox_key ON flows.outbox USING btree (service, job, key) WHERE ((key IS NOT NULL) AND (failed_at IS NULL));

CREATE INDEX properties_service_head_service_head_idx ON flows.properties_service_head USING btree (service_head);

CREATE INDEX recoveries_user_id_created_at_idx ON flows.recoveries USING btree (user_id, created_at);

CREATE INDEX refresh_tokens_session_idx ON flows.refresh_tokens USING btree (session);

CREATE INDEX refresh_tokens_user_id_idx ON flows.refresh_tokens USING btree (user_id);

CREATE INDEX register_interval_bands_profile_idx ON flows.register_interval_bands USING btree (profile);

CREATE INDEX service_head_meter_meter_idx ON flows.service_head_meter USING btree (meter);

CREATE INDEX service_head_registry_feeder_idx ON flows.service_head_registry USING btree (feeder);

CREATE INDEX account_closings_last_day_idx ON public.account_closings USING btree (last_day);

CREATE INDEX account_closings_next_account_idx ON public.account_closings USING btree (next_account);

CREATE INDEX account_events_account_idx ON public.account_events USING btree (account);

CREATE INDEX accounts_current_contract_idx ON public.accounts USING btree (current_contract);

CREATE INDEX accounts_property_idx ON public.accounts USING btree (property);

CREATE INDEX api_keys_created_by_idx ON public.api_keys USING btree (created_by);

CREATE INDEX api_keys_esco_idx ON public.api_keys USING btree (esco);

CREATE INDEX back_bill_exceptions_account_idx ON public.back_bill_exceptions USING btree (account);

CREATE INDEX billing_run_accounts_account_idx ON public.billing_run_accounts USING btree (account);

CREATE INDEX billing_run_accounts_invoice_idx ON public.billing_run_accounts USING btree (invoice);

CREATE INDEX closing_reads_register_idx ON public.closing_reads USING btree (register);

CREATE INDEX contract_signatures_customer_idx ON public.contract_signatures USING btree (customer);

CREATE INDEX contract_terms_esco_esco_idx ON public.contract_terms_esco USING btree (esco);

CREATE INDEX contracts_esco_idx ON public.contracts USING btree (esco);

CREATE INDEX contracts_terms_idx ON public.contracts USING btree (terms);

CREATE INDEX correction_decisions_account_idx ON public.correction_decisions USING btree (account);

CREATE INDEX correction_decisions_invoice_idx ON public.correction_decisions USING btree (invoice);

CREATE INDEX credit_notes_account_idx ON public.credit_notes USING btree (account);

CREATE INDEX credit_notes_customer_idx ON public.credit_notes USING btree (customer);

CREATE INDEX credit_notes_esco_idx ON public.credit_notes USING btree (esco);

CREATE INDEX customer_accounts_account_idx ON public.customer_accounts USING btree (account);

CREATE INDEX customer_corporate_bodies_corporate_body_idx ON public.customer_corporate_bodies USING btree (corporate_body);

CREATE INDEX customer_invites_customer_idx ON public.customer_invites USING btree (customer);

CREATE INDEX customer_tariffs_benchmark_idx ON public.customer_tariffs USING btree (benchmark);

CREATE UNIQUE INDEX customer_tariffs_one_a_day ON public.customer_tariffs USING btree (customer, period_start) WHERE (superseded_by IS NULL);

CREATE INDEX customer_tariffs_rate_profile_idx ON public.customer_tariffs USING btree (rate_profile);

CREATE INDEX customer_tariffs_superseded_by_idx ON public.customer_tariffs USING btree (superseded_by) WHERE (superseded_by IS NOT NULL);

CREATE INDEX customers_esco_idx ON public.customers USING btree (esco);

CREATE INDEX direct_debit_mandates_account_idx ON public.direct_debit_mandates USING btree (account);

CREATE UNIQUE INDEX direct_debit_mandates_one_active ON public.direct_debit_mandates USING btree (account) WHERE (status = 'active'::text);

CREATE INDEX gifts_customer_idx ON public.gifts USING btree (customer);

CREATE INDEX invoice_lines_component_idx ON public.invoice_lines USING btree (component) WHERE (component IS NOT NULL);

CREATE INDEX invoice_lines_customer_tariff_idx ON public.invoice_lines USING btree (customer_tariff) WHERE (customer_tariff IS NOT NULL);

CREATE INDEX invoice_lines_microgrid_tariff_idx ON public.invoice_lines USING btree (microgrid_tariff) WHERE (microgrid_tariff IS NOT NULL);

CREATE INDEX invoice_lines_register_idx ON public.invoice_lines USING btree (register);

CREATE INDEX invoice_lines_sharing_terms_idx ON public.invoice_lines USING btree (sharing_terms) WHERE (sharing_terms IS NOT NULL);

CREATE INDEX invoice_reads_register_idx ON public.invoice_reads USING btree (register);

CREATE INDEX invoices_customer_idx ON public.invoices USING btree (customer);

CREATE INDEX invoices_esco_period_start_idx ON public.invoices USING btree (esco, period_start);

CREATE UNIQUE INDEX invoices_one_a_period ON public.invoices USING btree (account, period_start) WHERE (status <> 'void'::text);

CREATE INDEX invoices_run_idx ON public.invoices USING btree (run);

CREATE INDEX ledger_accounts_account_idx ON public.ledger_accounts USING btree (account);

CREATE INDEX ledger_entries_esco_idx ON public.ledger_entries USING btree (esco);

CREATE INDEX ledger_entries_invoice_idx ON public.ledger_entries USING btree (invoice);

CREATE INDEX ledger_postings_entry_idx ON public.ledger_postings USING btree (entry);

CREATE INDEX ledger_postings_ledger_account_idx ON public.ledger_postings USING btree (ledger_account);

CREATE INDEX messages_credit_note_idx ON public.messages USING btree (credit_note);

CREATE INDEX messages_customer_idx ON public.messages USING btree (customer);

CREATE INDEX messages_esco_idx ON public.messages USING btree (esco);

CREATE INDEX messages_invoice_idx ON public.messages USING btree (invoice);

CREATE INDEX microgrid_tariffs_benchmark_idx ON public.microgrid_tariffs USING btree (benchmark);

CREATE UNIQUE INDEX microgrid_tariffs_one_a_day ON public.microgrid_tariffs USING btree (esco, period_start) WHERE (superseded_by IS NULL);

CREATE INDEX microgrid_tariffs_rate_profile_idx ON public.microgrid_tariffs USING btree (rate_profile);

CREATE INDEX microgrid_tariffs_superseded_by_idx ON public.microgrid_tariffs USING btree (superseded_by) WHERE (superseded_by IS NOT NULL);

CREATE INDEX monthly_solar_credits_invoice_idx ON public.monthly_solar_credits USING btree (invoice);

CREATE INDEX monthly_solar_credits_source_installation_idx ON public.monthly_solar_credits USING btree (source_installation);

CREATE INDEX payment_events_payment_idx ON public.payment_events USING btree (payment);

CREATE INDEX payments_account_idx ON public.payments USING btree (account);

CREATE INDEX payments_scheduled_at_idx ON public.payments USING btree (scheduled_at) WHERE (submitted_at IS NULL);

CREATE INDEX properties_esco_idx ON public.properties USING btree (esco);

CREATE INDEX properties_owner_idx ON public.properties USING btree (owner);

CREATE INDEX properties_site_idx ON public.properties USING btree (site);

CREATE INDEX refunds_payment_idx ON public.refunds USING btree (payment);

CREATE INDEX registered_proprietors_corporate_body_idx ON public.registered_proprietors USING btree (corporate_body);

CREATE INDEX registered_proprietors_customer_idx ON public.registered_proprietors USING btree (customer);

CREATE INDEX sharing_groups_site_idx ON public.sharing_groups USING btree (site);

CREATE INDEX sharing_members_sharing_group_idx ON public.sharing_members USING btree (sharing_group);

CREATE INDEX sharing_meters_sharing_group_idx ON public.sharing_meters USING btree (sharing_group);

CREATE INDEX sharing_months_property_idx ON public.sharing_months USING btree (property);

CREATE INDEX solar_credit_allocation_allocation_property_idx ON public.solar_credit_allocation USING btree (allocation_property);

CREATE INDEX tariff_components_customer_tariff_idx ON public.tariff_components USING btree (customer_tariff);

CREATE INDEX topup_events_topup_idx ON public.topup_events USING btree (topup);

CREATE INDEX topups_meter_idx ON public.topups USING btree (meter);

CREATE INDEX topups_payments_payment_id_idx ON public.topups_payments USING btree (payment_id);

CREATE INDEX topups_status_idx ON public.topups USING btree (status) WHERE (used_at IS NULL);

CREATE INDEX user_escos_esco_idx ON public.user_escos USING btree (esco);

CREATE INDEX vat_statuses_customer_idx ON public.vat_statuses USING btree (customer);

CREATE INDEX wallets_esco_idx ON public.wallets USING btree (esco);

CREATE UNIQUE INDEX arrears_account_idx ON reports.arrears USING btree (account);

CREATE UNIQUE INDEX completeness_esco_day_idx ON reports.completeness USING btree (esco, day);

CREATE UNIQUE INDEX energy_esco_day_nature_idx ON reports.energy USING btree (esco, day, nature);

CREATE UNIQUE INDEX prepay_balances_meter_idx ON reports.prepay_balances USING btree (meter);

CREATE UNIQUE INDEX revenue_esco_month_idx ON reports.revenue USING btree (esco, month);

CREATE UNIQUE INDEX savings_account_customer_month_idx ON reports.savings USING btree (account, customer, month);

CREATE UNIQUE INDEX solar_yield_property_day_idx ON reports.solar_yield USING btree (property, day);

CREATE OR REPLACE VIEW public.report_completeness WITH (security_barrier='true') AS
 SELECT esco_code,
    esco,
    day,
    expected,
    held,
    estimated,
    missing
   FROM reports.completeness
  WHERE (esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]));

CREATE OR REPLACE VIEW public.report_energy WITH (security_barrier='true') AS
 SELECT esco_code,
    esco,
    day,
    nature,
    kwh,
    estimated_kwh,
    exported_kwh
   FROM reports.energy
  WHERE (esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]));

CREATE OR REPLACE VIEW public.report_exchange WITH (security_barrier='true') AS
 SELECT energy.esco_code,
    energy.esco,
    energy.day,
    (COALESCE(sum(energy.kwh) FILTER (WHERE (energy.nature <> 'solar'::text)), (0)::numeric) - COALESCE(shared.shared_kwh, (0)::numeric)) AS imported_kwh,
    COALESCE(shared.shared_kwh, (0)::numeric) AS shared_kwh,
    COALESCE(sum(energy.kwh) FILTER (WHERE (energy.nature = 'solar'::text)), (0)::numeric) AS generated_kwh,
    COALESCE(sum(energy.exported_kwh) FILTER (WHERE (energy.nature <> 'solar'::text)), (0)::numeric) AS exported_kwh
   FROM (reports.energy energy
     LEFT JOIN ( SELECT sharing.esco,
            ((half."timestamp" AT TIME ZONE esco.time_zone))::date AS day,
            sum(half.shared_kwh) AS shared_kwh
           FROM ((public.sharing_half_hours half
             JOIN public.sharing_groups sharing ON ((sharing.id = half.sharing_group)))
             JOIN flows.escos esco ON ((esco.id = sharing.esco)))
          WHERE (sharing.esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]))
          GROUP BY sharing.esco, (((half."timestamp" AT TIME ZONE esco.time_zone))::date)) shared ON (((shared.esco = energy.esco) AND (shared.day = energy.day))))
  WHERE (energy.esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]))
  GROUP BY energy.esco_code, energy.esco, energy.day, shared.shared_kwh;

CREATE OR REPLACE VIEW public.report_revenue WITH (security_barrier='true') AS
 SELECT esco_code,
    esco,
    month,
    invoices,
    revenue_pence,
    vat_pence,
    invoiced_pence,
    credited_pence,
    received_pence,
    written_off_pence
   FROM reports.revenue
  WHERE (esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]));

CREATE OR REPLACE VIEW public.report_savings WITH (security_barrier='true') AS
 SELECT esco_code,
    esco,
    month,
    account_number,
    account,
    customer,
    fullname,
    supply_pence,
    benchmark_pence,
    saving_pence
   FROM reports.savings
  WHERE (esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]));

CREATE OR REPLACE VIEW public.report_solar_yield WITH (security_barrier='true') AS
 SELECT esco_code,
    esco,
    day,
    property,
    plot,
    capacity_kw,
    kwh,
    kwh_per_kw
   FROM reports.solar_yield
  WHERE (esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]));

CREATE OR REPLACE VIEW public.report_solar_yield_monthly WITH (security_barrier='true') AS
 SELECT esco_code,
    esco,
    (date_trunc('month'::text, (day)::timestamp without time zone))::date AS month,
    property,
    plot,
    capacity_kw,
    sum(kwh) AS kwh,
    round((sum(kwh) / capacity_kw), 3) AS kwh_per_kw
   FROM reports.solar_yield
  WHERE (esco = ANY (( SELECT flows.report_escos() AS report_escos)::uuid[]))
  GROUP BY esco_code, esco, ((date_trunc('month'::text, (day)::timestamp without time zone))::date), property, plot, capacity_kw;

CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON flows.circuit_register FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON flows.meter_proxies FOR EACH ROW EXECUTE FUNCTION flows.audit_but_secrets('password');

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE OF url, api_key, token ON flows.meter_sources FOR EACH ROW EXECUTE FUNCTION flows.audit_but_secrets('api_key', 'token');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.circuit_register REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.circuit_register', 'circuit', 'register', 'start_time');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.circuits REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.circuits', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.escos REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.escos', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.meter_commands REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.meter_commands', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.meter_metrics REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.meter_metrics', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.meter_registers REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.meter_registers', 'register_id');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.meter_registry REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.meter_registry', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.own_meter_metrics REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.own_meter_metrics', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON flows.sites_new REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.sites_new', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.circuit_register REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.circuit_register', 'circuit', 'register', 'start_time');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.circuits REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.circuits', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.escos REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.escos', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.meter_commands REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.meter_commands', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.meter_metrics REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.meter_metrics', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.meter_registers REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.meter_registers', 'register_id');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.meter_registry REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.meter_registry', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.own_meter_metrics REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.own_meter_metrics', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.sites_new REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.sites_new', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.circuit_register REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.circuit_register', 'circuit', 'register', 'start_time');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.circuits REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.circuits', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.escos REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.escos', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.meter_commands REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.meter_commands', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.meter_metrics REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.meter_metrics', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.meter_registers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.meter_registers', 'register_id');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.meter_registry REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.meter_registry', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.own_meter_metrics REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.own_meter_metrics', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON flows.sites_new REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.sites_new', 'id');

CREATE TRIGGER calendar AFTER INSERT OR UPDATE OF time_zone ON flows.escos FOR EACH ROW EXECUTE FUNCTION flows.esco_calendar();

CREATE TRIGGER derive_status AFTER UPDATE ON flows.meter_shadows FOR EACH ROW WHEN (((old.last_healthy_at IS NULL) <> (new.last_healthy_at IS NULL))) EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER drop_band_sums_deleted AFTER DELETE ON flows.register_interval_daily REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();

CREATE TRIGGER drop_band_sums_inserted AFTER INSERT ON flows.register_interval_daily REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();

CREATE TRIGGER drop_band_sums_updated AFTER UPDATE ON flows.register_interval_daily REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();

CREATE TRIGGER drop_intervals AFTER DELETE ON flows.meter_registers FOR EACH ROW EXECUTE FUNCTION flows.drop_intervals();

CREATE TRIGGER follow_deleted_intervals AFTER DELETE ON flows.register_interval_hh REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();

CREATE TRIGGER follow_inserted_intervals AFTER INSERT ON flows.register_interval_hh REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();

CREATE TRIGGER follow_moved_intervals AFTER UPDATE ON flows.register_interval_hh REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();

CREATE TRIGGER follow_registry AFTER UPDATE OF serial, prepay_enabled ON flows.meter_registry FOR EACH ROW WHEN (((old.serial IS DISTINCT FROM new.serial) OR (old.prepay_enabled IS DISTINCT FROM new.prepay_enabled))) EXECUTE FUNCTION flows.follow_registry();

CREATE TRIGGER follow_updated_intervals AFTER UPDATE ON flows.register_interval_hh REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();

CREATE TRIGGER forget_deleted_readings AFTER DELETE ON flows.register_interval_hh REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.forget_deleted_readings();

CREATE TRIGGER keep_endpoint BEFORE INSERT OR UPDATE OF ip_address ON flows.meter_registry FOR EACH ROW WHEN ((new.ip_address IS NOT NULL)) EXECUTE FUNCTION flows.keep_endpoint();

CREATE TRIGGER keep_endpoint BEFORE INSERT OR UPDATE OF ip_address ON flows.meter_tophat_registry FOR EACH ROW WHEN ((new.ip_address IS NOT NULL)) EXECUTE FUNCTION flows.keep_endpoint();

CREATE TRIGGER keep_histories AFTER UPDATE ON flows.meter_shadows REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.keep_histories();

CREATE TRIGGER make_shadow AFTER INSERT ON flows.meter_registry FOR EACH ROW EXECUTE FUNCTION flows.make_shadow();

CREATE TRIGGER named_3p_voltage BEFORE UPDATE OF "3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3" ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('3p_voltage');

CREATE TRIGGER named_balance BEFORE UPDATE OF balance ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('balance');

CREATE TRIGGER named_csq BEFORE UPDATE OF csq ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('csq');

CREATE TRIGGER named_export_a BEFORE UPDATE OF export_a ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('export_a');

CREATE TRIGGER named_export_b BEFORE UPDATE OF export_b ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('export_b');

CREATE TRIGGER named_health BEFORE UPDATE OF health ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('health');

CREATE TRIGGER named_import_a BEFORE UPDATE OF import_a ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('import_a');

CREATE TRIGGER named_import_b BEFORE UPDATE OF import_b ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('import_b');

CREATE TRIGGER named_voltage BEFORE UPDATE OF voltage ON flows.meter_shadows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('voltage');

CREATE TRIGGER note_changes_delete AFTER DELETE ON flows.register_interval_daily REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_days();

CREATE TRIGGER note_changes_delete AFTER DELETE ON flows.register_interval_estimates REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_estimates();

CREATE TRIGGER note_changes_insert AFTER INSERT ON flows.register_interval_daily REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_days();

CREATE TRIGGER note_changes_insert AFTER INSERT ON flows.register_interval_estimates REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_estimates();

CREATE TRIGGER note_changes_update AFTER UPDATE ON flows.register_interval_daily REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_days();

CREATE TRIGGER note_changes_update AFTER UPDATE ON flows.register_interval_estimates REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_estimates();

CREATE TRIGGER note_edited_readings AFTER UPDATE ON flows.register_interval_hh REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_edited_readings();

CREATE TRIGGER note_health BEFORE UPDATE OF health ON flows.meter_shadows FOR EACH ROW EXECUTE FUNCTION flows.note_health();

CREATE TRIGGER note_sharing_insert AFTER INSERT ON flows.register_days_changed REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();

CREATE TRIGGER note_sharing_update AFTER UPDATE ON flows.register_days_changed REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();

CREATE TRIGGER note_zone AFTER UPDATE OF time_zone ON flows.escos FOR EACH ROW WHEN ((old.time_zone <> new.time_zone)) EXECUTE FUNCTION flows.note_changed_zone();

CREATE TRIGGER notify_access AFTER UPDATE ON flows.refresh_tokens FOR EACH ROW WHEN (((old.revoked_at IS NULL) AND (new.revoked_at IS NOT NULL))) EXECUTE FUNCTION flows.notify_access();

CREATE TRIGGER notify_outbox AFTER INSERT ON flows.outbox REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.notify_outbox();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON flows.audit_log FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON flows.money_requests FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON flows.seals FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_update BEFORE UPDATE ON flows.seals FOR EACH ROW WHEN ((old.made_in <> ((pg_current_xact_id())::text)::bigint)) EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.api_key_secrets FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.circuit_register FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.circuits FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.email_changes FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.escos FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.ev_chargers FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.feeder_registry FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.login_mails FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_commands FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_metrics FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_proxies FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_registers FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_registry FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_shadows FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_sources FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_tophat_registry FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.own_meter_metrics FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.properties FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.properties_service_head FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.recoveries FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.regions FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.register_counts FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.register_interval_estimates FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.register_interval_flags FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.register_interval_missing_reasons FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.register_interval_sources FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.service_head_meter FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.service_head_registry FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.sites_new FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER supersede_missing_inserted AFTER INSERT ON flows.register_interval_hh REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_readings();

CREATE TRIGGER supersede_missing_updated AFTER UPDATE ON flows.register_interval_hh REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_readings();

CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE OF current_contract, property ON public.accounts FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();

CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON public.customer_accounts FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();

CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE OF wallet ON public.meters FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();

CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON public.registered_proprietors FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();

CREATE TRIGGER audit_delete AFTER DELETE ON public.account_closings REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.account_closings', 'account');

CREATE TRIGGER audit_delete AFTER DELETE ON public.account_events REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.account_events', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.account_suppliers REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.account_suppliers', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.accounts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.accounts', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.api_keys REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.api_keys', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.back_bill_exceptions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.back_bill_exceptions', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.benchmark_tariffs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.benchmark_tariffs', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.bill_holds REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.bill_holds', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.billing_runs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.billing_runs', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.closing_reads REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.closing_reads', 'account', 'register');

CREATE TRIGGER audit_delete AFTER DELETE ON public.contract_signatures REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.contract_signatures', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.contract_terms REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.contract_terms', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.contract_terms_esco REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.contract_terms_esco', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.contracts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.contracts', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.corporate_bodies REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.corporate_bodies', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.customer_accounts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.customer_accounts', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.customer_corporate_bodies REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.customer_corporate_bodies', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.customer_invites REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.customer_invites', 'invite_token');

CREATE TRIGGER audit_delete AFTER DELETE ON public.customer_tariffs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.customer_tariffs', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.customers REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.customers', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.direct_debit_mandates REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.direct_debit_mandates', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.gifts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.gifts', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.invoices REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.invoices', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.messages REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.messages', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.meters REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION flows.audit_delete('public.meters', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.microgrid_tariffs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.microgrid_tariffs', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.monthly_solar_credits REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.monthly_solar_credits', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.payment_events REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.payment_events', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.payments REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.payments', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.properties REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.properties', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.rate_bands REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.rate_bands', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.rate_profiles REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.rate_profiles', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.refunds REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.refunds', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.registered_proprietors REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.registered_proprietors', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.sharing_groups REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.sharing_groups', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.sharing_members REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.sharing_members', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.sharing_meters REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.sharing_meters', 'register', 'valid_from');

CREATE TRIGGER audit_delete AFTER DELETE ON public.sharing_terms REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.sharing_terms', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.solar_credit_allocation REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.solar_credit_allocation', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.solar_credit_tariffs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.solar_credit_tariffs', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.solar_installation REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.solar_installation', 'property');

CREATE TRIGGER audit_delete AFTER DELETE ON public.tariff_components REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.tariff_components', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.topup_events REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.topup_events', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.topups REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.topups', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.topups_gifts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.topups_gifts', 'topup_id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.topups_monthly_solar_credits REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.topups_monthly_solar_credits', 'topup_id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.topups_payments REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.topups_payments', 'topup_id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.user_escos REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.user_escos', 'user_id', 'esco');

CREATE TRIGGER audit_delete AFTER DELETE ON public.users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.users', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.vat_registrations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.vat_registrations', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.vat_statuses REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.vat_statuses', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.wallets REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.wallets', 'id');

CREATE TRIGGER audit_delete AFTER DELETE ON public.write_offs REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.write_offs', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.account_closings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.account_closings', 'account');

CREATE TRIGGER audit_insert AFTER INSERT ON public.account_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.account_events', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.account_suppliers REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.account_suppliers', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.accounts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.accounts', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.api_keys REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.api_keys', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.back_bill_exceptions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.back_bill_exceptions', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.benchmark_tariffs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.benchmark_tariffs', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.bill_holds REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.bill_holds', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.billing_runs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.billing_runs', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.closing_reads REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.closing_reads', 'account', 'register');

CREATE TRIGGER audit_insert AFTER INSERT ON public.contract_signatures REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.contract_signatures', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.contract_terms REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.contract_terms', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.contract_terms_esco REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.contract_terms_esco', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.contracts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.contracts', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.corporate_bodies REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.corporate_bodies', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.customer_accounts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.customer_accounts', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.customer_corporate_bodies REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.customer_corporate_bodies', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.customer_invites REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.customer_invites', 'invite_token');

CREATE TRIGGER audit_insert AFTER INSERT ON public.customer_tariffs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.customer_tariffs', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.customers REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.customers', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.direct_debit_mandates REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.direct_debit_mandates', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.gifts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.gifts', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.invoices REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.invoices', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.messages REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.messages', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.meters REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION flows.audit_insert('public.meters', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.microgrid_tariffs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.microgrid_tariffs', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.monthly_solar_credits REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.monthly_solar_credits', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.payment_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.payment_events', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.payments', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.properties REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.properties', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.rate_bands REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.rate_bands', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.rate_profiles REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.rate_profiles', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.refunds REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.refunds', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.registered_proprietors REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.registered_proprietors', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.sharing_groups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.sharing_groups', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.sharing_members REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.sharing_members', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.sharing_meters REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.sharing_meters', 'register', 'valid_from');

CREATE TRIGGER audit_insert AFTER INSERT ON public.sharing_terms REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.sharing_terms', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.solar_credit_allocation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.solar_credit_allocation', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.solar_credit_tariffs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.solar_credit_tariffs', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.solar_installation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.solar_installation', 'property');

CREATE TRIGGER audit_insert AFTER INSERT ON public.tariff_components REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.tariff_components', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.topup_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.topup_events', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.topups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.topups', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.topups_gifts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.topups_gifts', 'topup_id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.topups_monthly_solar_credits REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.topups_monthly_solar_credits', 'topup_id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.topups_payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.topups_payments', 'topup_id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.user_escos REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.user_escos', 'user_id', 'esco');

CREATE TRIGGER audit_insert AFTER INSERT ON public.users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.users', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.vat_registrations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.vat_registrations', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.vat_statuses REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.vat_statuses', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.wallets REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.wallets', 'id');

CREATE TRIGGER audit_insert AFTER INSERT ON public.write_offs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.write_offs', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.account_closings REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.account_closings', 'account');

CREATE TRIGGER audit_update AFTER UPDATE ON public.account_events REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.account_events', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.account_suppliers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.account_suppliers', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.accounts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.accounts', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.api_keys REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.api_keys', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.back_bill_exceptions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.back_bill_exceptions', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.benchmark_tariffs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.benchmark_tariffs', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.bill_holds REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.bill_holds', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.billing_runs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.billing_runs', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.closing_reads REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.closing_reads', 'account', 'register');

CREATE TRIGGER audit_update AFTER UPDATE ON public.contract_signatures REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.contract_signatures', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.contract_terms REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.contract_terms', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.contract_terms_esco REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.contract_terms_esco', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.contracts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.contracts', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.corporate_bodies REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.corporate_bodies', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.customer_accounts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.customer_accounts', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.customer_corporate_bodies REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.customer_corporate_bodies', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.customer_invites REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.customer_invites', 'invite_token');

CREATE TRIGGER audit_update AFTER UPDATE ON public.customer_tariffs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.customer_tariffs', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.customers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.customers', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.direct_debit_mandates REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.direct_debit_mandates', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.gifts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.gifts', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.invoices REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.invoices', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.messages REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.messages', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.meters REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION flows.audit_update('public.meters', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.microgrid_tariffs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.microgrid_tariffs', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.monthly_solar_credits REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.monthly_solar_credits', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.payment_events REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.payment_events', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.payments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.payments', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.properties REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.properties', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.rate_bands REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.rate_bands', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.rate_profiles REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.rate_profiles', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.refunds REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.refunds', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.registered_proprietors REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.registered_proprietors', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.sharing_groups REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.sharing_groups', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.sharing_members REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.sharing_members', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.sharing_meters REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.sharing_meters', 'register', 'valid_from');

CREATE TRIGGER audit_update AFTER UPDATE ON public.sharing_terms REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.sharing_terms', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.solar_credit_allocation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.solar_credit_allocation', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.solar_credit_tariffs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.solar_credit_tariffs', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.solar_installation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.solar_installation', 'property');

CREATE TRIGGER audit_update AFTER UPDATE ON public.tariff_components REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.tariff_components', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.topup_events REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.topup_events', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.topups REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.topups', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.topups_gifts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.topups_gifts', 'topup_id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.topups_monthly_solar_credits REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.topups_monthly_solar_credits', 'topup_id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.topups_payments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.topups_payments', 'topup_id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.user_escos REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.user_escos', 'user_id', 'esco');

CREATE TRIGGER audit_update AFTER UPDATE ON public.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.users', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.vat_registrations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.vat_registrations', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.vat_statuses REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.vat_statuses', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.wallets REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.wallets', 'id');

CREATE TRIGGER audit_update AFTER UPDATE ON public.write_offs REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.write_offs', 'id');

CREATE TRIGGER check_balanced AFTER INSERT ON public.ledger_postings REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.check_balanced();

COMMENT ON TRIGGER check_balanced ON public.ledger_postings IS 'The postings of an entry are inserted by one statement and sum to zero';

CREATE TRIGGER check_decision BEFORE INSERT ON public.correction_decisions FOR EACH ROW EXECUTE FUNCTION flows.check_decision();

CREATE TRIGGER check_limit BEFORE INSERT OR UPDATE OF amount_pence, account, customer ON public.gifts FOR EACH ROW EXECUTE FUNCTION flows.check_payment_limit();

CREATE TRIGGER check_limit BEFORE INSERT OR UPDATE OF amount_pence ON public.payments FOR EACH ROW EXECUTE FUNCTION flows.check_payment_limit();

CREATE TRIGGER count_signatures AFTER INSERT OR DELETE OR UPDATE ON public.contract_signatures FOR EACH ROW EXECUTE FUNCTION flows.count_signatures();

CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF property, current_contract, status, type ON public.accounts FOR EACH ROW EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER derive_status AFTER UPDATE ON public.contracts FOR EACH ROW WHEN ((old.signed <> new.signed)) EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF customer, account ON public.customer_accounts FOR EACH ROW EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE ON public.customer_corporate_bodies FOR EACH ROW EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER derive_status AFTER INSERT OR UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF supply_meter, owner ON public.properties FOR EACH ROW EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE ON public.registered_proprietors FOR EACH ROW EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF customer ON public.users FOR EACH ROW EXECUTE FUNCTION flows.derive_status();

CREATE TRIGGER end_at_midnight BEFORE INSERT OR UPDATE ON public.rate_bands FOR EACH ROW EXECUTE FUNCTION flows.end_at_midnight();

CREATE TRIGGER follow_benchmark AFTER INSERT OR UPDATE ON public.benchmark_tariffs FOR EACH ROW WHEN (((new.payment_method = 'direct_debit'::text) AND (new.rate_type = 'single'::text))) EXECUTE FUNCTION flows.follow_benchmark();

CREATE TRIGGER follow_payment BEFORE UPDATE ON public.payments FOR EACH ROW EXECUTE FUNCTION flows.follow_payment();

CREATE TRIGGER follow_postings AFTER INSERT ON public.ledger_postings REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_postings();

CREATE TRIGGER follow_property AFTER INSERT OR DELETE OR UPDATE OF plot ON public.properties FOR EACH ROW EXECUTE FUNCTION flows.follow_property();

CREATE TRIGGER keep_name BEFORE INSERT ON public.customer_tariffs FOR EACH ROW WHEN ((new.name IS NULL)) EXECUTE FUNCTION flows.keep_customer_tariff_name();

CREATE TRIGGER keep_name BEFORE INSERT ON public.microgrid_tariffs FOR EACH ROW WHEN ((new.name IS NULL)) EXECUTE FUNCTION flows.keep_microgrid_tariff_name();

CREATE TRIGGER keep_posted BEFORE DELETE OR UPDATE ON public.gifts FOR EACH ROW WHEN ((old.account IS NOT NULL)) EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence', 'customer');

CREATE TRIGGER keep_posted BEFORE DELETE OR UPDATE ON public.payments FOR EACH ROW WHEN ((old.status = 'succeeded'::text)) EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence');

CREATE TRIGGER keep_posted BEFORE DELETE OR UPDATE ON public.topups FOR EACH ROW WHEN ((old.status = 'completed'::text)) EXECUTE FUNCTION flows.keep_posted('meter', 'amount_pence', 'source', 'status');

CREATE TRIGGER keep_reversed BEFORE DELETE OR UPDATE ON public.payments FOR EACH ROW WHEN ((old.reversed_at IS NOT NULL)) EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence', 'status');

CREATE TRIGGER keep_signed BEFORE INSERT OR UPDATE OF signed, signatures_required ON public.contracts FOR EACH ROW EXECUTE FUNCTION flows.keep_signed();

CREATE TRIGGER move_wallet AFTER UPDATE OF supply_meter ON public.properties FOR EACH ROW WHEN ((old.supply_meter <> new.supply_meter)) EXECUTE FUNCTION flows.move_wallet();

CREATE TRIGGER note_changes_delete AFTER DELETE ON public.account_suppliers REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_supplier();

CREATE TRIGGER note_changes_delete AFTER DELETE ON public.customer_accounts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_payer();

CREATE TRIGGER note_changes_delete AFTER DELETE ON public.vat_registrations REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();

CREATE TRIGGER note_changes_delete AFTER DELETE ON public.vat_statuses REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();

CREATE TRIGGER note_changes_insert AFTER INSERT ON public.account_suppliers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_supplier();

CREATE TRIGGER note_changes_insert AFTER INSERT ON public.customer_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_payer();

CREATE TRIGGER note_changes_insert AFTER INSERT ON public.customer_tariffs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_tariff();

CREATE TRIGGER note_changes_insert AFTER INSERT ON public.microgrid_tariffs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_tariff();

CREATE TRIGGER note_changes_insert AFTER INSERT ON public.vat_registrations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();

CREATE TRIGGER note_changes_insert AFTER INSERT ON public.vat_statuses REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();

CREATE TRIGGER note_changes_update AFTER UPDATE ON public.account_suppliers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_supplier();

CREATE TRIGGER note_changes_update AFTER UPDATE ON public.accounts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_account();

CREATE TRIGGER note_changes_update AFTER UPDATE ON public.customer_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_payer();

CREATE TRIGGER note_changes_update AFTER UPDATE ON public.customer_tariffs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_tariff();

CREATE TRIGGER note_changes_update AFTER UPDATE ON public.microgrid_tariffs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_tariff();

CREATE TRIGGER note_changes_update AFTER UPDATE ON public.vat_registrations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();

CREATE TRIGGER note_changes_update AFTER UPDATE ON public.vat_statuses REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();

CREATE TRIGGER note_release BEFORE UPDATE ON public.bill_holds FOR EACH ROW EXECUTE FUNCTION flows.note_release();

CREATE TRIGGER note_sharing AFTER INSERT OR DELETE OR UPDATE ON public.sharing_meters FOR EACH ROW EXECUTE FUNCTION flows.note_changed_sharing_meter();

CREATE TRIGGER note_sharing_insert AFTER INSERT ON public.sharing_members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();

CREATE TRIGGER note_sharing_insert AFTER INSERT ON public.sharing_terms REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();

CREATE TRIGGER note_sharing_update AFTER UPDATE ON public.sharing_members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();

CREATE TRIGGER note_sharing_update AFTER UPDATE ON public.sharing_terms REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();

CREATE TRIGGER notify_access AFTER DELETE OR UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION flows.notify_access();

CREATE TRIGGER notify_access AFTER UPDATE ON public.users FOR EACH ROW WHEN (((old.disabled_at IS DISTINCT FROM new.disabled_at) OR (old.role <> new.role) OR (old.all_escos <> new.all_escos))) EXECUTE FUNCTION flows.notify_access();

CREATE TRIGGER post_inserted AFTER INSERT ON public.gifts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');

CREATE TRIGGER post_inserted AFTER INSERT ON public.payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');

CREATE TRIGGER post_inserted AFTER INSERT ON public.refunds REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');

CREATE TRIGGER post_inserted AFTER INSERT ON public.topups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');

CREATE TRIGGER post_inserted AFTER INSERT ON public.topups_payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('topup_id');

CREATE TRIGGER post_inserted AFTER INSERT ON public.write_offs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');

CREATE TRIGGER post_updated AFTER UPDATE ON public.gifts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');

CREATE TRIGGER post_updated AFTER UPDATE ON public.payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');

CREATE TRIGGER post_updated AFTER UPDATE ON public.topups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');

CREATE TRIGGER push_topup AFTER INSERT OR UPDATE OF status, token ON public.topups FOR EACH ROW WHEN (((new.status = 'wait_token_push'::text) AND (new.token IS NOT NULL) AND (new.used_at IS NULL))) EXECUTE FUNCTION flows.push_topups();

CREATE TRIGGER refuse_back BEFORE DELETE OR UPDATE ON public.invoice_series FOR EACH ROW EXECUTE FUNCTION flows.refuse_series_back();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.correction_decisions FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.credit_notes FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.documents FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.invoice_lines FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.invoice_reads FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.invoices FOR EACH ROW WHEN ((old.status <> 'draft'::text)) EXECUTE FUNCTION flows.refuse_invoice_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_postings FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.refunds FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.write_offs FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_late AFTER INSERT ON public.ledger_postings REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_late_postings();

CREATE TRIGGER refuse_number_ahead BEFORE INSERT OR UPDATE OF account_number ON public.accounts FOR EACH ROW EXECUTE FUNCTION flows.refuse_number_ahead();

CREATE TRIGGER refuse_second BEFORE INSERT OR UPDATE ON public.sharing_members FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_membership();

CREATE TRIGGER refuse_second BEFORE INSERT OR UPDATE ON public.sharing_meters FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_part();

CREATE TRIGGER refuse_second_landing AFTER UPDATE OF account ON public.gifts FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_landing();

CREATE TRIGGER refuse_second_landing AFTER INSERT OR UPDATE ON public.topups_gifts FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_landing();

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.invoice_series FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();

CREATE TRIGGER refuse_unknown_holidays BEFORE INSERT OR UPDATE OF holidays ON public.rate_profiles FOR EACH ROW EXECUTE FUNCTION flows.refuse_unknown_holidays();

CREATE TRIGGER refuse_used BEFORE DELETE OR UPDATE ON public.customer_tariffs FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();

CREATE TRIGGER refuse_used BEFORE DELETE OR UPDATE ON public.microgrid_tariffs FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();

CREATE TRIGGER refuse_used BEFORE INSERT OR DELETE OR UPDATE ON public.rate_bands FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();

CREATE TRIGGER refuse_used BEFORE DELETE OR UPDATE ON public.rate_profiles FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();

CREATE TRIGGER refuse_used BEFORE DELETE OR UPDATE ON public.sharing_members FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();

CREATE TRIGGER refuse_used BEFORE DELETE OR UPDATE ON public.sharing_meters FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();

CREATE TRIGGER refuse_used BEFORE DELETE OR UPDATE ON public.sharing_terms FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();

CREATE TRIGGER refuse_used BEFORE INSERT OR DELETE OR UPDATE ON public.tariff_components FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();

CREATE TRIGGER seal AFTER INSERT ON public.credit_notes REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_credit_notes();

CREATE TRIGGER seal BEFORE UPDATE ON public.customer_invites FOR EACH ROW EXECUTE FUNCTION flows.seal_invite();

CREATE TRIGGER seal AFTER INSERT ON public.documents REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_documents();

CREATE TRIGGER seal AFTER INSERT ON public.invoice_lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_lines();

CREATE TRIGGER seal AFTER INSERT ON public.invoices REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.seal_invoices();

CREATE TRIGGER seal_issued AFTER UPDATE ON public.invoices FOR EACH ROW WHEN (((old.status = 'draft'::text) AND (new.status <> 'draft'::text))) EXECUTE FUNCTION flows.seal_issued();

CREATE TRIGGER seal_new AFTER INSERT ON public.customer_invites FOR EACH ROW EXECUTE FUNCTION flows.seal_new_invite();

CREATE TRIGGER send_invite AFTER INSERT ON public.customer_invites FOR EACH ROW WHEN ((new.status = 'pending'::text)) EXECUTE FUNCTION flows.send_invite();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.account_closings FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.account_events FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.account_suppliers FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.accounts FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.back_bill_exceptions FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.benchmark_tariffs FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.bill_holds FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.billing_run_accounts FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.billing_runs FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.closing_reads FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.contract_signatures FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.contract_terms FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.contract_terms_esco FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.contracts FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.corporate_bodies FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.customer_accounts FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.customer_corporate_bodies FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.customer_invites FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.customer_tariffs FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.direct_debit_mandates FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.gifts FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.invoice_series FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.invoices FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.messages FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.meters FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.microgrid_tariffs FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.monthly_costs FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.monthly_solar_credits FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.monthly_usage FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.payment_events FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.payments FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.properties FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.rate_bands FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.rate_profiles FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.registered_proprietors FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.sharing_groups FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.sharing_members FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.sharing_meters FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.sharing_terms FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.solar_credit_allocation FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.solar_credit_tariffs FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.solar_installation FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.tariff_components FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.topup_events FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.topups FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.topups_gifts FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.topups_monthly_solar_credits FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.topups_payments FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.user_escos FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.vat_registrations FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.vat_statuses FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.wallets FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

ALTER TABLE ONLY flows.api_key_secrets
    ADD CONSTRAINT api_key_secrets_api_key_fkey FOREIGN KEY (api_key) REFERENCES public.api_keys(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.calendar_bands
    ADD CONSTRAINT calendar_bands_profile_fkey FOREIGN KEY (profile) REFERENCES public.rate_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.circuit_register
    ADD CONSTRAINT circuit_register_circuit_fkey FOREIGN KEY (circuit) REFERENCES flows.circuits(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.circuit_register
    ADD CONSTRAINT circuit_register_register_fkey FOREIGN KEY (register) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.circuits
    ADD CONSTRAINT circuits_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY flows.email_changes
    ADD CONSTRAINT email_changes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.escos
    ADD CONSTRAINT escos_region_fkey FOREIGN KEY (region) REFERENCES flows.regions(code);

ALTER TABLE ONLY flows.ev_chargers
    ADD CONSTRAINT ev_chargers_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY flows.feeder_registry
    ADD CONSTRAINT feeder_registry_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY flows.login_mails
    ADD CONSTRAINT login_mails_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_3p_voltage
    ADD CONSTRAINT meter_3p_voltage_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_commands
    ADD CONSTRAINT meter_commands_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_commands
    ADD CONSTRAINT meter_commands_topup_fkey FOREIGN KEY (topup) REFERENCES public.topups(id) ON DELETE SET NULL;

ALTER TABLE ONLY flows.meter_csq
    ADD CONSTRAINT meter_csq_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_event_log
    ADD CONSTRAINT meter_event_log_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_health_history
    ADD CONSTRAINT meter_health_history_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_leases
    ADD CONSTRAINT meter_leases_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_prepay_balance
    ADD CONSTRAINT meter_prepay_balance_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_proxies
    ADD CONSTRAINT meter_proxies_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_registers
    ADD CONSTRAINT meter_registers_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_registers
    ADD CONSTRAINT meter_registers_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES flows.meter_registry(id) ON DELETE SET NULL;

ALTER TABLE ONLY flows.meter_registry
    ADD CONSTRAINT meter_registry_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY flows.meter_registry
    ADD CONSTRAINT meter_registry_site_fkey FOREIGN KEY (site) REFERENCES flows.sites_new(id);

ALTER TABLE ONLY flows.meter_shadows
    ADD CONSTRAINT meter_shadows_id_fkey FOREIGN KEY (id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_sources
    ADD CONSTRAINT meter_sources_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_sync_status
    ADD CONSTRAINT meter_sync_status_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_tophat_registry
    ADD CONSTRAINT meter_tophat_registry_meter_fkey FOREIGN KEY (meter) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.meter_voltage
    ADD CONSTRAINT meter_voltage_meter_id_fkey FOREIGN KEY (meter_id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.money_requests
    ADD CONSTRAINT money_requests_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.properties_service_head
    ADD CONSTRAINT properties_service_head_property_fkey FOREIGN KEY (property) REFERENCES flows.properties(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.properties_service_head
    ADD CONSTRAINT properties_service_head_service_head_fkey FOREIGN KEY (service_head) REFERENCES flows.service_head_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.recoveries
    ADD CONSTRAINT recoveries_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.refresh_tokens
    ADD CONSTRAINT refresh_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_counts
    ADD CONSTRAINT register_counts_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_days_changed
    ADD CONSTRAINT register_days_changed_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_export
    ADD CONSTRAINT register_export_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_import
    ADD CONSTRAINT register_import_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_interval_bands
    ADD CONSTRAINT register_interval_bands_profile_fkey FOREIGN KEY (profile) REFERENCES public.rate_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_interval_bands
    ADD CONSTRAINT register_interval_bands_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_interval_daily
    ADD CONSTRAINT register_interval_daily_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_interval_estimates
    ADD CONSTRAINT register_interval_estimates_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_interval_flags
    ADD CONSTRAINT register_interval_flags_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_interval_missing_reasons
    ADD CONSTRAINT register_interval_missing_reasons_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.register_interval_sources
    ADD CONSTRAINT register_interval_sources_register_id_fkey FOREIGN KEY (register_id) REFERENCES flows.meter_registers(register_id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.seals
    ADD CONSTRAINT seals_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY flows.service_head_meter
    ADD CONSTRAINT service_head_meter_meter_fkey FOREIGN KEY (meter) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.service_head_meter
    ADD CONSTRAINT service_head_meter_service_head_fkey FOREIGN KEY (service_head) REFERENCES flows.service_head_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY flows.service_head_registry
    ADD CONSTRAINT service_head_registry_feeder_fkey FOREIGN KEY (feeder) REFERENCES flows.feeder_registry(id);

ALTER TABLE ONLY flows.sites_new
    ADD CONSTRAINT sites_new_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.account_closings
    ADD CONSTRAINT account_closings_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_closings
    ADD CONSTRAINT account_closings_next_account_fkey FOREIGN KEY (next_account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.account_events
    ADD CONSTRAINT account_events_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_suppliers
    ADD CONSTRAINT account_suppliers_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_current_contract_fkey FOREIGN KEY (current_contract) REFERENCES public.contracts(id);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_property_fkey FOREIGN KEY (property) REFERENCES public.properties(id);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.back_bill_exceptions
    ADD CONSTRAINT back_bill_exceptions_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.benchmark_tariffs
    ADD CONSTRAINT benchmark_tariffs_region_fkey FOREIGN KEY (region) REFERENCES flows.regions(code);

ALTER TABLE ONLY public.bill_holds
    ADD CONSTRAINT bill_holds_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.billing_run_accounts
    ADD CONSTRAINT billing_run_accounts_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.billing_run_accounts
    ADD CONSTRAINT billing_run_accounts_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.billing_run_accounts
    ADD CONSTRAINT billing_run_accounts_run_fkey FOREIGN KEY (run) REFERENCES public.billing_runs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.billing_runs
    ADD CONSTRAINT billing_runs_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.closing_reads
    ADD CONSTRAINT closing_reads_account_fkey FOREIGN KEY (account) REFERENCES public.account_closings(account) ON DELETE CASCADE;

ALTER TABLE ONLY public.closing_reads
    ADD CONSTRAINT closing_reads_register_fkey FOREIGN KEY (register) REFERENCES flows.meter_registers(register_id);

ALTER TABLE ONLY public.contract_signatures
    ADD CONSTRAINT contract_signatures_contract_fkey FOREIGN KEY (contract) REFERENCES public.contracts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contract_signatures
    ADD CONSTRAINT contract_signatures_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id);

ALTER TABLE ONLY public.contract_terms_esco
    ADD CONSTRAINT contract_terms_esco_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contract_terms_esco
    ADD CONSTRAINT contract_terms_esco_terms_fkey FOREIGN KEY (terms) REFERENCES public.contract_terms(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT contracts_terms_fkey FOREIGN KEY (terms) REFERENCES public.contract_terms(id);

ALTER TABLE ONLY public.corporate_bodies
    ADD CONSTRAINT corporate_bodies_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.correction_decisions
    ADD CONSTRAINT correction_decisions_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.correction_decisions
    ADD CONSTRAINT correction_decisions_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.credit_notes
    ADD CONSTRAINT credit_notes_replacement_fkey FOREIGN KEY (replacement) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.customer_accounts
    ADD CONSTRAINT customer_accounts_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customer_accounts
    ADD CONSTRAINT customer_accounts_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id);

ALTER TABLE ONLY public.customer_corporate_bodies
    ADD CONSTRAINT customer_corporate_bodies_corporate_body_fkey FOREIGN KEY (corporate_body) REFERENCES public.corporate_bodies(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customer_corporate_bodies
    ADD CONSTRAINT customer_corporate_bodies_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customer_invites
    ADD CONSTRAINT customer_invites_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customer_tariffs
    ADD CONSTRAINT customer_tariffs_benchmark_fkey FOREIGN KEY (benchmark) REFERENCES public.benchmark_tariffs(id);

ALTER TABLE ONLY public.customer_tariffs
    ADD CONSTRAINT customer_tariffs_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customer_tariffs
    ADD CONSTRAINT customer_tariffs_rate_profile_fkey FOREIGN KEY (rate_profile) REFERENCES public.rate_profiles(id);

ALTER TABLE ONLY public.customer_tariffs
    ADD CONSTRAINT customer_tariffs_superseded_by_fkey FOREIGN KEY (superseded_by, customer, period_start) REFERENCES public.customer_tariffs(id, customer, period_start) DEFERRABLE;

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.direct_debit_mandates
    ADD CONSTRAINT direct_debit_mandates_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_credit_note_fkey FOREIGN KEY (credit_note) REFERENCES public.credit_notes(id);

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.gifts
    ADD CONSTRAINT gifts_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.gifts
    ADD CONSTRAINT gifts_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_component_fkey FOREIGN KEY (component) REFERENCES public.tariff_components(id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_customer_tariff_fkey FOREIGN KEY (customer_tariff) REFERENCES public.customer_tariffs(id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_microgrid_tariff_fkey FOREIGN KEY (microgrid_tariff) REFERENCES public.microgrid_tariffs(id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_register_fkey FOREIGN KEY (register) REFERENCES flows.meter_registers(register_id);

ALTER TABLE ONLY public.invoice_lines
    ADD CONSTRAINT invoice_lines_sharing_terms_fkey FOREIGN KEY (sharing_terms) REFERENCES public.sharing_terms(id);

ALTER TABLE ONLY public.invoice_reads
    ADD CONSTRAINT invoice_reads_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.invoice_reads
    ADD CONSTRAINT invoice_reads_register_fkey FOREIGN KEY (register) REFERENCES flows.meter_registers(register_id);

ALTER TABLE ONLY public.invoice_series
    ADD CONSTRAINT invoice_series_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.invoices
    ADD CONSTRAINT invoices_run_fkey FOREIGN KEY (run) REFERENCES public.billing_runs(id);

ALTER TABLE ONLY public.ledger_accounts
    ADD CONSTRAINT ledger_accounts_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.ledger_accounts
    ADD CONSTRAINT ledger_accounts_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.ledger_entries
    ADD CONSTRAINT ledger_entries_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.ledger_postings
    ADD CONSTRAINT ledger_postings_entry_fkey FOREIGN KEY (entry) REFERENCES public.ledger_entries(id);

ALTER TABLE ONLY public.ledger_postings
    ADD CONSTRAINT ledger_postings_ledger_account_fkey FOREIGN KEY (ledger_account) REFERENCES public.ledger_accounts(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_credit_note_fkey FOREIGN KEY (credit_note) REFERENCES public.credit_notes(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.meters
    ADD CONSTRAINT meters_id_fkey FOREIGN KEY (id) REFERENCES flows.meter_registry(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.meters
    ADD CONSTRAINT meters_wallet_fkey FOREIGN KEY (wallet) REFERENCES public.wallets(id);

ALTER TABLE ONLY public.microgrid_tariffs
    ADD CONSTRAINT microgrid_tariffs_benchmark_fkey FOREIGN KEY (benchmark) REFERENCES public.benchmark_tariffs(id);

ALTER TABLE ONLY public.microgrid_tariffs
    ADD CONSTRAINT microgrid_tariffs_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.microgrid_tariffs
    ADD CONSTRAINT microgrid_tariffs_rate_profile_fkey FOREIGN KEY (rate_profile) REFERENCES public.rate_profiles(id);

ALTER TABLE ONLY public.microgrid_tariffs
    ADD CONSTRAINT microgrid_tariffs_superseded_by_fkey FOREIGN KEY (superseded_by, esco, period_start) REFERENCES public.microgrid_tariffs(id, esco, period_start) DEFERRABLE;

ALTER TABLE ONLY public.monthly_costs
    ADD CONSTRAINT monthly_costs_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.monthly_solar_credits
    ADD CONSTRAINT monthly_solar_credits_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id);

ALTER TABLE ONLY public.monthly_solar_credits
    ADD CONSTRAINT monthly_solar_credits_property_id_fkey FOREIGN KEY (property_id) REFERENCES public.properties(id);

ALTER TABLE ONLY public.monthly_solar_credits
    ADD CONSTRAINT monthly_solar_credits_source_installation_fkey FOREIGN KEY (source_installation) REFERENCES public.solar_installation(property);

ALTER TABLE ONLY public.monthly_usage
    ADD CONSTRAINT monthly_usage_circuit_id_fkey FOREIGN KEY (circuit_id) REFERENCES flows.circuits(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payment_events
    ADD CONSTRAINT payment_events_payment_fkey FOREIGN KEY (payment) REFERENCES public.payments(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.properties
    ADD CONSTRAINT properties_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.properties
    ADD CONSTRAINT properties_owner_fkey FOREIGN KEY (owner) REFERENCES public.customers(id);

ALTER TABLE ONLY public.properties
    ADD CONSTRAINT properties_site_fkey FOREIGN KEY (site) REFERENCES flows.sites_new(id);

ALTER TABLE ONLY public.properties
    ADD CONSTRAINT properties_solar_meter_fkey FOREIGN KEY (solar_meter) REFERENCES public.meters(id);

ALTER TABLE ONLY public.properties
    ADD CONSTRAINT properties_supply_meter_fkey FOREIGN KEY (supply_meter) REFERENCES public.meters(id);

ALTER TABLE ONLY public.rate_bands
    ADD CONSTRAINT rate_bands_profile_fkey FOREIGN KEY (profile) REFERENCES public.rate_profiles(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.rate_profiles
    ADD CONSTRAINT rate_profiles_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.refunds
    ADD CONSTRAINT refunds_payment_fkey FOREIGN KEY (payment) REFERENCES public.payments(id);

ALTER TABLE ONLY public.registered_proprietors
    ADD CONSTRAINT registered_proprietors_corporate_body_fkey FOREIGN KEY (corporate_body) REFERENCES public.corporate_bodies(id);

ALTER TABLE ONLY public.registered_proprietors
    ADD CONSTRAINT registered_proprietors_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id);

ALTER TABLE ONLY public.registered_proprietors
    ADD CONSTRAINT registered_proprietors_property_fkey FOREIGN KEY (property) REFERENCES public.properties(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sharing_groups
    ADD CONSTRAINT sharing_groups_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.sharing_groups
    ADD CONSTRAINT sharing_groups_site_fkey FOREIGN KEY (site) REFERENCES flows.sites_new(id);

ALTER TABLE ONLY public.sharing_half_hours
    ADD CONSTRAINT sharing_half_hours_sharing_group_fkey FOREIGN KEY (sharing_group) REFERENCES public.sharing_groups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sharing_members
    ADD CONSTRAINT sharing_members_property_fkey FOREIGN KEY (property) REFERENCES public.properties(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sharing_members
    ADD CONSTRAINT sharing_members_sharing_group_fkey FOREIGN KEY (sharing_group) REFERENCES public.sharing_groups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sharing_meters
    ADD CONSTRAINT sharing_meters_register_fkey FOREIGN KEY (register) REFERENCES flows.meter_registers(register_id);

ALTER TABLE ONLY public.sharing_meters
    ADD CONSTRAINT sharing_meters_sharing_group_fkey FOREIGN KEY (sharing_group) REFERENCES public.sharing_groups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sharing_months
    ADD CONSTRAINT sharing_months_property_fkey FOREIGN KEY (property) REFERENCES public.properties(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sharing_months
    ADD CONSTRAINT sharing_months_sharing_group_fkey FOREIGN KEY (sharing_group) REFERENCES public.sharing_groups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sharing_terms
    ADD CONSTRAINT sharing_terms_sharing_group_fkey FOREIGN KEY (sharing_group) REFERENCES public.sharing_groups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.solar_credit_allocation
    ADD CONSTRAINT solar_credit_allocation_allocation_property_fkey FOREIGN KEY (allocation_property) REFERENCES public.properties(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.solar_credit_allocation
    ADD CONSTRAINT solar_credit_allocation_installation_property_fkey FOREIGN KEY (installation_property) REFERENCES public.solar_installation(property) ON DELETE CASCADE;

ALTER TABLE ONLY public.solar_credit_tariffs
    ADD CONSTRAINT solar_credit_tariffs_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.solar_installation
    ADD CONSTRAINT solar_installation_property_fkey FOREIGN KEY (property) REFERENCES public.properties(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stale_invoices
    ADD CONSTRAINT stale_invoices_invoice_fkey FOREIGN KEY (invoice) REFERENCES public.invoices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tariff_components
    ADD CONSTRAINT tariff_components_customer_tariff_fkey FOREIGN KEY (customer_tariff) REFERENCES public.customer_tariffs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tariff_components
    ADD CONSTRAINT tariff_components_microgrid_tariff_fkey FOREIGN KEY (microgrid_tariff) REFERENCES public.microgrid_tariffs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.topup_events
    ADD CONSTRAINT topup_events_topup_fkey FOREIGN KEY (topup) REFERENCES public.topups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.topups_gifts
    ADD CONSTRAINT topups_gifts_gift_id_fkey FOREIGN KEY (gift_id) REFERENCES public.gifts(id);

ALTER TABLE ONLY public.topups_gifts
    ADD CONSTRAINT topups_gifts_topup_id_fkey FOREIGN KEY (topup_id) REFERENCES public.topups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.topups
    ADD CONSTRAINT topups_meter_fkey FOREIGN KEY (meter) REFERENCES public.meters(id);

ALTER TABLE ONLY public.topups_monthly_solar_credits
    ADD CONSTRAINT topups_monthly_solar_credits_month_solar_credit_id_fkey FOREIGN KEY (month_solar_credit_id) REFERENCES public.monthly_solar_credits(id);

ALTER TABLE ONLY public.topups_monthly_solar_credits
    ADD CONSTRAINT topups_monthly_solar_credits_topup_id_fkey FOREIGN KEY (topup_id) REFERENCES public.topups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.topups_payments
    ADD CONSTRAINT topups_payments_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES public.payments(id);

ALTER TABLE ONLY public.topups_payments
    ADD CONSTRAINT topups_payments_topup_id_fkey FOREIGN KEY (topup_id) REFERENCES public.topups(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_escos
    ADD CONSTRAINT user_escos_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_escos
    ADD CONSTRAINT user_escos_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.vat_registrations
    ADD CONSTRAINT vat_registrations_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.vat_statuses
    ADD CONSTRAINT vat_statuses_customer_fkey FOREIGN KEY (customer) REFERENCES public.customers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.vat_statuses
    ADD CONSTRAINT vat_statuses_property_fkey FOREIGN KEY (property) REFERENCES public.properties(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.wallets
    ADD CONSTRAINT wallets_esco_fkey FOREIGN KEY (esco) REFERENCES flows.escos(id);

ALTER TABLE ONLY public.write_offs
    ADD CONSTRAINT write_offs_account_fkey FOREIGN KEY (account) REFERENCES public.accounts(id);

ALTER TABLE flows.api_key_secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.audit_log ENABLE ROW LEVEL SECURITY;

CREATE POLICY by_people ON flows.api_key_secrets AS RESTRICTIVE TO admin USING (true) WITH CHECK ((NOT ( SELECT flows.is_key() AS is_key)));

ALTER TABLE flows.calendar_bands ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.calendar_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.calendar_half_hours ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.circuit_register ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.circuits ENABLE ROW LEVEL SECURITY;

CREATE POLICY community ON flows.circuits TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON flows.escos FOR UPDATE TO admin USING ((id = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON flows.ev_chargers TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON flows.feeder_registry TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON flows.meter_registry TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON flows.properties_service_head TO admin USING ((EXISTS ( SELECT
   FROM public.properties
  WHERE (properties.id = properties_service_head.property))));

CREATE POLICY community ON flows.seals FOR SELECT TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON flows.service_head_registry TO admin USING ((EXISTS ( SELECT
   FROM flows.feeder_registry
  WHERE (feeder_registry.id = service_head_registry.feeder))));

CREATE POLICY community ON flows.sites_new TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY earlier ON flows.meter_registers FOR SELECT TO customer USING ((register_id = ANY (( SELECT flows.own_now() AS own_now)::uuid[])));

ALTER TABLE flows.email_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.escos ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.ev_chargers ENABLE ROW LEVEL SECURITY;

CREATE POLICY everyone ON flows.calendar_bands FOR SELECT TO customer, admin USING ((EXISTS ( SELECT
   FROM public.rate_profiles parent
  WHERE (parent.id = calendar_bands.profile))));

CREATE POLICY everyone ON flows.calendar_days FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON flows.calendar_half_hours FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON flows.escos FOR SELECT TO anon, customer, admin USING (true);

CREATE POLICY everyone ON flows.holiday_calendars FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON flows.meter_event_log_type FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON flows.meter_metrics FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON flows.own_meter_metrics FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON flows.regions FOR SELECT TO anon, customer, admin USING (true);

ALTER TABLE flows.feeder_registry ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.holiday_calendars ENABLE ROW LEVEL SECURITY;

CREATE POLICY links ON flows.circuit_register AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((circuit IS NULL) OR (EXISTS ( SELECT
   FROM flows.circuits referenced
  WHERE (referenced.id = circuit_register.circuit)))) AND ((register IS NULL) OR (EXISTS ( SELECT
   FROM flows.meter_registers referenced
  WHERE (referenced.register_id = circuit_register.register))))));

CREATE POLICY links ON flows.meter_registers AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((meter_id IS NULL) OR (EXISTS ( SELECT
   FROM flows.meter_registry referenced
  WHERE (referenced.id = meter_registers.meter_id)))) AND ((replaced_by IS NULL) OR (EXISTS ( SELECT
   FROM flows.meter_registry referenced
  WHERE (referenced.id = meter_registers.replaced_by))))));

CREATE POLICY links ON flows.meter_registry AS RESTRICTIVE TO admin USING (true) WITH CHECK (((site IS NULL) OR (EXISTS ( SELECT
   FROM flows.sites_new referenced
  WHERE (referenced.id = meter_registry.site)))));

CREATE POLICY links ON flows.meter_tophat_registry AS RESTRICTIVE TO admin USING (true) WITH CHECK (((meter IS NULL) OR (EXISTS ( SELECT
   FROM flows.meter_registry referenced
  WHERE (referenced.id = meter_tophat_registry.meter)))));

CREATE POLICY links ON flows.properties_service_head AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((property IS NULL) OR (EXISTS ( SELECT
   FROM flows.properties referenced
  WHERE (referenced.id = properties_service_head.property)))) AND ((service_head IS NULL) OR (EXISTS ( SELECT
   FROM flows.service_head_registry referenced
  WHERE (referenced.id = properties_service_head.service_head))))));

CREATE POLICY links ON flows.service_head_meter AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((service_head IS NULL) OR (EXISTS ( SELECT
   FROM flows.service_head_registry referenced
  WHERE (referenced.id = service_head_meter.service_head)))) AND ((meter IS NULL) OR (EXISTS ( SELECT
   FROM flows.meter_registry referenced
  WHERE (referenced.id = service_head_meter.meter))))));

CREATE POLICY links ON flows.service_head_registry AS RESTRICTIVE TO admin USING (true) WITH CHECK (((feeder IS NULL) OR (EXISTS ( SELECT
   FROM flows.feeder_registry referenced
  WHERE (referenced.id = service_head_registry.feeder)))));

ALTER TABLE flows.login_mails ENABLE ROW LEVEL SECURITY;

CREATE POLICY mediators ON flows.calendar_days TO mediator USING (true);

CREATE POLICY mediators ON flows.calendar_half_hours TO mediator USING (true);

CREATE POLICY mediators ON flows.circuit_register TO mediator USING (true);

CREATE POLICY mediators ON flows.circuits TO mediator USING (true);

CREATE POLICY mediators ON flows.escos TO mediator USING (true);

CREATE POLICY mediators ON flows.ev_chargers TO mediator USING (true);

CREATE POLICY mediators ON flows.feeder_registry TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_3p_voltage TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_commands TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_csq TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_event_log TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_event_log_type TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_health_history TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_metrics TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_prepay_balance TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_registers TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_registry TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_shadows TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_sync_status TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_tophat_registry TO mediator USING (true);

CREATE POLICY mediators ON flows.meter_voltage TO mediator USING (true);

CREATE POLICY mediators ON flows.properties TO mediator USING (true);

CREATE POLICY mediators ON flows.properties_service_head TO mediator USING (true);

CREATE POLICY mediators ON flows.regions TO mediator USING (true);

CREATE POLICY mediators ON flows.register_days_changed TO mediator USING (true);

CREATE POLICY mediators ON flows.register_export TO mediator USING (true);

CREATE POLICY mediators ON flows.register_import TO mediator USING (true);

CREATE POLICY mediators ON flows.register_interval_daily TO mediator USING (true);

CREATE POLICY mediators ON flows.register_interval_estimates TO mediator USING (true);

CREATE POLICY mediators ON flows.register_interval_flags TO mediator USING (true);

CREATE POLICY mediators ON flows.register_interval_hh TO mediator USING (true);

CREATE POLICY mediators ON flows.register_interval_missing_reasons TO mediator USING (true);

CREATE POLICY mediators ON flows.register_interval_sources TO mediator USING (true);

CREATE POLICY mediators ON flows.service_head_meter TO mediator USING (true);

CREATE POLICY mediators ON flows.service_head_registry TO mediator USING (true);

CREATE POLICY mediators ON flows.sites_new TO mediator USING (true);

ALTER TABLE flows.meter_3p_voltage ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_commands ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_csq ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_event_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_event_log_type ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_health_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_leases ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_metrics ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_prepay_balance ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_proxies ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_registers ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_registry ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_shadows ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_sources ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_sync_status ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_tophat_registry ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.meter_voltage ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.money_requests ENABLE ROW LEVEL SECURITY;

CREATE POLICY operator ON flows.audit_log FOR SELECT TO admin USING (( SELECT flows.is_operator() AS is_operator));

ALTER TABLE flows.outbox ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON flows.meter_3p_voltage TO customer USING (((meter_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = meter_3p_voltage.meter_id) AND (own.times @> meter_3p_voltage."timestamp"))))));

CREATE POLICY own ON flows.meter_commands TO customer USING (((meter_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = meter_commands.meter_id) AND (own.times @> meter_commands.created_at))))));

CREATE POLICY own ON flows.meter_csq TO customer USING (((meter_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = meter_csq.meter_id) AND (own.times @> meter_csq."timestamp"))))));

CREATE POLICY own ON flows.meter_event_log TO customer USING (((meter_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = meter_event_log.meter_id) AND (own.times @> meter_event_log."timestamp"))))));

CREATE POLICY own ON flows.meter_health_history TO customer USING (((meter_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = meter_health_history.meter_id) AND (own.times @> meter_health_history."timestamp"))))));

CREATE POLICY own ON flows.meter_prepay_balance TO customer USING (((meter_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = meter_prepay_balance.meter_id) AND (own.times @> meter_prepay_balance."timestamp"))))));

CREATE POLICY own ON flows.meter_registry TO customer USING ((id = ANY (( SELECT flows.own_now() AS own_now)::uuid[])));

CREATE POLICY own ON flows.meter_voltage TO customer USING (((meter_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = meter_voltage.meter_id) AND (own.times @> meter_voltage."timestamp"))))));

CREATE POLICY own ON flows.register_counts TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_counts.register_id) AND (own.times @> register_counts."timestamp"))))));

CREATE POLICY own ON flows.register_export TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_export.register_id) AND (own.times @> register_export."timestamp"))))));

CREATE POLICY own ON flows.register_import TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_import.register_id) AND (own.times @> register_import."timestamp"))))));

CREATE POLICY own ON flows.register_interval_bands TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_interval_bands.register_id) AND (own.days @> register_interval_bands.day))))));

CREATE POLICY own ON flows.register_interval_daily TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_interval_daily.register_id) AND (own.days @> register_interval_daily.day))))));

CREATE POLICY own ON flows.register_interval_estimates TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_interval_estimates.register_id) AND (own.times @> register_interval_estimates."timestamp"))))));

CREATE POLICY own ON flows.register_interval_flags TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_interval_flags.register_id) AND (own.times @> register_interval_flags."timestamp"))))));

CREATE POLICY own ON flows.register_interval_hh TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_interval_hh.register_id) AND (own.times @> register_interval_hh."timestamp"))))));

CREATE POLICY own ON flows.register_interval_missing_reasons TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_interval_missing_reasons.register_id) AND (own.times @> register_interval_missing_reasons."timestamp"))))));

CREATE POLICY own ON flows.register_interval_sources TO customer USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = register_interval_sources.register_id) AND (own.times @> register_interval_sources."timestamp"))))));

CREATE POLICY own ON flows.sites_new TO customer USING ((EXISTS ( SELECT
   FROM public.properties
  WHERE (properties.site = sites_new.id))));

ALTER TABLE flows.own_meter_metrics ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.properties ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.properties_service_head ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.recoveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.refresh_tokens ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.regions ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_counts ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_days_changed ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_export ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_import ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_interval_bands ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_interval_daily ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_interval_estimates ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_interval_flags ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_interval_hh ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_interval_missing_reasons ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.register_interval_sources ENABLE ROW LEVEL SECURITY;

CREATE POLICY reporting ON flows.api_key_secrets FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.audit_log FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.calendar_bands FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.calendar_days FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.calendar_half_hours FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.circuit_register FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.circuits FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.email_changes FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.escos FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.ev_chargers FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.feeder_registry FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.holiday_calendars FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.login_mails FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_3p_voltage FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_commands FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_csq FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_event_log FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_event_log_type FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_health_history FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_leases FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_metrics FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_prepay_balance FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_proxies FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_registers FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_registry FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_shadows FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_sources FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_sync_status FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_tophat_registry FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.meter_voltage FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.money_requests FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.outbox FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.own_meter_metrics FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.properties FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.properties_service_head FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.recoveries FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.refresh_tokens FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.regions FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_counts FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_days_changed FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_export FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_import FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_interval_bands FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_interval_daily FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_interval_estimates FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_interval_flags FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_interval_hh FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_interval_missing_reasons FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.register_interval_sources FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.seals FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.service_head_meter FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.service_head_registry FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON flows.sites_new FOR SELECT TO reporting USING (true);

CREATE POLICY scope_delete ON flows.api_key_secrets AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.api_key_secrets'::text) AS check_write));

CREATE POLICY scope_delete ON flows.audit_log AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.audit_log'::text) AS check_write));

CREATE POLICY scope_delete ON flows.calendar_bands AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.calendar_bands'::text) AS check_write));

CREATE POLICY scope_delete ON flows.calendar_days AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.calendar_days'::text) AS check_write));

CREATE POLICY scope_delete ON flows.calendar_half_hours AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.calendar_half_hours'::text) AS check_write));

CREATE POLICY scope_delete ON flows.circuit_register AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.circuit_register'::text) AS check_write));

CREATE POLICY scope_delete ON flows.circuits AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.circuits'::text) AS check_write));

CREATE POLICY scope_delete ON flows.email_changes AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.email_changes'::text) AS check_write));

CREATE POLICY scope_delete ON flows.escos AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.escos'::text) AS check_write));

CREATE POLICY scope_delete ON flows.ev_chargers AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.ev_chargers'::text) AS check_write));

CREATE POLICY scope_delete ON flows.feeder_registry AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.feeder_registry'::text) AS check_write));

CREATE POLICY scope_delete ON flows.holiday_calendars AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.holiday_calendars'::text) AS check_write));

CREATE POLICY scope_delete ON flows.login_mails AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.login_mails'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_3p_voltage AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_3p_voltage'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_commands AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_commands'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_csq AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_csq'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_event_log AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_event_log'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_event_log_type AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_event_log_type'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_health_history AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_health_history'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_leases AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_leases'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_metrics AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_metrics'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_prepay_balance AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_prepay_balance'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_proxies AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_proxies'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_registers AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_registers'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_registry AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_registry'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_shadows AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_shadows'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_sources AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_sources'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_sync_status AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_sync_status'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_tophat_registry AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_tophat_registry'::text) AS check_write));

CREATE POLICY scope_delete ON flows.meter_voltage AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_voltage'::text) AS check_write));

CREATE POLICY scope_delete ON flows.money_requests AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.money_requests'::text) AS check_write));

CREATE POLICY scope_delete ON flows.outbox AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.outbox'::text) AS check_write));

CREATE POLICY scope_delete ON flows.own_meter_metrics AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.own_meter_metrics'::text) AS check_write));

CREATE POLICY scope_delete ON flows.properties AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.properties'::text) AS check_write));

CREATE POLICY scope_delete ON flows.properties_service_head AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.properties_service_head'::text) AS check_write));

CREATE POLICY scope_delete ON flows.recoveries AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.recoveries'::text) AS check_write));

CREATE POLICY scope_delete ON flows.refresh_tokens AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.refresh_tokens'::text) AS check_write));

CREATE POLICY scope_delete ON flows.regions AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.regions'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_counts AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.register_counts'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_days_changed AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.register_days_changed'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_export AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_export'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_import AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_import'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_interval_bands AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.register_interval_bands'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_interval_daily AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.register_interval_daily'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_interval_estimates AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_estimates'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_interval_flags AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_flags'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_interval_hh AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_hh'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_interval_missing_reasons AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_missing_reasons'::text) AS check_write));

CREATE POLICY scope_delete ON flows.register_interval_sources AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_sources'::text) AS check_write));

CREATE POLICY scope_delete ON flows.seals AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('flows.seals'::text) AS check_write));

CREATE POLICY scope_delete ON flows.service_head_meter AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.service_head_meter'::text) AS check_write));

CREATE POLICY scope_delete ON flows.service_head_registry AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.service_head_registry'::text) AS check_write));

CREATE POLICY scope_delete ON flows.sites_new AS RESTRICTIVE FOR DELETE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.sites_new'::text) AS check_write));

CREATE POLICY scope_insert ON flows.api_key_secrets AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.api_key_secrets'::text) AS check_write));

CREATE POLICY scope_insert ON flows.audit_log AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.audit_log'::text) AS check_write));

CREATE POLICY scope_insert ON flows.calendar_bands AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.calendar_bands'::text) AS check_write));

CREATE POLICY scope_insert ON flows.calendar_days AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.calendar_days'::text) AS check_write));

CREATE POLICY scope_insert ON flows.calendar_half_hours AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.calendar_half_hours'::text) AS check_write));

CREATE POLICY scope_insert ON flows.circuit_register AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.circuit_register'::text) AS check_write));

CREATE POLICY scope_insert ON flows.circuits AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.circuits'::text) AS check_write));

CREATE POLICY scope_insert ON flows.email_changes AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.email_changes'::text) AS check_write));

CREATE POLICY scope_insert ON flows.escos AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.escos'::text) AS check_write));

CREATE POLICY scope_insert ON flows.ev_chargers AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.ev_chargers'::text) AS check_write));

CREATE POLICY scope_insert ON flows.feeder_registry AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.feeder_registry'::text) AS check_write));

CREATE POLICY scope_insert ON flows.holiday_calendars AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.holiday_calendars'::text) AS check_write));

CREATE POLICY scope_insert ON flows.login_mails AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.login_mails'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_3p_voltage AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_3p_voltage'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_commands AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.meter_commands'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_csq AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_csq'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_event_log AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_event_log'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_event_log_type AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_event_log_type'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_health_history AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_health_history'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_leases AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.meter_leases'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_metrics AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_metrics'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_prepay_balance AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_prepay_balance'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_proxies AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.meter_proxies'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_registers AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_registers'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_registry AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_registry'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_shadows AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_shadows'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_sources AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.meter_sources'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_sync_status AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.meter_sync_status'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_tophat_registry AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_tophat_registry'::text) AS check_write));

CREATE POLICY scope_insert ON flows.meter_voltage AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.meter_voltage'::text) AS check_write));

CREATE POLICY scope_insert ON flows.money_requests AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.money_requests'::text) AS check_write));

CREATE POLICY scope_insert ON flows.outbox AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.outbox'::text) AS check_write));

CREATE POLICY scope_insert ON flows.own_meter_metrics AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.own_meter_metrics'::text) AS check_write));

CREATE POLICY scope_insert ON flows.properties AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.properties'::text) AS check_write));

CREATE POLICY scope_insert ON flows.properties_service_head AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.properties_service_head'::text) AS check_write));

CREATE POLICY scope_insert ON flows.recoveries AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.recoveries'::text) AS check_write));

CREATE POLICY scope_insert ON flows.refresh_tokens AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.refresh_tokens'::text) AS check_write));

CREATE POLICY scope_insert ON flows.regions AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.regions'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_counts AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.register_counts'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_days_changed AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.register_days_changed'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_export AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.register_export'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_import AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.register_import'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_interval_bands AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.register_interval_bands'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_interval_daily AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.register_interval_daily'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_interval_estimates AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.register_interval_estimates'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_interval_flags AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.register_interval_flags'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_interval_hh AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.register_interval_hh'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_interval_missing_reasons AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.register_interval_missing_reasons'::text) AS check_write));

CREATE POLICY scope_insert ON flows.register_interval_sources AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.register_interval_sources'::text) AS check_write));

CREATE POLICY scope_insert ON flows.seals AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('flows.seals'::text) AS check_write));

CREATE POLICY scope_insert ON flows.service_head_meter AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.service_head_meter'::text) AS check_write));

CREATE POLICY scope_insert ON flows.service_head_registry AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.service_head_registry'::text) AS check_write));

CREATE POLICY scope_insert ON flows.sites_new AS RESTRICTIVE FOR INSERT TO customer, admin, service, mediator WITH CHECK (( SELECT flows.check_write('flows.sites_new'::text) AS check_write));

CREATE POLICY scope_update ON flows.api_key_secrets AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.api_key_secrets'::text) AS check_write));

CREATE POLICY scope_update ON flows.audit_log AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.audit_log'::text) AS check_write));

CREATE POLICY scope_update ON flows.calendar_bands AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.calendar_bands'::text) AS check_write));

CREATE POLICY scope_update ON flows.calendar_days AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.calendar_days'::text) AS check_write));

CREATE POLICY scope_update ON flows.calendar_half_hours AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.calendar_half_hours'::text) AS check_write));

CREATE POLICY scope_update ON flows.circuit_register AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.circuit_register'::text) AS check_write));

CREATE POLICY scope_update ON flows.circuits AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.circuits'::text) AS check_write));

CREATE POLICY scope_update ON flows.email_changes AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.email_changes'::text) AS check_write));

CREATE POLICY scope_update ON flows.escos AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.escos'::text) AS check_write));

CREATE POLICY scope_update ON flows.ev_chargers AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.ev_chargers'::text) AS check_write));

CREATE POLICY scope_update ON flows.feeder_registry AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.feeder_registry'::text) AS check_write));

CREATE POLICY scope_update ON flows.holiday_calendars AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.holiday_calendars'::text) AS check_write));

CREATE POLICY scope_update ON flows.login_mails AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.login_mails'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_3p_voltage AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_3p_voltage'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_commands AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_commands'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_csq AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_csq'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_event_log AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_event_log'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_event_log_type AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_event_log_type'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_health_history AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_health_history'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_leases AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_leases'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_metrics AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_metrics'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_prepay_balance AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_prepay_balance'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_proxies AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_proxies'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_registers AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_registers'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_registry AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_registry'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_shadows AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_shadows'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_sources AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_sources'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_sync_status AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.meter_sync_status'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_tophat_registry AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_tophat_registry'::text) AS check_write));

CREATE POLICY scope_update ON flows.meter_voltage AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.meter_voltage'::text) AS check_write));

CREATE POLICY scope_update ON flows.money_requests AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.money_requests'::text) AS check_write));

CREATE POLICY scope_update ON flows.outbox AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.outbox'::text) AS check_write));

CREATE POLICY scope_update ON flows.own_meter_metrics AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.own_meter_metrics'::text) AS check_write));

CREATE POLICY scope_update ON flows.properties AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.properties'::text) AS check_write));

CREATE POLICY scope_update ON flows.properties_service_head AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.properties_service_head'::text) AS check_write));

CREATE POLICY scope_update ON flows.recoveries AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.recoveries'::text) AS check_write));

CREATE POLICY scope_update ON flows.refresh_tokens AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.refresh_tokens'::text) AS check_write));

CREATE POLICY scope_update ON flows.regions AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.regions'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_counts AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.register_counts'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_days_changed AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.register_days_changed'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_export AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_export'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_import AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_import'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_interval_bands AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.register_interval_bands'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_interval_daily AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.register_interval_daily'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_interval_estimates AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_estimates'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_interval_flags AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_flags'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_interval_hh AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_hh'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_interval_missing_reasons AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_missing_reasons'::text) AS check_write));

CREATE POLICY scope_update ON flows.register_interval_sources AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.register_interval_sources'::text) AS check_write));

CREATE POLICY scope_update ON flows.seals AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('flows.seals'::text) AS check_write));

CREATE POLICY scope_update ON flows.service_head_meter AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.service_head_meter'::text) AS check_write));

CREATE POLICY scope_update ON flows.service_head_registry AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.service_head_registry'::text) AS check_write));

CREATE POLICY scope_update ON flows.sites_new AS RESTRICTIVE FOR UPDATE TO customer, admin, service, mediator USING (( SELECT flows.check_write('flows.sites_new'::text) AS check_write));

ALTER TABLE flows.seals ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.service_head_meter ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.service_head_registry ENABLE ROW LEVEL SECURITY;

ALTER TABLE flows.sites_new ENABLE ROW LEVEL SECURITY;

CREATE POLICY with_parent ON flows.api_key_secrets FOR SELECT TO admin USING ((EXISTS ( SELECT
   FROM public.api_keys parent
  WHERE (parent.id = api_key_secrets.api_key))));

CREATE POLICY with_parent ON flows.circuit_register TO customer, admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = circuit_register.register))));

CREATE POLICY with_parent ON flows.circuits TO customer USING ((EXISTS ( SELECT
   FROM flows.circuit_register parent
  WHERE (parent.circuit = circuits.id))));

CREATE POLICY with_parent ON flows.meter_3p_voltage TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_3p_voltage.meter_id))));

CREATE POLICY with_parent ON flows.meter_commands TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_commands.meter_id))));

CREATE POLICY with_parent ON flows.meter_csq TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_csq.meter_id))));

CREATE POLICY with_parent ON flows.meter_event_log TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_event_log.meter_id))));

CREATE POLICY with_parent ON flows.meter_health_history TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_health_history.meter_id))));

CREATE POLICY with_parent ON flows.meter_prepay_balance TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_prepay_balance.meter_id))));

CREATE POLICY with_parent ON flows.meter_registers TO customer, admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_registers.meter_id))));

CREATE POLICY with_parent ON flows.meter_shadows TO customer, admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_shadows.id))));

CREATE POLICY with_parent ON flows.meter_sync_status TO customer, admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_sync_status.meter_id))));

CREATE POLICY with_parent ON flows.meter_tophat_registry TO customer, admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_tophat_registry.meter))));

CREATE POLICY with_parent ON flows.meter_voltage TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meter_voltage.meter_id))));

CREATE POLICY with_parent ON flows.money_requests FOR SELECT TO admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = money_requests.account))));

CREATE POLICY with_parent ON flows.properties TO customer, admin USING ((EXISTS ( SELECT
   FROM public.properties parent
  WHERE (parent.id = properties.id))));

CREATE POLICY with_parent ON flows.register_counts TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_counts.register_id))));

CREATE POLICY with_parent ON flows.register_days_changed TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_days_changed.register_id))));

CREATE POLICY with_parent ON flows.register_export TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_export.register_id))));

CREATE POLICY with_parent ON flows.register_import TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_import.register_id))));

CREATE POLICY with_parent ON flows.register_interval_bands TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_interval_bands.register_id))));

CREATE POLICY with_parent ON flows.register_interval_daily TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_interval_daily.register_id))));

CREATE POLICY with_parent ON flows.register_interval_estimates TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_interval_estimates.register_id))));

CREATE POLICY with_parent ON flows.register_interval_flags TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_interval_flags.register_id))));

CREATE POLICY with_parent ON flows.register_interval_hh TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_interval_hh.register_id))));

CREATE POLICY with_parent ON flows.register_interval_missing_reasons TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_interval_missing_reasons.register_id))));

CREATE POLICY with_parent ON flows.register_interval_sources TO admin USING ((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = register_interval_sources.register_id))));

CREATE POLICY with_parent ON flows.service_head_meter TO customer, admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = service_head_meter.meter))));

CREATE POLICY workers ON flows.api_key_secrets TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.audit_log TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.calendar_bands TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.calendar_days TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.calendar_half_hours TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.circuit_register TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.circuits TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.email_changes TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.escos TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.ev_chargers TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.feeder_registry TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.holiday_calendars TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.login_mails TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_3p_voltage TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_commands TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_csq TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_event_log TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_event_log_type TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_health_history TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_leases TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_metrics TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_prepay_balance TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_proxies TO service, flows_meter_sync USING (true);

CREATE POLICY workers ON flows.meter_registers TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_registry TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_shadows TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_sources TO service, flows_meter_sync USING (true);

CREATE POLICY workers ON flows.meter_sync_status TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_tophat_registry TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.meter_voltage TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.money_requests TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.outbox TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.own_meter_metrics TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.properties TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.properties_service_head TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.recoveries TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.refresh_tokens TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.regions TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_counts TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_days_changed TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_export TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_import TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_interval_bands TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_interval_daily TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_interval_estimates TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_interval_flags TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_interval_hh TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_interval_missing_reasons TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.register_interval_sources TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.seals TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.service_head_meter TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.service_head_registry TO service, flows_worker USING (true);

CREATE POLICY workers ON flows.sites_new TO service, flows_worker USING (true);

ALTER TABLE public.account_closings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.account_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY account_links ON public.gifts AS RESTRICTIVE TO admin USING (true) WITH CHECK (((account IS NULL) OR (EXISTS ( SELECT
   FROM public.customer_accounts part
  WHERE ((part.account = gifts.account) AND (part.customer = gifts.customer))))));

ALTER TABLE public.account_suppliers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.api_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.back_bill_exceptions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.benchmark_tariffs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bill_holds ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_run_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.billing_runs ENABLE ROW LEVEL SECURITY;

CREATE POLICY by_people ON public.api_keys AS RESTRICTIVE TO admin USING (true) WITH CHECK ((NOT ( SELECT flows.is_key() AS is_key)));

ALTER TABLE public.closing_reads ENABLE ROW LEVEL SECURITY;

CREATE POLICY community ON public.accounts TO admin USING ((EXISTS ( SELECT
   FROM public.properties
  WHERE (properties.id = accounts.property))));

CREATE POLICY community ON public.api_keys FOR SELECT TO admin USING (((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])) OR ( SELECT flows.is_operator() AS is_operator)));

CREATE POLICY community ON public.billing_run_accounts TO admin USING ((EXISTS ( SELECT
   FROM public.billing_runs
  WHERE (billing_runs.id = billing_run_accounts.run))));

CREATE POLICY community ON public.billing_runs TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.contracts TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.corporate_bodies TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.customer_corporate_bodies TO admin USING ((EXISTS ( SELECT
   FROM public.customers
  WHERE (customers.id = customer_corporate_bodies.customer))));

CREATE POLICY community ON public.customer_invites TO admin USING ((EXISTS ( SELECT
   FROM public.customers
  WHERE (customers.id = customer_invites.customer))));

CREATE POLICY community ON public.customers TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.invoice_series TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.ledger_accounts TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.messages TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.microgrid_tariffs TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.properties TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.rate_profiles TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.sharing_groups TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.solar_credit_tariffs TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

CREATE POLICY community ON public.users TO admin USING ((EXISTS ( SELECT
   FROM public.customers
  WHERE (customers.id = users.customer))));

CREATE POLICY community ON public.wallets TO admin USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));

ALTER TABLE public.contract_signatures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contract_terms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contract_terms_esco ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contracts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.corporate_bodies ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.correction_decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.credit_notes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_corporate_bodies ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_invites ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_tariffs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.direct_debit_mandates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.documents ENABLE ROW LEVEL SECURITY;

CREATE POLICY everyone ON public.benchmark_tariffs FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON public.contract_terms FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON public.contract_terms_esco FOR SELECT TO customer, admin USING (true);

CREATE POLICY everyone ON public.report_refreshes FOR SELECT TO admin USING (true);

ALTER TABLE public.gifts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_reads ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoice_series ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;

CREATE POLICY kept ON public.api_keys FOR UPDATE TO admin USING (((revoked_at IS NULL) AND ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])) OR ( SELECT flows.is_operator() AS is_operator)))) WITH CHECK (((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])) OR ( SELECT flows.is_operator() AS is_operator)));

ALTER TABLE public.ledger_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_postings ENABLE ROW LEVEL SECURITY;

CREATE POLICY links ON public.account_events AS RESTRICTIVE TO admin USING (true) WITH CHECK (((account IS NULL) OR (EXISTS ( SELECT
   FROM public.accounts referenced
  WHERE (referenced.id = account_events.account)))));

CREATE POLICY links ON public.account_suppliers AS RESTRICTIVE TO admin USING (true) WITH CHECK (((account IS NULL) OR (EXISTS ( SELECT
   FROM public.accounts referenced
  WHERE (referenced.id = account_suppliers.account)))));

CREATE POLICY links ON public.accounts AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((property IS NULL) OR (EXISTS ( SELECT
   FROM public.properties referenced
  WHERE (referenced.id = accounts.property)))) AND ((current_contract IS NULL) OR (EXISTS ( SELECT
   FROM public.contracts referenced
  WHERE (referenced.id = accounts.current_contract))))));

CREATE POLICY links ON public.back_bill_exceptions AS RESTRICTIVE TO admin USING (true) WITH CHECK (((account IS NULL) OR (EXISTS ( SELECT
   FROM public.accounts referenced
  WHERE (referenced.id = back_bill_exceptions.account)))));

CREATE POLICY links ON public.contract_signatures AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((contract IS NULL) OR (EXISTS ( SELECT
   FROM public.contracts referenced
  WHERE (referenced.id = contract_signatures.contract)))) AND ((customer IS NULL) OR (EXISTS ( SELECT
   FROM public.customers referenced
  WHERE (referenced.id = contract_signatures.customer))))));

CREATE POLICY links ON public.contracts AS RESTRICTIVE TO admin USING (true) WITH CHECK (((terms IS NULL) OR (EXISTS ( SELECT
   FROM public.contract_terms referenced
  WHERE (referenced.id = contracts.terms)))));

CREATE POLICY links ON public.customer_accounts AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((customer IS NULL) OR (EXISTS ( SELECT
   FROM public.customers referenced
  WHERE (referenced.id = customer_accounts.customer)))) AND ((account IS NULL) OR (EXISTS ( SELECT
   FROM public.accounts referenced
  WHERE (referenced.id = customer_accounts.account))))));

CREATE POLICY links ON public.customer_corporate_bodies AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((customer IS NULL) OR (EXISTS ( SELECT
   FROM public.customers referenced
  WHERE (referenced.id = customer_corporate_bodies.customer)))) AND ((corporate_body IS NULL) OR (EXISTS ( SELECT
   FROM public.corporate_bodies referenced
  WHERE (referenced.id = customer_corporate_bodies.corporate_body))))));

CREATE POLICY links ON public.customer_invites AS RESTRICTIVE TO admin USING (true) WITH CHECK (((customer IS NULL) OR (EXISTS ( SELECT
   FROM public.customers referenced
  WHERE (referenced.id = customer_invites.customer)))));

CREATE POLICY links ON public.customer_tariffs AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((customer IS NULL) OR (EXISTS ( SELECT
   FROM public.customers referenced
  WHERE (referenced.id = customer_tariffs.customer)))) AND ((rate_profile IS NULL) OR (EXISTS ( SELECT
   FROM public.rate_profiles referenced
  WHERE (referenced.id = customer_tariffs.rate_profile)))) AND ((benchmark IS NULL) OR (EXISTS ( SELECT
   FROM public.benchmark_tariffs referenced
  WHERE (referenced.id = customer_tariffs.benchmark))))));

CREATE POLICY links ON public.gifts AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((customer IS NULL) OR (EXISTS ( SELECT
   FROM public.customers referenced
  WHERE (referenced.id = gifts.customer)))) AND ((account IS NULL) OR (EXISTS ( SELECT
   FROM public.accounts referenced
  WHERE (referenced.id = gifts.account))))));

CREATE POLICY links ON public.properties AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((site IS NULL) OR (EXISTS ( SELECT
   FROM flows.sites_new referenced
  WHERE (referenced.id = properties.site)))) AND ((supply_meter IS NULL) OR (EXISTS ( SELECT
   FROM public.meters referenced
  WHERE (referenced.id = properties.supply_meter)))) AND ((solar_meter IS NULL) OR (EXISTS ( SELECT
   FROM public.meters referenced
  WHERE (referenced.id = properties.solar_meter)))) AND ((owner IS NULL) OR (EXISTS ( SELECT
   FROM public.customers referenced
  WHERE (referenced.id = properties.owner))))));

CREATE POLICY links ON public.registered_proprietors AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((property IS NULL) OR (EXISTS ( SELECT
   FROM public.properties referenced
  WHERE (referenced.id = registered_proprietors.property)))) AND ((customer IS NULL) OR (EXISTS ( SELECT
   FROM public.customers referenced
  WHERE (referenced.id = registered_proprietors.customer)))) AND ((corporate_body IS NULL) OR (EXISTS ( SELECT
   FROM public.corporate_bodies referenced
  WHERE (referenced.id = registered_proprietors.corporate_body))))));

CREATE POLICY links ON public.sharing_groups AS RESTRICTIVE TO admin USING (true) WITH CHECK (((site IS NULL) OR (EXISTS ( SELECT
   FROM flows.sites_new referenced
  WHERE (referenced.id = sharing_groups.site)))));

CREATE POLICY links ON public.solar_credit_allocation AS RESTRICTIVE TO admin USING (true) WITH CHECK ((((installation_property IS NULL) OR (EXISTS ( SELECT
   FROM public.solar_installation referenced
  WHERE (referenced.property = solar_credit_allocation.installation_property)))) AND ((allocation_property IS NULL) OR (EXISTS ( SELECT
   FROM public.properties referenced
  WHERE (referenced.id = solar_credit_allocation.allocation_property))))));

CREATE POLICY links ON public.solar_installation AS RESTRICTIVE TO admin USING (true) WITH CHECK (((property IS NULL) OR (EXISTS ( SELECT
   FROM public.properties referenced
  WHERE (referenced.id = solar_installation.property)))));

CREATE POLICY made ON public.api_keys FOR INSERT TO admin WITH CHECK (((created_by = ( SELECT flows.current_user_id() AS current_user_id)) AND (( SELECT flows.is_operator() AS is_operator) OR ((role = 'admin'::text) AND (esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[]))))));

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.meters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.microgrid_tariffs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.monthly_costs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.monthly_solar_credits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.monthly_usage ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON public.accounts TO customer USING ((id = ANY (( SELECT flows.own_accounts() AS own_accounts)::uuid[])));

CREATE POLICY own ON public.corporate_bodies TO customer USING ((id = ANY (( SELECT flows.own_corporate_bodies() AS own_corporate_bodies)::uuid[])));

CREATE POLICY own ON public.customer_corporate_bodies TO customer USING ((customer = ( SELECT flows.current_customer() AS current_customer)));

CREATE POLICY own ON public.customers TO customer USING ((id = ( SELECT flows.current_customer() AS current_customer)));

CREATE POLICY own ON public.ledger_accounts TO customer USING ((account = ANY (( SELECT flows.own_accounts() AS own_accounts)::uuid[])));

CREATE POLICY own ON public.messages TO customer USING ((customer = ( SELECT flows.current_customer() AS current_customer)));

CREATE POLICY own ON public.microgrid_tariffs FOR SELECT TO customer USING ((EXISTS ( SELECT
   FROM public.properties
  WHERE (properties.esco = microgrid_tariffs.esco))));

CREATE POLICY own ON public.monthly_solar_credits TO customer USING (((property_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = monthly_solar_credits.property_id) AND (own.days @> daterange(monthly_solar_credits.month, ((monthly_solar_credits.month + '1 mon'::interval))::date)))))));

CREATE POLICY own ON public.monthly_usage TO customer USING (((circuit_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = monthly_usage.circuit_id) AND (own.days @> daterange(monthly_usage.month, ((monthly_usage.month + '1 mon'::interval))::date)))))));

CREATE POLICY own ON public.properties TO customer USING ((id = ANY (( SELECT flows.own_properties() AS own_properties)::uuid[])));

CREATE POLICY own ON public.rate_profiles FOR SELECT TO customer USING ((EXISTS ( SELECT
   FROM public.properties
  WHERE (properties.esco = rate_profiles.esco))));

CREATE POLICY own ON public.sharing_groups FOR SELECT TO customer USING ((EXISTS ( SELECT
   FROM public.properties
  WHERE (properties.esco = sharing_groups.esco))));

CREATE POLICY own ON public.sharing_months TO customer USING (((property = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = sharing_months.property) AND (own.days @> daterange(sharing_months.month, ((sharing_months.month + '1 mon'::interval))::date)))))));

CREATE POLICY own ON public.solar_credit_tariffs FOR SELECT TO customer USING ((EXISTS ( SELECT
   FROM public.properties
  WHERE (properties.esco = solar_credit_tariffs.esco))));

CREATE POLICY own ON public.topups TO customer USING (((meter = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT
   FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times)
  WHERE ((own.id = topups.meter) AND (own.times @> topups.created_at))))));

CREATE POLICY own ON public.user_escos TO admin USING ((user_id = ( SELECT flows.current_user_id() AS current_user_id)));

CREATE POLICY own ON public.users TO customer, admin USING ((id = ( SELECT flows.current_user_id() AS current_user_id)));

ALTER TABLE public.payment_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.properties ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_bands ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rate_profiles ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.refunds ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.registered_proprietors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.report_refreshes ENABLE ROW LEVEL SECURITY;

CREATE POLICY reporting ON public.account_closings FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.account_events FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.account_suppliers FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.accounts FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.api_keys FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.back_bill_exceptions FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.benchmark_tariffs FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.bill_holds FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.billing_run_accounts FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.billing_runs FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.closing_reads FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.contract_signatures FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.contract_terms FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.contract_terms_esco FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.contracts FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.corporate_bodies FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.correction_decisions FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.credit_notes FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.customer_accounts FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.customer_corporate_bodies FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.customer_invites FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.customer_tariffs FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.customers FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.direct_debit_mandates FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.documents FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.gifts FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.invoice_lines FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.invoice_reads FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.invoice_series FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.invoices FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.ledger_accounts FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.ledger_entries FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.ledger_postings FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.messages FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.meters FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.microgrid_tariffs FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.monthly_costs FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.monthly_solar_credits FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.monthly_usage FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.payment_events FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.payments FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.properties FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.rate_bands FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.rate_profiles FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.refunds FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.registered_proprietors FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.report_refreshes FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.sharing_groups FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.sharing_half_hours FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.sharing_members FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.sharing_meters FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.sharing_months FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.sharing_terms FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.solar_credit_allocation FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.solar_credit_tariffs FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.solar_installation FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.stale_invoices FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.tariff_components FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.topup_events FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.topups FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.topups_gifts FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.topups_monthly_solar_credits FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.topups_payments FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.user_escos FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.users FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.vat_registrations FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.vat_statuses FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.wallets FOR SELECT TO reporting USING (true);

CREATE POLICY reporting ON public.write_offs FOR SELECT TO reporting USING (true);

CREATE POLICY scope_delete ON public.account_closings AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.account_closings'::text) AS check_write));

CREATE POLICY scope_delete ON public.account_events AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.account_events'::text) AS check_write));

CREATE POLICY scope_delete ON public.account_suppliers AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.account_suppliers'::text) AS check_write));

CREATE POLICY scope_delete ON public.accounts AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.accounts'::text) AS check_write));

CREATE POLICY scope_delete ON public.api_keys AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.api_keys'::text) AS check_write));

CREATE POLICY scope_delete ON public.back_bill_exceptions AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.back_bill_exceptions'::text) AS check_write));

CREATE POLICY scope_delete ON public.benchmark_tariffs AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.benchmark_tariffs'::text) AS check_write));

CREATE POLICY scope_delete ON public.bill_holds AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.bill_holds'::text) AS check_write));

CREATE POLICY scope_delete ON public.billing_run_accounts AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.billing_run_accounts'::text) AS check_write));

CREATE POLICY scope_delete ON public.billing_runs AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.billing_runs'::text) AS check_write));

CREATE POLICY scope_delete ON public.closing_reads AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.closing_reads'::text) AS check_write));

CREATE POLICY scope_delete ON public.contract_signatures AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.contract_signatures'::text) AS check_write));

CREATE POLICY scope_delete ON public.contract_terms AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.contract_terms'::text) AS check_write));

CREATE POLICY scope_delete ON public.contract_terms_esco AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.contract_terms_esco'::text) AS check_write));

CREATE POLICY scope_delete ON public.contracts AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.contracts'::text) AS check_write));

CREATE POLICY scope_delete ON public.corporate_bodies AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.corporate_bodies'::text) AS check_write));

CREATE POLICY scope_delete ON public.correction_decisions AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.correction_decisions'::text) AS check_write));

CREATE POLICY scope_delete ON public.credit_notes AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.credit_notes'::text) AS check_write));

CREATE POLICY scope_delete ON public.customer_accounts AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.customer_accounts'::text) AS check_write));

CREATE POLICY scope_delete ON public.customer_corporate_bodies AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.customer_corporate_bodies'::text) AS check_write));

CREATE POLICY scope_delete ON public.customer_invites AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.customer_invites'::text) AS check_write));

CREATE POLICY scope_delete ON public.customer_tariffs AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.customer_tariffs'::text) AS check_write));

CREATE POLICY scope_delete ON public.customers AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.customers'::text) AS check_write));

CREATE POLICY scope_delete ON public.direct_debit_mandates AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.direct_debit_mandates'::text) AS check_write));

CREATE POLICY scope_delete ON public.documents AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.documents'::text) AS check_write));

CREATE POLICY scope_delete ON public.gifts AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.gifts'::text) AS check_write));

CREATE POLICY scope_delete ON public.invoice_lines AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.invoice_lines'::text) AS check_write));

CREATE POLICY scope_delete ON public.invoice_reads AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.invoice_reads'::text) AS check_write));

CREATE POLICY scope_delete ON public.invoice_series AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.invoice_series'::text) AS check_write));

CREATE POLICY scope_delete ON public.invoices AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.invoices'::text) AS check_write));

CREATE POLICY scope_delete ON public.ledger_accounts AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.ledger_accounts'::text) AS check_write));

CREATE POLICY scope_delete ON public.ledger_entries AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.ledger_entries'::text) AS check_write));

CREATE POLICY scope_delete ON public.ledger_postings AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.ledger_postings'::text) AS check_write));

CREATE POLICY scope_delete ON public.messages AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.messages'::text) AS check_write));

CREATE POLICY scope_delete ON public.meters AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.meters'::text) AS check_write));

CREATE POLICY scope_delete ON public.microgrid_tariffs AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.microgrid_tariffs'::text) AS check_write));

CREATE POLICY scope_delete ON public.monthly_costs AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.monthly_costs'::text) AS check_write));

CREATE POLICY scope_delete ON public.monthly_solar_credits AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.monthly_solar_credits'::text) AS check_write));

CREATE POLICY scope_delete ON public.monthly_usage AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.monthly_usage'::text) AS check_write));

CREATE POLICY scope_delete ON public.payment_events AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.payment_events'::text) AS check_write));

CREATE POLICY scope_delete ON public.payments AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.payments'::text) AS check_write));

CREATE POLICY scope_delete ON public.properties AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.properties'::text) AS check_write));

CREATE POLICY scope_delete ON public.rate_bands AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.rate_bands'::text) AS check_write));

CREATE POLICY scope_delete ON public.rate_profiles AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.rate_profiles'::text) AS check_write));

CREATE POLICY scope_delete ON public.refunds AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.refunds'::text) AS check_write));

CREATE POLICY scope_delete ON public.registered_proprietors AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.registered_proprietors'::text) AS check_write));

CREATE POLICY scope_delete ON public.report_refreshes AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.report_refreshes'::text) AS check_write));

CREATE POLICY scope_delete ON public.sharing_groups AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_groups'::text) AS check_write));

CREATE POLICY scope_delete ON public.sharing_half_hours AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_half_hours'::text) AS check_write));

CREATE POLICY scope_delete ON public.sharing_members AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_members'::text) AS check_write));

CREATE POLICY scope_delete ON public.sharing_meters AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_meters'::text) AS check_write));

CREATE POLICY scope_delete ON public.sharing_months AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_months'::text) AS check_write));

CREATE POLICY scope_delete ON public.sharing_terms AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_terms'::text) AS check_write));

CREATE POLICY scope_delete ON public.solar_credit_allocation AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.solar_credit_allocation'::text) AS check_write));

CREATE POLICY scope_delete ON public.solar_credit_tariffs AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.solar_credit_tariffs'::text) AS check_write));

CREATE POLICY scope_delete ON public.solar_installation AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.solar_installation'::text) AS check_write));

CREATE POLICY scope_delete ON public.stale_invoices AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.stale_invoices'::text) AS check_write));

CREATE POLICY scope_delete ON public.tariff_components AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.tariff_components'::text) AS check_write));

CREATE POLICY scope_delete ON public.topup_events AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.topup_events'::text) AS check_write));

CREATE POLICY scope_delete ON public.topups AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.topups'::text) AS check_write));

CREATE POLICY scope_delete ON public.topups_gifts AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.topups_gifts'::text) AS check_write));

CREATE POLICY scope_delete ON public.topups_monthly_solar_credits AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.topups_monthly_solar_credits'::text) AS check_write));

CREATE POLICY scope_delete ON public.topups_payments AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.topups_payments'::text) AS check_write));

CREATE POLICY scope_delete ON public.user_escos AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.user_escos'::text) AS check_write));

CREATE POLICY scope_delete ON public.users AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.users'::text) AS check_write));

CREATE POLICY scope_delete ON public.vat_registrations AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.vat_registrations'::text) AS check_write));

CREATE POLICY scope_delete ON public.vat_statuses AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.vat_statuses'::text) AS check_write));

CREATE POLICY scope_delete ON public.wallets AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.wallets'::text) AS check_write));

CREATE POLICY scope_delete ON public.write_offs AS RESTRICTIVE FOR DELETE TO customer, admin, service USING (( SELECT flows.check_write('public.write_offs'::text) AS check_write));

CREATE POLICY scope_insert ON public.account_closings AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.account_closings'::text) AS check_write));

CREATE POLICY scope_insert ON public.account_events AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.account_events'::text) AS check_write));

CREATE POLICY scope_insert ON public.account_suppliers AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.account_suppliers'::text) AS check_write));

CREATE POLICY scope_insert ON public.accounts AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.accounts'::text) AS check_write));

CREATE POLICY scope_insert ON public.api_keys AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.api_keys'::text) AS check_write));

CREATE POLICY scope_insert ON public.back_bill_exceptions AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.back_bill_exceptions'::text) AS check_write));

CREATE POLICY scope_insert ON public.benchmark_tariffs AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.benchmark_tariffs'::text) AS check_write));

CREATE POLICY scope_insert ON public.bill_holds AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.bill_holds'::text) AS check_write));

CREATE POLICY scope_insert ON public.billing_run_accounts AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.billing_run_accounts'::text) AS check_write));

CREATE POLICY scope_insert ON public.billing_runs AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.billing_runs'::text) AS check_write));

CREATE POLICY scope_insert ON public.closing_reads AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.closing_reads'::text) AS check_write));

CREATE POLICY scope_insert ON public.contract_signatures AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.contract_signatures'::text) AS check_write));

CREATE POLICY scope_insert ON public.contract_terms AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.contract_terms'::text) AS check_write));

CREATE POLICY scope_insert ON public.contract_terms_esco AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.contract_terms_esco'::text) AS check_write));

CREATE POLICY scope_insert ON public.contracts AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.contracts'::text) AS check_write));

CREATE POLICY scope_insert ON public.corporate_bodies AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.corporate_bodies'::text) AS check_write));

CREATE POLICY scope_insert ON public.correction_decisions AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.correction_decisions'::text) AS check_write));

CREATE POLICY scope_insert ON public.credit_notes AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.credit_notes'::text) AS check_write));

CREATE POLICY scope_insert ON public.customer_accounts AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.customer_accounts'::text) AS check_write));

CREATE POLICY scope_insert ON public.customer_corporate_bodies AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.customer_corporate_bodies'::text) AS check_write));

CREATE POLICY scope_insert ON public.customer_invites AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.customer_invites'::text) AS check_write));

CREATE POLICY scope_insert ON public.customer_tariffs AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.customer_tariffs'::text) AS check_write));

CREATE POLICY scope_insert ON public.customers AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.customers'::text) AS check_write));

CREATE POLICY scope_insert ON public.direct_debit_mandates AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.direct_debit_mandates'::text) AS check_write));

CREATE POLICY scope_insert ON public.documents AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.documents'::text) AS check_write));

CREATE POLICY scope_insert ON public.gifts AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.gifts'::text) AS check_write));

CREATE POLICY scope_insert ON public.invoice_lines AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.invoice_lines'::text) AS check_write));

CREATE POLICY scope_insert ON public.invoice_reads AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.invoice_reads'::text) AS check_write));

CREATE POLICY scope_insert ON public.invoice_series AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.invoice_series'::text) AS check_write));

CREATE POLICY scope_insert ON public.invoices AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.invoices'::text) AS check_write));

CREATE POLICY scope_insert ON public.ledger_accounts AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.ledger_accounts'::text) AS check_write));

CREATE POLICY scope_insert ON public.ledger_entries AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.ledger_entries'::text) AS check_write));

CREATE POLICY scope_insert ON public.ledger_postings AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.ledger_postings'::text) AS check_write));

CREATE POLICY scope_insert ON public.messages AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.messages'::text) AS check_write));

CREATE POLICY scope_insert ON public.meters AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.meters'::text) AS check_write));

CREATE POLICY scope_insert ON public.microgrid_tariffs AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.microgrid_tariffs'::text) AS check_write));

CREATE POLICY scope_insert ON public.monthly_costs AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.monthly_costs'::text) AS check_write));

CREATE POLICY scope_insert ON public.monthly_solar_credits AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.monthly_solar_credits'::text) AS check_write));

CREATE POLICY scope_insert ON public.monthly_usage AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.monthly_usage'::text) AS check_write));

CREATE POLICY scope_insert ON public.payment_events AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.payment_events'::text) AS check_write));

CREATE POLICY scope_insert ON public.payments AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.payments'::text) AS check_write));

CREATE POLICY scope_insert ON public.properties AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.properties'::text) AS check_write));

CREATE POLICY scope_insert ON public.rate_bands AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.rate_bands'::text) AS check_write));

CREATE POLICY scope_insert ON public.rate_profiles AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.rate_profiles'::text) AS check_write));

CREATE POLICY scope_insert ON public.refunds AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.refunds'::text) AS check_write));

CREATE POLICY scope_insert ON public.registered_proprietors AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.registered_proprietors'::text) AS check_write));

CREATE POLICY scope_insert ON public.report_refreshes AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.report_refreshes'::text) AS check_write));

CREATE POLICY scope_insert ON public.sharing_groups AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.sharing_groups'::text) AS check_write));

CREATE POLICY scope_insert ON public.sharing_half_hours AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.sharing_half_hours'::text) AS check_write));

CREATE POLICY scope_insert ON public.sharing_members AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.sharing_members'::text) AS check_write));

CREATE POLICY scope_insert ON public.sharing_meters AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.sharing_meters'::text) AS check_write));

CREATE POLICY scope_insert ON public.sharing_months AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.sharing_months'::text) AS check_write));

CREATE POLICY scope_insert ON public.sharing_terms AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.sharing_terms'::text) AS check_write));

CREATE POLICY scope_insert ON public.solar_credit_allocation AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.solar_credit_allocation'::text) AS check_write));

CREATE POLICY scope_insert ON public.solar_credit_tariffs AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.solar_credit_tariffs'::text) AS check_write));

CREATE POLICY scope_insert ON public.solar_installation AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.solar_installation'::text) AS check_write));

CREATE POLICY scope_insert ON public.stale_invoices AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.stale_invoices'::text) AS check_write));

CREATE POLICY scope_insert ON public.tariff_components AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.tariff_components'::text) AS check_write));

CREATE POLICY scope_insert ON public.topup_events AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.topup_events'::text) AS check_write));

CREATE POLICY scope_insert ON public.topups AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.topups'::text) AS check_write));

CREATE POLICY scope_insert ON public.topups_gifts AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.topups_gifts'::text) AS check_write));

CREATE POLICY scope_insert ON public.topups_monthly_solar_credits AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.topups_monthly_solar_credits'::text) AS check_write));

CREATE POLICY scope_insert ON public.topups_payments AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.topups_payments'::text) AS check_write));

CREATE POLICY scope_insert ON public.user_escos AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.user_escos'::text) AS check_write));

CREATE POLICY scope_insert ON public.users AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.users'::text) AS check_write));

CREATE POLICY scope_insert ON public.vat_registrations AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.vat_registrations'::text) AS check_write));

CREATE POLICY scope_insert ON public.vat_statuses AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.vat_statuses'::text) AS check_write));

CREATE POLICY scope_insert ON public.wallets AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.wallets'::text) AS check_write));

CREATE POLICY scope_insert ON public.write_offs AS RESTRICTIVE FOR INSERT TO customer, admin, service WITH CHECK (( SELECT flows.check_write('public.write_offs'::text) AS check_write));

CREATE POLICY scope_select ON public.customer_invites AS RESTRICTIVE FOR SELECT TO admin, service USING (( SELECT flows.check_write('public.customer_invites'::text) AS check_write));

CREATE POLICY scope_update ON public.account_closings AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.account_closings'::text) AS check_write));

CREATE POLICY scope_update ON public.account_events AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.account_events'::text) AS check_write));

CREATE POLICY scope_update ON public.account_suppliers AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.account_suppliers'::text) AS check_write));

CREATE POLICY scope_update ON public.accounts AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.accounts'::text) AS check_write));

CREATE POLICY scope_update ON public.api_keys AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.api_keys'::text) AS check_write));

CREATE POLICY scope_update ON public.back_bill_exceptions AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.back_bill_exceptions'::text) AS check_write));

CREATE POLICY scope_update ON public.benchmark_tariffs AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.benchmark_tariffs'::text) AS check_write));

CREATE POLICY scope_update ON public.bill_holds AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.bill_holds'::text) AS check_write));

CREATE POLICY scope_update ON public.billing_run_accounts AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.billing_run_accounts'::text) AS check_write));

CREATE POLICY scope_update ON public.billing_runs AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.billing_runs'::text) AS check_write));

CREATE POLICY scope_update ON public.closing_reads AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.closing_reads'::text) AS check_write));

CREATE POLICY scope_update ON public.contract_signatures AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.contract_signatures'::text) AS check_write));

CREATE POLICY scope_update ON public.contract_terms AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.contract_terms'::text) AS check_write));

CREATE POLICY scope_update ON public.contract_terms_esco AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.contract_terms_esco'::text) AS check_write));

CREATE POLICY scope_update ON public.contracts AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.contracts'::text) AS check_write));

CREATE POLICY scope_update ON public.corporate_bodies AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.corporate_bodies'::text) AS check_write));

CREATE POLICY scope_update ON public.correction_decisions AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.correction_decisions'::text) AS check_write));

CREATE POLICY scope_update ON public.credit_notes AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.credit_notes'::text) AS check_write));

CREATE POLICY scope_update ON public.customer_accounts AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.customer_accounts'::text) AS check_write));

CREATE POLICY scope_update ON public.customer_corporate_bodies AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.customer_corporate_bodies'::text) AS check_write));

CREATE POLICY scope_update ON public.customer_invites AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.customer_invites'::text) AS check_write));

CREATE POLICY scope_update ON public.customer_tariffs AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.customer_tariffs'::text) AS check_write));

CREATE POLICY scope_update ON public.customers AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.customers'::text) AS check_write));

CREATE POLICY scope_update ON public.direct_debit_mandates AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.direct_debit_mandates'::text) AS check_write));

CREATE POLICY scope_update ON public.documents AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.documents'::text) AS check_write));

CREATE POLICY scope_update ON public.gifts AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.gifts'::text) AS check_write));

CREATE POLICY scope_update ON public.invoice_lines AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.invoice_lines'::text) AS check_write));

CREATE POLICY scope_update ON public.invoice_reads AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.invoice_reads'::text) AS check_write));

CREATE POLICY scope_update ON public.invoice_series AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.invoice_series'::text) AS check_write));

CREATE POLICY scope_update ON public.invoices AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.invoices'::text) AS check_write));

CREATE POLICY scope_update ON public.ledger_accounts AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.ledger_accounts'::text) AS check_write));

CREATE POLICY scope_update ON public.ledger_entries AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.ledger_entries'::text) AS check_write));

CREATE POLICY scope_update ON public.ledger_postings AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.ledger_postings'::text) AS check_write));

CREATE POLICY scope_update ON public.messages AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.messages'::text) AS check_write));

CREATE POLICY scope_update ON public.meters AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.meters'::text) AS check_write));

CREATE POLICY scope_update ON public.microgrid_tariffs AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.microgrid_tariffs'::text) AS check_write));

CREATE POLICY scope_update ON public.monthly_costs AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.monthly_costs'::text) AS check_write));

CREATE POLICY scope_update ON public.monthly_solar_credits AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.monthly_solar_credits'::text) AS check_write));

CREATE POLICY scope_update ON public.monthly_usage AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.monthly_usage'::text) AS check_write));

CREATE POLICY scope_update ON public.payment_events AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.payment_events'::text) AS check_write));

CREATE POLICY scope_update ON public.payments AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.payments'::text) AS check_write));

CREATE POLICY scope_update ON public.properties AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.properties'::text) AS check_write));

CREATE POLICY scope_update ON public.rate_bands AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.rate_bands'::text) AS check_write));

CREATE POLICY scope_update ON public.rate_profiles AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.rate_profiles'::text) AS check_write));

CREATE POLICY scope_update ON public.refunds AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.refunds'::text) AS check_write));

CREATE POLICY scope_update ON public.registered_proprietors AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.registered_proprietors'::text) AS check_write));

CREATE POLICY scope_update ON public.report_refreshes AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.report_refreshes'::text) AS check_write));

CREATE POLICY scope_update ON public.sharing_groups AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_groups'::text) AS check_write));

CREATE POLICY scope_update ON public.sharing_half_hours AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_half_hours'::text) AS check_write));

CREATE POLICY scope_update ON public.sharing_members AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_members'::text) AS check_write));

CREATE POLICY scope_update ON public.sharing_meters AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_meters'::text) AS check_write));

CREATE POLICY scope_update ON public.sharing_months AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_months'::text) AS check_write));

CREATE POLICY scope_update ON public.sharing_terms AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.sharing_terms'::text) AS check_write));

CREATE POLICY scope_update ON public.solar_credit_allocation AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.solar_credit_allocation'::text) AS check_write));

CREATE POLICY scope_update ON public.solar_credit_tariffs AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.solar_credit_tariffs'::text) AS check_write));

CREATE POLICY scope_update ON public.solar_installation AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.solar_installation'::text) AS check_write));

CREATE POLICY scope_update ON public.stale_invoices AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.stale_invoices'::text) AS check_write));

CREATE POLICY scope_update ON public.tariff_components AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.tariff_components'::text) AS check_write));

CREATE POLICY scope_update ON public.topup_events AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.topup_events'::text) AS check_write));

CREATE POLICY scope_update ON public.topups AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.topups'::text) AS check_write));

CREATE POLICY scope_update ON public.topups_gifts AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.topups_gifts'::text) AS check_write));

CREATE POLICY scope_update ON public.topups_monthly_solar_credits AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.topups_monthly_solar_credits'::text) AS check_write));

CREATE POLICY scope_update ON public.topups_payments AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.topups_payments'::text) AS check_write));

CREATE POLICY scope_update ON public.user_escos AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.user_escos'::text) AS check_write));

CREATE POLICY scope_update ON public.users AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.users'::text) AS check_write));

CREATE POLICY scope_update ON public.vat_registrations AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.vat_registrations'::text) AS check_write));

CREATE POLICY scope_update ON public.vat_statuses AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.vat_statuses'::text) AS check_write));

CREATE POLICY scope_update ON public.wallets AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.wallets'::text) AS check_write));

CREATE POLICY scope_update ON public.write_offs AS RESTRICTIVE FOR UPDATE TO customer, admin, service USING (( SELECT flows.check_write('public.write_offs'::text) AS check_write));

ALTER TABLE public.sharing_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sharing_half_hours ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sharing_members ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sharing_meters ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sharing_months ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sharing_terms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.solar_credit_allocation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.solar_credit_tariffs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.solar_installation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stale_invoices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.tariff_components ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.topup_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.topups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.topups_gifts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.topups_monthly_solar_credits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.topups_payments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.user_escos ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.vat_registrations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.vat_statuses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.wallets ENABLE ROW LEVEL SECURITY;

CREATE POLICY with_credit_note ON public.documents TO customer, admin USING ((EXISTS ( SELECT
   FROM public.credit_notes parent
  WHERE (parent.id = documents.credit_note))));

CREATE POLICY with_parent ON public.account_closings TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = account_closings.account))));

CREATE POLICY with_parent ON public.account_events TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = account_events.account))));

CREATE POLICY with_parent ON public.account_suppliers TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = account_suppliers.account))));

CREATE POLICY with_parent ON public.back_bill_exceptions TO admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = back_bill_exceptions.account))));

CREATE POLICY with_parent ON public.bill_holds TO admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = bill_holds.account))));

CREATE POLICY with_parent ON public.closing_reads TO customer, admin USING ((EXISTS ( SELECT
   FROM public.account_closings parent
  WHERE (parent.account = closing_reads.account))));

CREATE POLICY with_parent ON public.contract_signatures TO customer, admin USING ((EXISTS ( SELECT
   FROM public.contracts parent
  WHERE (parent.id = contract_signatures.contract))));

CREATE POLICY with_parent ON public.contracts TO customer USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.current_contract = contracts.id))));

CREATE POLICY with_parent ON public.correction_decisions TO admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = correction_decisions.account))));

CREATE POLICY with_parent ON public.credit_notes TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = credit_notes.account))));

CREATE POLICY with_parent ON public.customer_accounts TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = customer_accounts.account))));

CREATE POLICY with_parent ON public.customer_tariffs TO customer, admin USING ((EXISTS ( SELECT
   FROM public.customers parent
  WHERE (parent.id = customer_tariffs.customer))));

CREATE POLICY with_parent ON public.direct_debit_mandates TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = direct_debit_mandates.account))));

CREATE POLICY with_parent ON public.documents TO customer, admin USING ((EXISTS ( SELECT
   FROM public.invoices parent
  WHERE (parent.id = documents.invoice))));

CREATE POLICY with_parent ON public.gifts TO customer, admin USING ((EXISTS ( SELECT
   FROM public.customers parent
  WHERE (parent.id = gifts.customer))));

CREATE POLICY with_parent ON public.invoice_lines TO customer, admin USING ((EXISTS ( SELECT
   FROM public.invoices parent
  WHERE (parent.id = invoice_lines.invoice))));

CREATE POLICY with_parent ON public.invoice_reads TO customer, admin USING ((EXISTS ( SELECT
   FROM public.invoices parent
  WHERE (parent.id = invoice_reads.invoice))));

CREATE POLICY with_parent ON public.invoices TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = invoices.account))));

CREATE POLICY with_parent ON public.ledger_entries TO customer, admin USING ((EXISTS ( SELECT
   FROM public.ledger_postings parent
  WHERE (parent.entry = ledger_entries.id))));

CREATE POLICY with_parent ON public.ledger_postings TO customer, admin USING ((EXISTS ( SELECT
   FROM public.ledger_accounts parent
  WHERE (parent.id = ledger_postings.ledger_account))));

CREATE POLICY with_parent ON public.meters TO customer, admin USING ((EXISTS ( SELECT
   FROM flows.meter_registry parent
  WHERE (parent.id = meters.id))));

CREATE POLICY with_parent ON public.monthly_costs TO customer, admin USING ((EXISTS ( SELECT
   FROM public.customers parent
  WHERE (parent.id = monthly_costs.customer_id))));

CREATE POLICY with_parent ON public.monthly_solar_credits TO admin USING ((EXISTS ( SELECT
   FROM public.properties parent
  WHERE (parent.id = monthly_solar_credits.property_id))));

CREATE POLICY with_parent ON public.monthly_usage TO admin USING ((EXISTS ( SELECT
   FROM flows.circuits parent
  WHERE (parent.id = monthly_usage.circuit_id))));

CREATE POLICY with_parent ON public.payment_events TO customer, admin USING ((EXISTS ( SELECT
   FROM public.payments parent
  WHERE (parent.id = payment_events.payment))));

CREATE POLICY with_parent ON public.payments TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = payments.account))));

CREATE POLICY with_parent ON public.rate_bands TO customer, admin USING ((EXISTS ( SELECT
   FROM public.rate_profiles parent
  WHERE (parent.id = rate_bands.profile))));

CREATE POLICY with_parent ON public.refunds TO customer, admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = refunds.account))));

CREATE POLICY with_parent ON public.registered_proprietors TO customer, admin USING ((EXISTS ( SELECT
   FROM public.properties parent
  WHERE (parent.id = registered_proprietors.property))));

CREATE POLICY with_parent ON public.sharing_half_hours TO admin USING ((EXISTS ( SELECT
   FROM public.sharing_groups parent
  WHERE (parent.id = sharing_half_hours.sharing_group))));

CREATE POLICY with_parent ON public.sharing_months TO admin USING ((EXISTS ( SELECT
   FROM public.sharing_groups parent
  WHERE (parent.id = sharing_months.sharing_group))));

CREATE POLICY with_parent ON public.sharing_terms TO customer, admin USING ((EXISTS ( SELECT
   FROM public.sharing_groups parent
  WHERE (parent.id = sharing_terms.sharing_group))));

CREATE POLICY with_parent ON public.solar_credit_allocation TO customer, admin USING ((EXISTS ( SELECT
   FROM public.properties parent
  WHERE (parent.id = solar_credit_allocation.allocation_property))));

CREATE POLICY with_parent ON public.solar_installation TO customer, admin USING ((EXISTS ( SELECT
   FROM public.properties parent
  WHERE (parent.id = solar_installation.property))));

CREATE POLICY with_parent ON public.stale_invoices TO admin USING ((EXISTS ( SELECT
   FROM public.invoices parent
  WHERE (parent.id = stale_invoices.invoice))));

CREATE POLICY with_parent ON public.tariff_components TO customer, admin USING (((EXISTS ( SELECT
   FROM public.microgrid_tariffs parent
  WHERE (parent.id = tariff_components.microgrid_tariff))) OR (EXISTS ( SELECT
   FROM public.customer_tariffs parent
  WHERE (parent.id = tariff_components.customer_tariff)))));

CREATE POLICY with_parent ON public.topup_events TO customer, admin USING ((EXISTS ( SELECT
   FROM public.topups parent
  WHERE (parent.id = topup_events.topup))));

CREATE POLICY with_parent ON public.topups TO admin USING ((EXISTS ( SELECT
   FROM public.meters parent
  WHERE (parent.id = topups.meter))));

CREATE POLICY with_parent ON public.topups_gifts TO customer, admin USING ((EXISTS ( SELECT
   FROM public.topups parent
  WHERE (parent.id = topups_gifts.topup_id))));

CREATE POLICY with_parent ON public.topups_monthly_solar_credits TO customer, admin USING ((EXISTS ( SELECT
   FROM public.topups parent
  WHERE (parent.id = topups_monthly_solar_credits.topup_id))));

CREATE POLICY with_parent ON public.topups_payments TO customer, admin USING ((EXISTS ( SELECT
   FROM public.topups parent
  WHERE (parent.id = topups_payments.topup_id))));

CREATE POLICY with_parent ON public.vat_registrations TO customer, admin USING ((EXISTS ( SELECT
   FROM public.customers parent
  WHERE (parent.id = vat_registrations.customer))));

CREATE POLICY with_parent ON public.vat_statuses TO customer, admin USING (((EXISTS ( SELECT
   FROM public.properties parent
  WHERE (parent.id = vat_statuses.property))) OR (EXISTS ( SELECT
   FROM public.customers parent
  WHERE (parent.id = vat_statuses.customer)))));

CREATE POLICY with_parent ON public.wallets TO customer USING ((EXISTS ( SELECT
   FROM public.meters parent
  WHERE (parent.wallet = wallets.id))));

CREATE POLICY with_parent ON public.write_offs TO admin USING ((EXISTS ( SELECT
   FROM public.accounts parent
  WHERE (parent.id = write_offs.account))));

CREATE POLICY with_parents ON public.sharing_members TO customer, admin USING (((EXISTS ( SELECT
   FROM public.properties parent
  WHERE (parent.id = sharing_members.property))) AND (EXISTS ( SELECT
   FROM public.sharing_groups parent
  WHERE (parent.id = sharing_members.sharing_group)))));

CREATE POLICY with_parents ON public.sharing_meters TO customer, admin USING (((EXISTS ( SELECT
   FROM flows.meter_registers parent
  WHERE (parent.register_id = sharing_meters.register))) AND (EXISTS ( SELECT
   FROM public.sharing_groups parent
  WHERE (parent.id = sharing_meters.sharing_group)))));

CREATE POLICY workers ON public.account_closings TO service, flows_worker USING (true);

CREATE POLICY workers ON public.account_events TO service, flows_worker USING (true);

CREATE POLICY workers ON public.account_suppliers TO service, flows_worker USING (true);

CREATE POLICY workers ON public.accounts TO service, flows_worker USING (true);

CREATE POLICY workers ON public.api_keys TO service, flows_worker USING (true);

CREATE POLICY workers ON public.back_bill_exceptions TO service, flows_worker USING (true);

CREATE POLICY workers ON public.benchmark_tariffs TO service, flows_worker USING (true);

CREATE POLICY workers ON public.bill_holds TO service, flows_worker USING (true);

CREATE POLICY workers ON public.billing_run_accounts TO service, flows_worker USING (true);

CREATE POLICY workers ON public.billing_runs TO service, flows_worker USING (true);

CREATE POLICY workers ON public.closing_reads TO service, flows_worker USING (true);

CREATE POLICY workers ON public.contract_signatures TO service, flows_worker USING (true);

CREATE POLICY workers ON public.contract_terms TO service, flows_worker USING (true);

CREATE POLICY workers ON public.contract_terms_esco TO service, flows_worker USING (true);

CREATE POLICY workers ON public.contracts TO service, flows_worker USING (true);

CREATE POLICY workers ON public.corporate_bodies TO service, flows_worker USING (true);

CREATE POLICY workers ON public.correction_decisions TO service, flows_worker USING (true);

CREATE POLICY workers ON public.credit_notes TO service, flows_worker USING (true);

CREATE POLICY workers ON public.customer_accounts TO service, flows_worker USING (true);

CREATE POLICY workers ON public.customer_corporate_bodies TO service, flows_worker USING (true);

CREATE POLICY workers ON public.customer_invites TO service, flows_worker USING (true);

CREATE POLICY workers ON public.customer_tariffs TO service, flows_worker USING (true);

CREATE POLICY workers ON public.customers TO service, flows_worker USING (true);

CREATE POLICY workers ON public.direct_debit_mandates TO service, flows_worker USING (true);

CREATE POLICY workers ON public.documents TO service, flows_worker USING (true);

CREATE POLICY workers ON public.gifts TO service, flows_worker USING (true);

CREATE POLICY workers ON public.invoice_lines TO service, flows_worker USING (true);

CREATE POLICY workers ON public.invoice_reads TO service, flows_worker USING (true);

CREATE POLICY workers ON public.invoice_series TO service, flows_worker USING (true);

CREATE POLICY workers ON public.invoices TO service, flows_worker USING (true);

CREATE POLICY workers ON public.ledger_accounts TO service, flows_worker USING (true);

CREATE POLICY workers ON public.ledger_entries TO service, flows_worker USING (true);

CREATE POLICY workers ON public.ledger_postings TO service, flows_worker USING (true);

CREATE POLICY workers ON public.messages TO service, flows_worker USING (true);

CREATE POLICY workers ON public.meters TO service, flows_worker USING (true);

CREATE POLICY workers ON public.microgrid_tariffs TO service, flows_worker USING (true);

CREATE POLICY workers ON public.monthly_costs TO service, flows_worker USING (true);

CREATE POLICY workers ON public.monthly_solar_credits TO service, flows_worker USING (true);

CREATE POLICY workers ON public.monthly_usage TO service, flows_worker USING (true);

CREATE POLICY workers ON public.payment_events TO service, flows_worker USING (true);

CREATE POLICY workers ON public.payments TO service, flows_worker USING (true);

CREATE POLICY workers ON public.properties TO service, flows_worker USING (true);

CREATE POLICY workers ON public.rate_bands TO service, flows_worker USING (true);

CREATE POLICY workers ON public.rate_profiles TO service, flows_worker USING (true);

CREATE POLICY workers ON public.refunds TO service, flows_worker USING (true);

CREATE POLICY workers ON public.registered_proprietors TO service, flows_worker USING (true);

CREATE POLICY workers ON public.report_refreshes TO service, flows_worker USING (true);

CREATE POLICY workers ON public.sharing_groups TO service, flows_worker USING (true);

CREATE POLICY workers ON public.sharing_half_hours TO service, flows_worker USING (true);

CREATE POLICY workers ON public.sharing_members TO service, flows_worker USING (true);

CREATE POLICY workers ON public.sharing_meters TO service, flows_worker USING (true);

CREATE POLICY workers ON public.sharing_months TO service, flows_worker USING (true);

CREATE POLICY workers ON public.sharing_terms TO service, flows_worker USING (true);

CREATE POLICY workers ON public.solar_credit_allocation TO service, flows_worker USING (true);

CREATE POLICY workers ON public.solar_credit_tariffs TO service, flows_worker USING (true);

CREATE POLICY workers ON public.solar_installation TO service, flows_worker USING (true);

CREATE POLICY workers ON public.stale_invoices TO service, flows_worker USING (true);

CREATE POLICY workers ON public.tariff_components TO service, flows_worker USING (true);

CREATE POLICY workers ON public.topup_events TO service, flows_worker USING (true);

CREATE POLICY workers ON public.topups TO service, flows_worker USING (true);

CREATE POLICY workers ON public.topups_gifts TO service, flows_worker USING (true);

CREATE POLICY workers ON public.topups_monthly_solar_credits TO service, flows_worker USING (true);

CREATE POLICY workers ON public.topups_payments TO service, flows_worker USING (true);

CREATE POLICY workers ON public.user_escos TO service, flows_worker USING (true);

CREATE POLICY workers ON public.users TO service, flows_worker USING (true);

CREATE POLICY workers ON public.vat_registrations TO service, flows_worker USING (true);

CREATE POLICY workers ON public.vat_statuses TO service, flows_worker USING (true);

CREATE POLICY workers ON public.wallets TO service, flows_worker USING (true);

CREATE POLICY workers ON public.write_offs TO service, flows_worker USING (true);

ALTER TABLE public.write_offs ENABLE ROW LEVEL SECURITY;
