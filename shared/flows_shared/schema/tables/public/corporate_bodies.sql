SELECT flows.adopt_table('public.corporate_bodies', audited => true, linked => false);
CREATE POLICY community ON public.corporate_bodies TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON public.corporate_bodies TO customer USING (id = ANY((SELECT flows.own_corporate_bodies())::uuid[]));
