SELECT flows.adopt_table('public.rate_profiles', audited => true, linked => false);
CREATE TRIGGER refuse_unknown_holidays BEFORE INSERT OR UPDATE OF holidays ON public.rate_profiles
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_unknown_holidays();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.rate_profiles
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE POLICY community ON public.rate_profiles TO admin USING (esco = ANY((SELECT flows.admin_escos())::uuid[]));
CREATE POLICY own ON public.rate_profiles FOR SELECT TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.esco = rate_profiles.esco));
