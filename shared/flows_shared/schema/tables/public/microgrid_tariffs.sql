SELECT flows.adopt_table('public.microgrid_tariffs', audited => true, linked => false);
CREATE TRIGGER keep_name BEFORE INSERT ON public.microgrid_tariffs
    FOR EACH ROW WHEN (NEW.name IS NULL) EXECUTE FUNCTION flows.keep_microgrid_tariff_name();
CREATE TRIGGER note_changes_insert
    AFTER INSERT ON public.microgrid_tariffs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_tariff();
CREATE TRIGGER note_changes_update
    AFTER UPDATE ON public.microgrid_tariffs REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_tariff();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.microgrid_tariffs
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_tariff();
CREATE POLICY community ON public.microgrid_tariffs TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON public.microgrid_tariffs FOR SELECT TO customer
    USING (EXISTS (SELECT FROM public.properties WHERE properties.esco = microgrid_tariffs.esco));
-- Foreign keys look past the policies, so a tariff may name only a profile that its admin sees.
