CREATE OR REPLACE VIEW public.regions WITH (security_invoker) AS
SELECT code, name, created_at, updated_at FROM flows.regions;
SELECT flows.allow_select('public.regions', '{anon,customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON public.regions TO service;
