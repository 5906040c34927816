-- A meter that a group counts goes on through the new one, each within its own life.
CREATE OR REPLACE FUNCTION flows.exchange_meter(
    old_meter uuid, new_meter uuid, exchanged_at timestamptz, closing_reads jsonb DEFAULT '{}', opening_reads jsonb DEFAULT '{}')
RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    ended record;
    added uuid;
    next_half_hour timestamptz := to_timestamp(ceil(extract(epoch FROM exchanged_at) / 1800) * 1800);
BEGIN
    PERFORM FROM flows.meter_registry WHERE id IN (old_meter, new_meter) ORDER BY id FOR UPDATE;
    PERFORM flows.check_exchange(old_meter, new_meter, exchanged_at, next_half_hour);
    PERFORM flows.check_exchange_reads(old_meter, new_meter, exchanged_at, next_half_hour, closing_reads, opening_reads);
    FOR ended IN SELECT * FROM flows.follow_elements(old_meter, new_meter, next_half_hour) LOOP
        UPDATE flows.meter_registers SET status = 'replaced', end_time = next_half_hour WHERE register_id = ended.register_id;
        added := NULL;
        IF ended.follower IS NOT NULL THEN
            INSERT INTO flows.meter_registers (meter_id, element, nature, start_time, notes)
            VALUES (new_meter, ended.follower, ended.nature, next_half_hour, format('follows register %s', ended.register_id))
            RETURNING register_id INTO added;
            RETURN NEXT added;
        END IF;
        -- What the old one had counted stays so until its last half hour is over.
        WITH given AS (
            SELECT * FROM (VALUES (ended.register_id, next_half_hour, (closing_reads ->> ended.element)::numeric),
                                  (added, exchanged_at, (opening_reads ->> ended.follower)::numeric))
                       AS said (register_id, at, kwh) WHERE kwh IS NOT NULL
        ), imported AS (
            INSERT INTO flows.register_import SELECT * FROM given WHERE ended.nature <> 'solar'
        )
        INSERT INTO flows.register_export SELECT * FROM given WHERE ended.nature = 'solar';
        WITH closed AS (
            UPDATE flows.circuit_register SET end_time = next_half_hour
             WHERE register = ended.register_id AND coalesce(end_time, 'infinity') > next_half_hour AND start_time < next_half_hour
            RETURNING circuit
        )
        INSERT INTO flows.circuit_register (circuit, register, start_time)
        SELECT circuit, added, next_half_hour FROM closed WHERE added IS NOT NULL;
        INSERT INTO public.sharing_meters (sharing_group, register, role, valid_from, valid_to)
        SELECT sharing_group, added, role, valid_from, valid_to FROM public.sharing_meters
         WHERE register = ended.register_id AND added IS NOT NULL AND coalesce(valid_to, 'infinity') >= next_half_hour::date;
    END LOOP;
    UPDATE flows.meter_registers SET replaced_by = new_meter WHERE meter_id = old_meter AND replaced_by IS NULL;
    UPDATE public.properties SET supply_meter = new_meter WHERE supply_meter = old_meter;
    UPDATE public.properties SET solar_meter = new_meter WHERE solar_meter = old_meter;
    UPDATE flows.service_head_meter AS head SET meter = new_meter
     WHERE meter = old_meter AND NOT EXISTS (SELECT FROM flows.service_head_meter AS there
                                              WHERE there.service_head = head.service_head AND there.meter = new_meter);
    UPDATE flows.meter_registry SET installation_status = 'disabled' WHERE id = old_meter AND installation_status = 'enabled';
END
$$;
COMMENT ON FUNCTION flows.exchange_meter(uuid,uuid,timestamp with time zone,jsonb,jsonb) IS 'Put a meter in the place of another: its registers follow the other''s in circuits and homes; the ids of the new registers. Reads are kWh by element';
SELECT flows.allow_execute('flows.exchange_meter(uuid,uuid,timestamp with time zone,jsonb,jsonb)', '{admin,service}');
