SELECT flows.adopt_table('public.sharing_meters', audited => true, linked => false);
CREATE TRIGGER note_sharing AFTER INSERT OR UPDATE OR DELETE ON public.sharing_meters
    FOR EACH ROW EXECUTE FUNCTION flows.note_changed_sharing_meter();
CREATE TRIGGER refuse_second BEFORE INSERT OR UPDATE ON public.sharing_meters
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_part();
CREATE TRIGGER refuse_used BEFORE UPDATE OR DELETE ON public.sharing_meters
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_used_sharing();
CREATE POLICY with_parents ON public.sharing_meters TO customer, admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = sharing_meters.register)
           AND EXISTS (SELECT FROM public.sharing_groups AS parent WHERE parent.id = sharing_meters.sharing_group));
