SELECT flows.adopt_table('flows.outbox', readers => '{flows_worker}', writers => '{flows_worker}');
CREATE TRIGGER notify_outbox AFTER INSERT ON flows.outbox
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION flows.notify_outbox();
