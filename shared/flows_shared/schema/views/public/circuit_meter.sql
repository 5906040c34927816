CREATE OR REPLACE VIEW public.circuit_meter WITH (security_invoker) AS
SELECT link.circuit AS circuit_id, register.meter_id, min(link.created_at) AS created_at, max(link.updated_at) AS updated_at
  FROM flows.circuit_register AS link
  JOIN flows.meter_registers AS register ON register.register_id = link.register
 GROUP BY link.circuit, register.meter_id;
SELECT flows.allow_select('public.circuit_meter', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.circuit_meter TO service;
