SELECT flows.adopt_table('public.wallets', audited => true, linked => false);
GRANT UPDATE (minimum_balance, target_balance, auto_topup, balance_enum, payment_timing) ON public.wallets TO customer;
CREATE POLICY community ON public.wallets TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY with_parent ON public.wallets TO customer
    USING (EXISTS (SELECT FROM public.meters AS parent WHERE parent.wallet = wallets.id));
