SELECT flows.adopt_table('public.tariff_components', audited => true, linked => false);
CREATE TRIGGER refuse_used BEFORE INSERT OR UPDATE OR DELETE ON public.tariff_components
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE POLICY with_parent ON public.tariff_components TO customer, admin
    USING (EXISTS (SELECT FROM public.microgrid_tariffs AS parent WHERE parent.id = tariff_components.microgrid_tariff)
           OR EXISTS (SELECT FROM public.customer_tariffs AS parent WHERE parent.id = tariff_components.customer_tariff));
