SELECT flows.adopt_table('public.monthly_solar_credits', writers => '{service,flows_billing}', audited => true);
CREATE POLICY own ON public.monthly_solar_credits TO customer
    USING (((property_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = monthly_solar_credits.property_id) AND (own.days @> daterange(monthly_solar_credits.month, ((monthly_solar_credits.month + '1 mon'::interval))::date)))))));
CREATE POLICY with_parent ON public.monthly_solar_credits TO admin
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = monthly_solar_credits.property_id));
