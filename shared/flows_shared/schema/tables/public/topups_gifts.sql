SELECT flows.adopt_table('public.topups_gifts', writers => '{service}', audited => true);
CREATE TRIGGER refuse_second_landing AFTER INSERT OR UPDATE ON public.topups_gifts
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_landing();
CREATE POLICY with_parent ON public.topups_gifts TO admin, customer
    USING (EXISTS (SELECT FROM public.topups AS parent WHERE parent.id = topups_gifts.topup_id));
