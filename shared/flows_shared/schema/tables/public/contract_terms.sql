SELECT flows.adopt_table('public.contract_terms', writers => '{service}', audited => true);
CREATE POLICY everyone ON public.contract_terms FOR SELECT TO admin, customer
    USING (true);
