-- The audit log: one statement-level trigger a table, so that a bulk change costs one more statement, not one a row.
CREATE FUNCTION flows.claims() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb;
$$;
COMMENT ON FUNCTION flows.claims IS 'The verified token of the request that this transaction serves; null where there is none';

CREATE FUNCTION flows.actor() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
    SELECT coalesce(flows.claims() ->> 'act', flows.claims() ->> 'sub', session_user);
$$;
COMMENT ON FUNCTION flows.actor IS 'Who acts: the person a service acts for, the token''s subject, or the login role';

CREATE FUNCTION flows.row_key(changed jsonb, columns text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT string_agg(changed ->> name, ',' ORDER BY position) FROM unnest(columns) WITH ORDINALITY AS key (name, position);
$$;

CREATE FUNCTION flows.audit_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'insert', TG_ARGV[0],
           flows.row_key(to_jsonb(n), TG_ARGV[1:]), to_jsonb(n) - 'password_hash'
      FROM new_rows AS n;
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.audit_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'update', TG_ARGV[0],
           key, previous.row - 'password_hash', current.row - 'password_hash'
      FROM (SELECT to_jsonb(o) AS row, flows.row_key(to_jsonb(o), TG_ARGV[1:]) AS key FROM old_rows AS o) AS previous
      FULL JOIN (SELECT to_jsonb(n) AS row, flows.row_key(to_jsonb(n), TG_ARGV[1:]) AS key FROM new_rows AS n) AS current
          USING (key)  -- a row whose key itself is changed leaves two records
     WHERE previous.row - 'updated_at' IS DISTINCT FROM current.row - 'updated_at';
    RETURN NULL;
END
$$;

CREATE FUNCTION flows.audit_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'delete', TG_ARGV[0],
           flows.row_key(to_jsonb(o), TG_ARGV[1:]), to_jsonb(o) - 'password_hash'
      FROM old_rows AS o;
    RETURN NULL;
END
$$;

-- Not audited: what can only be added to (it is its own record), and what is computed from audited rows. Of meters, which
-- mirror flows' own, only what is written to them directly.
DO $$
DECLARE
    audited record;
BEGIN
    FOR audited IN
        SELECT format('%I.%I', nspname, relname) AS name,
               CASE WHEN relname = 'meters' THEN 'WHEN (pg_trigger_depth() = 0)' ELSE '' END AS condition,
               (SELECT string_agg(quote_literal(attname), ', ' ORDER BY array_position(indkey::int2[], attnum))
                  FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
                 WHERE indrelid = pg_class.oid AND indisprimary) AS key
          FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE relkind = 'r'
           AND (nspname = 'public'
                AND relname NOT IN ('alembic_version', 'invoice_lines', 'documents', 'billing_run_accounts', 'invoice_series',
                                    'ledger_accounts', 'ledger_entries', 'ledger_postings', 'monthly_usage', 'monthly_costs')
                OR nspname = 'flows'
                AND relname IN ('escos', 'sites_new', 'meter_registry', 'meter_registers', 'circuits', 'circuit_register', 'meter_metrics'))
    LOOP
        EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows
                        FOR EACH STATEMENT %3$s EXECUTE FUNCTION flows.audit_insert(%1$L, %2$s)', audited.name, audited.key, audited.condition);
        EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %1$s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
                        FOR EACH STATEMENT %3$s EXECUTE FUNCTION flows.audit_update(%1$L, %2$s)', audited.name, audited.key, audited.condition);
        EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %1$s REFERENCING OLD TABLE AS old_rows
                        FOR EACH STATEMENT %3$s EXECUTE FUNCTION flows.audit_delete(%1$L, %2$s)', audited.name, audited.key, audited.condition);
    END LOOP;
END
$$;
