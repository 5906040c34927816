-- Sharing over exchanges: one line of registers for bills, final bills, sharing and what is noted as changed; and meters of a
-- group that come and go.
CREATE OR REPLACE FUNCTION flows.meter_line(meters uuid[])
RETURNS TABLE (meter uuid, register_id uuid, meter_id uuid, element text, nature text, start_time timestamptz, end_time timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
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
COMMENT ON FUNCTION flows.meter_line(uuid[]) IS 'The registers of meters and of those whose place they took in the home, each with its life: what these measured is the home''s';
SELECT flows.allow_execute('flows.meter_line(uuid[])', '{admin,service,reporting,flows_worker}');
