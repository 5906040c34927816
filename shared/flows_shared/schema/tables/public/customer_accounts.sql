SELECT flows.adopt_table('public.customer_accounts', audited => true);
GRANT INSERT ON public.customer_accounts TO flows_billing;
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE ON public.customer_accounts
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF customer, account ON public.customer_accounts
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER note_changes_delete
    AFTER DELETE ON public.customer_accounts REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_payer();
CREATE TRIGGER note_changes_insert
    AFTER INSERT ON public.customer_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_payer();
CREATE TRIGGER note_changes_update
    AFTER UPDATE ON public.customer_accounts REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_payer();
CREATE POLICY with_parent ON public.customer_accounts TO admin, customer
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = customer_accounts.account));
