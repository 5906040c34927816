SELECT flows.adopt_table('public.rate_bands', audited => true, linked => false);
CREATE TRIGGER end_at_midnight BEFORE INSERT OR UPDATE ON public.rate_bands
    FOR EACH ROW EXECUTE FUNCTION flows.end_at_midnight();
CREATE TRIGGER refuse_used BEFORE INSERT OR UPDATE OR DELETE ON public.rate_bands
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE POLICY with_parent ON public.rate_bands TO customer, admin
    USING (EXISTS (SELECT FROM public.rate_profiles AS parent WHERE parent.id = rate_bands.profile));
