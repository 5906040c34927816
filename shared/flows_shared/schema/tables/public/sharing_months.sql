SELECT flows.adopt_table('public.sharing_months', writers => '{flows_billing}');
CREATE POLICY own ON public.sharing_months TO customer
    USING (property = ANY((SELECT flows.own_ever())::uuid[])
           AND EXISTS (SELECT FROM unnest((SELECT flows.own_times())) AS own
                        WHERE own.id = sharing_months.property
                          AND own.days @> daterange(month, (month + interval '1 month')::date)));
CREATE POLICY with_parent ON public.sharing_months TO admin
    USING (EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_months.sharing_group));
