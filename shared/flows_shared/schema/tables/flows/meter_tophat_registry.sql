SELECT flows.adopt_table(
    'flows.meter_tophat_registry',
    readers => '{admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}'
);
CREATE TRIGGER keep_endpoint BEFORE INSERT OR UPDATE OF ip_address ON flows.meter_tophat_registry
    FOR EACH ROW WHEN (NEW.ip_address IS NOT NULL) EXECUTE FUNCTION flows.keep_endpoint();
CREATE POLICY with_parent ON flows.meter_tophat_registry TO admin, customer
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = meter_tophat_registry.meter));
