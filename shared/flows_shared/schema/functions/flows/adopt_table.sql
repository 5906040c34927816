-- What every table has: dates kept, an audit trail, row level security with the scopes of keys, grants, and limits for what
-- its columns hold. A table's file calls this first and then says what is its own; both are stated anew when it changes.
CREATE OR REPLACE FUNCTION flows.adopt_table(
    place regclass,
    readers text[] DEFAULT '{customer,admin,service,reporting,flows_worker}',
    writers text[] DEFAULT '{admin,service}',
    audited boolean DEFAULT false,
    linked boolean DEFAULT NULL
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
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
COMMENT ON FUNCTION flows.adopt_table(regclass, text[], text[], boolean, boolean) IS
    'Gives a table what every table has, instead of what it had: audit trail, row level security, scopes, grants. linked: admins refer to rows that they see alone';
SELECT flows.allow_execute('flows.adopt_table(regclass,text[],text[],boolean,boolean)', '{}');
