SELECT flows.adopt_table('flows.audit_log', readers => '{admin,service}', writers => '{}');
CREATE TRIGGER refuse_change
    BEFORE DELETE OR UPDATE OR TRUNCATE ON flows.audit_log FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY operator ON flows.audit_log FOR SELECT TO admin
    USING ((SELECT flows.is_operator()));
