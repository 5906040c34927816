SELECT flows.adopt_table('public.topups_payments', writers => '{service}', audited => true);
CREATE TRIGGER post_inserted
    AFTER INSERT ON public.topups_payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('topup_id');
CREATE POLICY with_parent ON public.topups_payments TO admin, customer
    USING (EXISTS (SELECT FROM public.topups AS parent WHERE parent.id = topups_payments.topup_id));
