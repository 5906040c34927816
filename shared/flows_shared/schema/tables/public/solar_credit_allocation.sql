SELECT flows.adopt_table('public.solar_credit_allocation', audited => true);
CREATE POLICY with_parent ON public.solar_credit_allocation TO admin, customer
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = solar_credit_allocation.allocation_property));
