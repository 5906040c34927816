CREATE OR REPLACE VIEW flows.meters_offline_recently WITH (security_invoker) AS
SELECT * FROM flows.meters_offline_all WHERE last_online > now() - interval '24 hours';
SELECT flows.allow_select('flows.meters_offline_recently', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.meters_offline_recently TO service;
