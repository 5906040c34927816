-- What is asked of a meter but leaves no row of its own, such as a read on demand, is on record too.
CREATE OR REPLACE FUNCTION flows.note_request(what text, meter uuid, details jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    VALUES (flows.actor(), coalesce(flows.claims() ->> 'role', session_user), what, 'flows.meter_registry', meter::text,
            flows.without_secrets(details));
$$;
SELECT flows.allow_execute('flows.note_request(text,uuid,jsonb)', '{flows_meter_sync}');
