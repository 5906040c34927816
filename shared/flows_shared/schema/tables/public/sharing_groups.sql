SELECT flows.adopt_table('public.sharing_groups', audited => true);
CREATE POLICY community ON public.sharing_groups TO admin USING (esco = ANY((SELECT flows.admin_escos())::uuid[]));
CREATE POLICY own ON public.sharing_groups FOR SELECT TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.esco = sharing_groups.esco));
