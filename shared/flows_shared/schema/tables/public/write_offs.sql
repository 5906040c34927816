SELECT flows.adopt_table(
    'public.write_offs',
    readers => '{admin,service,reporting,flows_worker}',
    writers => '{}',
    audited => true
);
GRANT INSERT ON public.write_offs TO flows_billing;
CREATE TRIGGER post_inserted
    AFTER INSERT ON public.write_offs REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.write_offs
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY with_parent ON public.write_offs TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = write_offs.account));
