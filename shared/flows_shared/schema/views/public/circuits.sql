CREATE OR REPLACE VIEW public.circuits WITH (security_invoker) AS
SELECT id, type, name, created_at, updated_at FROM flows.circuits;
SELECT flows.allow_select('public.circuits', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.circuits TO service;
