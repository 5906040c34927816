SELECT flows.adopt_table('flows.meter_proxies', readers => '{service,flows_meter_sync}', writers => '{service}');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON flows.meter_proxies
    FOR EACH ROW EXECUTE FUNCTION flows.audit_but_secrets('password');
DROP POLICY workers ON flows.meter_proxies;
CREATE POLICY workers ON flows.meter_proxies TO service, flows_meter_sync USING (true);
