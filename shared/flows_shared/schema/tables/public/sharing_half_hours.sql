SELECT flows.adopt_table('public.sharing_half_hours', writers => '{flows_billing}');
-- A group of two would tell each what the other consumes: so its sums are the admins'.
CREATE POLICY with_parent ON public.sharing_half_hours TO admin
    USING (EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_half_hours.sharing_group));
