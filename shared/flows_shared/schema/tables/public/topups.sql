SELECT flows.adopt_table('public.topups', writers => '{service}', audited => true);
GRANT INSERT ON public.topups TO flows_billing;
GRANT UPDATE (status, notes, used_at) ON public.topups TO flows_meter_sync;
CREATE TRIGGER keep_posted BEFORE UPDATE OR DELETE ON public.topups
    FOR EACH ROW WHEN (OLD.status = 'completed') EXECUTE FUNCTION flows.keep_posted('meter', 'amount_pence', 'source', 'status');
CREATE TRIGGER post_inserted
    AFTER INSERT ON public.topups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');
CREATE TRIGGER post_updated
    AFTER UPDATE ON public.topups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');
CREATE TRIGGER push_topup AFTER INSERT OR UPDATE OF status, token ON public.topups
    FOR EACH ROW WHEN (NEW.status = 'wait_token_push' AND NEW.token IS NOT NULL AND NEW.used_at IS NULL)
    EXECUTE FUNCTION flows.push_topups();
CREATE POLICY own ON public.topups TO customer
    USING (((meter = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = topups.meter) AND (own.times @> topups.created_at))))));
CREATE POLICY with_parent ON public.topups TO admin
    USING (EXISTS (SELECT FROM public.meters AS parent WHERE parent.id = topups.meter));
