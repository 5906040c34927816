SELECT flows.adopt_table('public.messages', writers => '{service}', audited => true);
GRANT INSERT, UPDATE ON public.messages TO flows_notify;
CREATE POLICY community ON public.messages TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON public.messages TO customer USING (customer = (SELECT flows.current_customer()));
