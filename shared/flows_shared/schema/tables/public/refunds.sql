SELECT flows.adopt_table('public.refunds', writers => '{}', audited => true);
GRANT INSERT ON public.refunds TO flows_billing;
CREATE TRIGGER post_inserted
    AFTER INSERT ON public.refunds REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.refunds
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY with_parent ON public.refunds TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = refunds.account));
