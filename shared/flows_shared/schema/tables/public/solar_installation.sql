SELECT flows.adopt_table('public.solar_installation', audited => true);
CREATE POLICY with_parent ON public.solar_installation TO admin, customer
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = solar_installation.property));
