SELECT flows.adopt_table('public.meters', writers => '{}');
GRANT UPDATE (wallet) ON public.meters TO service;
CREATE TRIGGER adopt_linked AFTER INSERT OR UPDATE OF wallet ON public.meters
    FOR EACH ROW EXECUTE FUNCTION flows.adopt_linked();
CREATE TRIGGER audit_delete
    AFTER DELETE ON public.meters REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION flows.audit_delete('public.meters', 'id');
CREATE TRIGGER audit_insert
    AFTER INSERT ON public.meters REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION flows.audit_insert('public.meters', 'id');
CREATE TRIGGER audit_update
    AFTER UPDATE ON public.meters REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION flows.audit_update('public.meters', 'id');
CREATE POLICY with_parent ON public.meters TO admin, customer
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = meters.id));
