CREATE OR REPLACE VIEW public.escos WITH (security_invoker) AS
SELECT id, name, code, app_url, region, created_at, updated_at FROM flows.escos;
SELECT flows.allow_select('public.escos', '{anon,customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON public.escos TO service;
