SELECT flows.adopt_table('public.contract_signatures', audited => true);
CREATE TRIGGER count_signatures AFTER INSERT OR UPDATE OR DELETE ON public.contract_signatures
    FOR EACH ROW EXECUTE FUNCTION flows.count_signatures();
CREATE POLICY with_parent ON public.contract_signatures TO admin, customer
    USING (EXISTS (SELECT FROM public.contracts AS parent WHERE parent.id = contract_signatures.contract));
