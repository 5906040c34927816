SELECT flows.adopt_table('public.accounts', audited => true);
GRANT INSERT ON public.accounts TO flows_billing;
GRANT UPDATE (status, end_date) ON public.accounts TO flows_billing;
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE OF current_contract, property ON public.accounts
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF property, current_contract, status, type ON public.accounts
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER note_changes_update AFTER UPDATE ON public.accounts
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_account();
CREATE TRIGGER refuse_number_ahead BEFORE INSERT OR UPDATE OF account_number ON public.accounts
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_number_ahead();
CREATE POLICY community ON public.accounts TO admin
    USING (EXISTS (SELECT FROM public.properties WHERE properties.id = accounts.property));
CREATE POLICY own ON public.accounts TO customer USING (id = ANY((SELECT flows.own_accounts())::uuid[]));
