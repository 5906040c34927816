SELECT flows.adopt_table('flows.meter_sources', readers => '{service,flows_meter_sync}', writers => '{service}');
GRANT UPDATE (last_try_at, last_success_at, last_error) ON flows.meter_sources TO flows_meter_sync;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OF url, api_key, token OR DELETE ON flows.meter_sources
    FOR EACH ROW EXECUTE FUNCTION flows.audit_but_secrets('api_key', 'token');
DROP POLICY workers ON flows.meter_sources;
CREATE POLICY workers ON flows.meter_sources TO service, flows_meter_sync USING (true);
