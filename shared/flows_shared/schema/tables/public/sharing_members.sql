SELECT flows.adopt_table('public.sharing_members', audited => true, linked => false);
CREATE TRIGGER note_sharing_insert
    AFTER INSERT ON public.sharing_members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();
CREATE TRIGGER note_sharing_update
    AFTER UPDATE ON public.sharing_members REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_sharing();
CREATE TRIGGER refuse_second BEFORE INSERT OR UPDATE ON public.sharing_members
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_membership();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.sharing_members
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();
CREATE POLICY with_parents ON public.sharing_members TO customer, admin
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = sharing_members.property)
           AND EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_members.sharing_group));
