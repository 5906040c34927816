SELECT flows.adopt_table('public.monthly_usage', writers => '{service,flows_billing}');
CREATE POLICY own ON public.monthly_usage TO customer
    USING (((circuit_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = monthly_usage.circuit_id) AND (own.days @> daterange(monthly_usage.month, ((monthly_usage.month + '1 mon'::interval))::date)))))));
CREATE POLICY with_parent ON public.monthly_usage TO admin
    USING (EXISTS (SELECT FROM flows.circuits AS parent WHERE parent.id = monthly_usage.circuit_id));
