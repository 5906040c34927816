CREATE OR REPLACE FUNCTION flows.bare_table(place regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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
COMMENT ON FUNCTION flows.bare_table IS 'Takes from a table its policies, its triggers and what was granted of it';
SELECT flows.allow_execute('flows.bare_table(regclass)', '{}');
