SELECT flows.adopt_table('public.users', readers => '{}', writers => '{}', audited => true);
GRANT SELECT (id, email, role, customer, all_escos, disabled_at, last_login_at, created_at, updated_at) ON public.users TO customer, admin, service, reporting, flows_worker;
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF customer ON public.users
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER notify_access AFTER UPDATE ON public.users
    FOR EACH ROW WHEN (OLD.disabled_at IS DISTINCT FROM NEW.disabled_at OR OLD.role <> NEW.role OR OLD.all_escos <> NEW.all_escos)
    EXECUTE FUNCTION flows.notify_access();
CREATE POLICY community ON public.users TO admin
    USING (EXISTS (SELECT FROM public.customers WHERE customers.id = users.customer));
CREATE POLICY own ON public.users TO customer, admin USING (id = (SELECT flows.current_user_id()));
