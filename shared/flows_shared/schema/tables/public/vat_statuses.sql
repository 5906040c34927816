SELECT flows.adopt_table('public.vat_statuses', audited => true, linked => false);
CREATE TRIGGER note_changes_delete
    AFTER DELETE ON public.vat_statuses REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();
CREATE TRIGGER note_changes_insert
    AFTER INSERT ON public.vat_statuses REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();
CREATE TRIGGER note_changes_update
    AFTER UPDATE ON public.vat_statuses REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();
CREATE POLICY with_parent ON public.vat_statuses TO customer, admin
    USING (EXISTS (SELECT FROM public.properties AS parent WHERE parent.id = vat_statuses.property)
           OR EXISTS (SELECT FROM public.customers AS parent WHERE parent.id = vat_statuses.customer));
