SELECT flows.adopt_table('public.solar_credit_tariffs', audited => true, linked => false);
CREATE POLICY community ON public.solar_credit_tariffs TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON public.solar_credit_tariffs FOR SELECT TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.esco = solar_credit_tariffs.esco));
