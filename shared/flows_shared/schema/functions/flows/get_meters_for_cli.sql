CREATE OR REPLACE FUNCTION flows.get_meters_for_cli(esco_filter text DEFAULT NULL, feeder_filter text DEFAULT NULL)
RETURNS TABLE (id uuid, ip_address text, serial text, name text, single_meter_app boolean, esco text, csq smallint,
               health text, hardware text, feeder text)
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
    SELECT meter.id, host(meter.ip_address), meter.serial, meter.name, meter.single_meter_app, esco.code, shadow.csq,
           shadow.health, meter.hardware, feeder.name
      FROM flows.meter_registry AS meter
      JOIN flows.escos AS esco ON esco.id = meter.esco
      JOIN flows.meter_shadows AS shadow ON shadow.id = meter.id
      LEFT JOIN flows.service_head_meter AS head_meter ON head_meter.meter = meter.id
      LEFT JOIN flows.service_head_registry AS head ON head.id = head_meter.service_head
      LEFT JOIN flows.feeder_registry AS feeder ON feeder.id = head.feeder
     WHERE (esco_filter IS NULL OR lower(esco.code) = lower(esco_filter))
       AND (feeder_filter IS NULL OR lower(feeder.name) = lower(feeder_filter))
     ORDER BY meter.serial;
$$;
COMMENT ON FUNCTION flows.get_meters_for_cli(text,text) IS 'Meters for a list that people read, of one community or feeder or of all';
SELECT flows.allow_execute('flows.get_meters_for_cli(text,text)', '{admin,service,reporting,flows_worker,mediator}');
