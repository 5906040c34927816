SELECT flows.adopt_table('public.customer_tariffs', audited => true);
CREATE TRIGGER keep_name BEFORE INSERT ON public.customer_tariffs
    FOR EACH ROW WHEN (NEW.name IS NULL) EXECUTE FUNCTION flows.keep_customer_tariff_name();
CREATE TRIGGER note_changes_insert
    AFTER INSERT ON public.customer_tariffs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_tariff();
CREATE TRIGGER note_changes_update
    AFTER UPDATE ON public.customer_tariffs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_tariff();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.customer_tariffs
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE POLICY with_parent ON public.customer_tariffs TO admin, customer
    USING (EXISTS (SELECT FROM public.customers AS parent WHERE parent.id = customer_tariffs.customer));
