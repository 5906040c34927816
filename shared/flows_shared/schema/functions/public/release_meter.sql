-- A serial is of whoever registered it first. Registered by mistake or ahead of its owner, it is set free as long as no
-- meter has answered for it: by the admins of its community, and by operators.
CREATE OR REPLACE FUNCTION public.release_meter(serial text) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    released uuid;
BEGIN
    SELECT id INTO released FROM flows.meter_registry AS meter WHERE meter.serial = release_meter.serial FOR UPDATE;
    IF NOT FOUND THEN
        RAISE SQLSTATE 'PT404' USING MESSAGE = format('there is no meter %s, or it is not of your communities', left(serial, 100));
    END IF;
    IF EXISTS (SELECT FROM flows.meter_shadows AS shadow
                WHERE shadow.id = released AND (shadow.last_healthy_at IS NOT NULL OR shadow.import_a IS NOT NULL))
       OR EXISTS (SELECT FROM public.properties WHERE released IN (supply_meter, solar_meter))
       OR EXISTS (SELECT FROM flows.register_interval_hh AS half_hour
                    JOIN flows.meter_registers AS register USING (register_id) WHERE register.meter_id = released) THEN
        RAISE SQLSTATE 'PT409' USING
            MESSAGE = format('meter %s has answered, has half hours or is in a home', left(serial, 100)),
            HINT = 'A meter that is taken out is exchanged, or its installation_status is set to deleted.';
    END IF;
    DELETE FROM flows.meter_registry WHERE id = released;
    RETURN released;
END
$$;
COMMENT ON FUNCTION public.release_meter(text) IS 'Takes a meter that never answered out of the registry, so that its serial and address are free';
SELECT flows.allow_execute('public.release_meter(text)', '{admin,service}');
