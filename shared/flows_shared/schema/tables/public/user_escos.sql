SELECT flows.adopt_table('public.user_escos', writers => '{}', audited => true);
CREATE POLICY own ON public.user_escos TO admin USING (user_id = (SELECT flows.current_user_id()));
