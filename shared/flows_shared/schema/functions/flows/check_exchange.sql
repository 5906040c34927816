CREATE OR REPLACE FUNCTION flows.check_exchange(old_meter uuid, new_meter uuid, exchanged_at timestamp with time zone, ends_at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'flows'
AS $function$
DECLARE
    old_one flows.meter_registry;
    new_one flows.meter_registry;
    began timestamptz;
    ended timestamptz;
    measured timestamptz;
BEGIN
    SELECT * INTO old_one FROM flows.meter_registry WHERE id = old_meter;
    SELECT * INTO new_one FROM flows.meter_registry WHERE id = new_meter AND installation_status <> 'deleted';
    IF old_one.id IS NULL OR new_one.id IS NULL THEN
        RAISE SQLSTATE 'PT404' USING MESSAGE = format('there is no meter %s', CASE WHEN old_one.id IS NULL THEN old_meter ELSE new_meter END);
    ELSIF old_one.id = new_one.id THEN
        RAISE invalid_parameter_value USING MESSAGE = format('meter %s cannot replace itself', old_one.serial);
    ELSIF old_one.esco <> new_one.esco THEN
        RAISE EXCEPTION USING MESSAGE = format('meter %s belongs to another community than meter %s', new_one.serial, old_one.serial);
    ELSIF exchanged_at > now() THEN
        RAISE invalid_parameter_value USING MESSAGE = format('the exchange at %s lies in the future', to_json(exchanged_at) #>> '{}');
    END IF;
    SELECT max(start_time) FILTER (WHERE status = 'enabled'), max(end_time) INTO began, ended
      FROM flows.meter_registers WHERE meter_id = old_meter;
    IF began IS NULL AND ended IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = format('meter %s was replaced at %s already', old_one.serial, to_json(ended) #>> '{}');
    ELSIF began IS NULL THEN
        RAISE EXCEPTION USING MESSAGE = format('meter %s has no register that could be followed', old_one.serial);
    ELSIF began >= exchanged_at THEN
        RAISE invalid_parameter_value USING MESSAGE = format('meter %s has measured only since %s', old_one.serial, to_json(began) #>> '{}');
    END IF;
    SELECT max(timestamp) INTO measured
      FROM flows.register_interval_hh AS held JOIN flows.meter_registers AS register USING (register_id)
     WHERE register.meter_id = old_meter AND register.status = 'enabled' AND held.timestamp >= ends_at;
    IF measured IS NOT NULL THEN
        RAISE invalid_parameter_value USING MESSAGE = format('meter %s still measured at %s', old_one.serial, to_json(measured) #>> '{}');
    END IF;
    IF EXISTS (SELECT FROM flows.meter_registers WHERE meter_id = new_meter AND (end_time IS NULL OR end_time > ends_at))
       OR EXISTS (SELECT FROM public.properties WHERE new_meter IN (supply_meter, solar_meter)) THEN
        RAISE EXCEPTION USING MESSAGE = format('meter %s is in use already', new_one.serial);
    END IF;
END
$function$;
SELECT flows.allow_execute('flows.check_exchange(uuid,uuid,timestamp with time zone,timestamp with time zone)', '{admin,service}');
