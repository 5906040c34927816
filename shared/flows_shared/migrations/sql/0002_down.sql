-- Takes back 0002_sync.

-- 03_commands.sql
DROP TRIGGER push_topup ON public.topups;
DROP FUNCTION flows.push_topups, flows.note_request;
DROP TABLE flows.meter_commands, flows.meter_proxies, flows.meter_sources;
DROP FUNCTION flows.audit_but_secrets;
REVOKE UPDATE (status, notes, used_at) ON public.topups FROM flows_meter_sync;
REVOKE INSERT ON public.topup_events FROM flows_meter_sync;
