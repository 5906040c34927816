SELECT flows.adopt_table('public.registered_proprietors', audited => true);
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON public.registered_proprietors
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE ON public.registered_proprietors
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE POLICY with_parent ON public.registered_proprietors TO admin, customer
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = registered_proprietors.property));
