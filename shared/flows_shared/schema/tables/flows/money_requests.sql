SELECT flows.adopt_table('flows.money_requests', readers => '{admin,service,reporting,flows_worker}', writers => '{}');
GRANT INSERT ON flows.money_requests TO flows_billing;
CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON flows.money_requests
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY with_parent ON flows.money_requests FOR SELECT TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = money_requests.account));
