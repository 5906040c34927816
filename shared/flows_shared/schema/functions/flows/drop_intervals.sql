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
SELECT flows.allow_execute('flows.drop_intervals()', '{}');
