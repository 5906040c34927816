SELECT flows.adopt_table('public.customer_invites', readers => '{admin,service,flows_notify}', audited => true);
GRANT UPDATE (invite_url, status, mailed_token) ON public.customer_invites TO flows_notify;
CREATE TRIGGER seal BEFORE UPDATE ON public.customer_invites FOR EACH ROW EXECUTE FUNCTION flows.seal_invite();
CREATE TRIGGER seal_new AFTER INSERT ON public.customer_invites
    FOR EACH ROW EXECUTE FUNCTION flows.seal_new_invite();
CREATE TRIGGER send_invite AFTER INSERT ON public.customer_invites
    FOR EACH ROW WHEN (NEW.status = 'pending') EXECUTE FUNCTION flows.send_invite();
CREATE POLICY community ON public.customer_invites TO admin
    USING (EXISTS (SELECT FROM public.customers WHERE customers.id = customer_invites.customer));
-- An invite's token lets one in as its customer, who may write: a key that may not make invites may not read them.
CREATE POLICY scope_select ON public.customer_invites AS RESTRICTIVE FOR SELECT TO admin, service
    USING ((SELECT flows.check_write('public.customer_invites')));
