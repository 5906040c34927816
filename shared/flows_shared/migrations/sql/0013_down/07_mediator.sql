DO $$
DECLARE
    place text;
BEGIN
    FOR place IN SELECT polrelid::regclass FROM pg_policy WHERE polname = 'mediators' LOOP
        EXECUTE format('DROP POLICY mediators ON %s', place);
    END LOOP;
    FOR place IN SELECT DISTINCT polrelid::regclass FROM pg_policy
                  WHERE polname = 'scope_insert' AND to_regrole('mediator')::oid = ANY(polroles) LOOP
        EXECUTE format('ALTER POLICY scope_insert ON %s TO customer, admin, service', place);
        EXECUTE format('ALTER POLICY scope_update ON %s TO customer, admin, service', place);
        EXECUTE format('ALTER POLICY scope_delete ON %s TO customer, admin, service', place);
    END LOOP;
END
$$;
REVOKE ALL ON ALL TABLES IN SCHEMA flows, public FROM mediator;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA flows FROM mediator;
REVOKE USAGE ON SCHEMA flows FROM mediator;
