SELECT flows.adopt_table('public.contract_terms_esco', writers => '{service}', audited => true);
CREATE POLICY everyone ON public.contract_terms_esco FOR SELECT TO admin, customer
    USING (true);
