SELECT flows.adopt_table('public.topups_monthly_solar_credits', writers => '{service}', audited => true);
GRANT INSERT ON public.topups_monthly_solar_credits TO flows_billing;
CREATE POLICY with_parent ON public.topups_monthly_solar_credits TO admin, customer
    USING (EXISTS (SELECT FROM public.topups AS parent WHERE parent.id = topups_monthly_solar_credits.topup_id));
