SELECT flows.adopt_table('public.vat_registrations', audited => true, linked => false);
CREATE TRIGGER note_changes_delete
    AFTER DELETE ON public.vat_registrations REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();
CREATE TRIGGER note_changes_insert
    AFTER INSERT ON public.vat_registrations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();
CREATE TRIGGER note_changes_update
    AFTER UPDATE ON public.vat_registrations REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_vat();
CREATE POLICY with_parent ON public.vat_registrations TO customer, admin
    USING (EXISTS (SELECT FROM public.customers AS parent WHERE parent.id = vat_registrations.customer));
