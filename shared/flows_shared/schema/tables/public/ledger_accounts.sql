SELECT flows.adopt_table('public.ledger_accounts', writers => '{}');
GRANT INSERT ON public.ledger_accounts TO flows_billing;
CREATE POLICY community ON public.ledger_accounts TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON public.ledger_accounts TO customer USING (account = ANY((SELECT flows.own_accounts())::uuid[]));
