SELECT flows.adopt_table('public.monthly_costs', writers => '{service,flows_billing}');
CREATE POLICY with_parent ON public.monthly_costs TO admin, customer
    USING (EXISTS (SELECT FROM public.customers AS parent WHERE parent.id = monthly_costs.customer_id));
