SELECT flows.adopt_table('public.customer_corporate_bodies', audited => true);
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE ON public.customer_corporate_bodies
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE POLICY community ON public.customer_corporate_bodies TO admin
    USING (EXISTS (SELECT FROM public.customers WHERE customers.id = customer_corporate_bodies.customer));
CREATE POLICY own ON public.customer_corporate_bodies TO customer USING (customer = (SELECT flows.current_customer()));
