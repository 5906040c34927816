SELECT flows.adopt_table('public.customers', audited => true, linked => false);
GRANT UPDATE (fullname, phone, language, confirmed_details_at) ON public.customers TO customer;
CREATE TRIGGER derive_status AFTER INSERT OR UPDATE ON public.customers
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE POLICY community ON public.customers TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON public.customers TO customer USING (id = (SELECT flows.current_customer()));
