-- What a key may change. Who has no scopes in their claims, such as a person, is bound by the other policies alone.
CREATE FUNCTION flows.check_write(place text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
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
COMMENT ON FUNCTION flows.check_write IS 'Whether the scopes of who asks allow to write to SCHEMA.TABLE; an error that says why, where they do not';

CREATE FUNCTION flows.guard_writes() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    guarded record;
BEGIN
    FOR guarded IN
        SELECT format('%I.%I', nspname, relname) AS name, nspname || '.' || relname AS place
          FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname IN ('public', 'flows')
           AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'scope_insert')
    LOOP
        EXECUTE format('CREATE POLICY scope_insert ON %s AS RESTRICTIVE FOR INSERT TO customer, admin, service
                        WITH CHECK ((SELECT flows.check_write(%L)))', guarded.name, guarded.place);
        EXECUTE format('CREATE POLICY scope_update ON %s AS RESTRICTIVE FOR UPDATE TO customer, admin, service
                        USING ((SELECT flows.check_write(%L)))', guarded.name, guarded.place);
        EXECUTE format('CREATE POLICY scope_delete ON %s AS RESTRICTIVE FOR DELETE TO customer, admin, service
                        USING ((SELECT flows.check_write(%L)))', guarded.name, guarded.place);
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.guard_writes IS 'Binds every table that is not yet to the scopes of keys; each migration that makes tables ends with it';

SELECT flows.guard_writes();

-- An invite's token lets one in as its customer, who may write: a key that may not make invites may not read them.
CREATE POLICY scope_select ON public.customer_invites AS RESTRICTIVE FOR SELECT TO admin, service
    USING ((SELECT flows.check_write('public.customer_invites')));

REVOKE EXECUTE ON FUNCTION flows.check_write, flows.guard_writes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.check_write TO customer, admin, service, reporting, flows_worker;
