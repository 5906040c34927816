SELECT flows.adopt_table(
    'flows.meter_registry',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}',
    audited => true
);
GRANT UPDATE ON flows.meter_registry TO flows_meter_sync;
CREATE TRIGGER follow_registry AFTER UPDATE OF serial, prepay_enabled ON flows.meter_registry
    FOR EACH ROW WHEN ((OLD.serial, OLD.prepay_enabled) IS DISTINCT FROM (NEW.serial, NEW.prepay_enabled))
    EXECUTE FUNCTION flows.follow_registry();
CREATE TRIGGER keep_endpoint BEFORE INSERT OR UPDATE OF ip_address ON flows.meter_registry
    FOR EACH ROW WHEN (NEW.ip_address IS NOT NULL) EXECUTE FUNCTION flows.keep_endpoint();
CREATE TRIGGER make_shadow AFTER INSERT ON flows.meter_registry
    FOR EACH ROW EXECUTE FUNCTION flows.make_shadow();
CREATE POLICY community ON flows.meter_registry TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON flows.meter_registry TO customer USING (id = ANY((SELECT flows.own_now())::uuid[]));
