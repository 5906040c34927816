-- Which element of the new meter goes on with what an element of the old one measured: null where none does.
CREATE OR REPLACE FUNCTION flows.follow_elements(old_meter uuid, new_meter uuid, at timestamptz)
RETURNS TABLE (register_id uuid, element text, nature text, follower text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, flows AS $$
DECLARE
    new_serial text;
    new_hardware text;
    used text[];
BEGIN
    SELECT serial, hardware INTO new_serial, new_hardware FROM flows.meter_registry WHERE id = new_meter;
    used := ARRAY(SELECT held.element FROM flows.meter_registers AS held
                   WHERE held.meter_id = old_meter AND held.status = 'enabled'
                     AND EXISTS (SELECT FROM flows.circuit_register AS link
                                  WHERE link.register = held.register_id AND coalesce(link.end_time, 'infinity') > at)
                   ORDER BY held.element);
    IF new_hardware IN ('B1.w', 'EMA1.w', 'P1.ax', 'P1.cx') AND used @> '{A,B}' THEN
        RAISE EXCEPTION USING
            MESSAGE = format('elements A and B both measure a circuit, and meter %s (%s) has one element', new_serial, new_hardware),
            HINT = 'End the circuit of one of them first, or use a meter with two elements.';
    END IF;
    RETURN QUERY
        SELECT held.register_id, held.element, held.nature,
               CASE WHEN new_hardware = 'C1.w' THEN replace(held.element, 'SINGLE', 'A')
                    WHEN new_hardware IS NULL OR new_hardware NOT IN ('B1.w', 'EMA1.w', 'P1.ax', 'P1.cx') THEN held.element
                    WHEN held.element = coalesce(used[1], min(held.element) OVER ()) THEN 'SINGLE' END
          FROM flows.meter_registers AS held
         WHERE held.meter_id = old_meter AND held.status = 'enabled'
         ORDER BY held.element;
END
$$;
SELECT flows.allow_execute('flows.follow_elements(uuid,uuid,timestamp with time zone)', '{admin,service}');
