-- One statement-level trigger a table, so that a bulk change costs one more statement, not one a row.
CREATE OR REPLACE FUNCTION flows.audit_table(place regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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
$$;
COMMENT ON FUNCTION flows.audit_table IS 'Every change of the table leaves a row in flows.audit_log';
SELECT flows.allow_execute('flows.audit_table(regclass)', '{}');
