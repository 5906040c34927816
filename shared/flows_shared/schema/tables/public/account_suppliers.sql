SELECT flows.adopt_table('public.account_suppliers', audited => true);
CREATE TRIGGER note_changes_delete
    AFTER DELETE ON public.account_suppliers REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_supplier();
CREATE TRIGGER note_changes_insert
    AFTER INSERT ON public.account_suppliers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_supplier();
CREATE TRIGGER note_changes_update
    AFTER UPDATE ON public.account_suppliers REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_supplier();
CREATE POLICY with_parent ON public.account_suppliers TO customer, admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = account_suppliers.account));
