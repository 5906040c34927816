CREATE OR REPLACE FUNCTION flows.note_edited_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
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
SELECT flows.allow_execute('flows.note_edited_readings()', '{}');
