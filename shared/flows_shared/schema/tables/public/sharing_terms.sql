SELECT flows.adopt_table('public.sharing_terms', audited => true, linked => false);
CREATE TRIGGER note_sharing_insert
    AFTER INSERT ON public.sharing_terms REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();
CREATE TRIGGER note_sharing_update
    AFTER UPDATE ON public.sharing_terms REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.sharing_terms
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();
CREATE POLICY with_parent ON public.sharing_terms TO customer, admin
    USING (EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_terms.sharing_group));
