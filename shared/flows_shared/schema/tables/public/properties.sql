SELECT flows.adopt_table('public.properties', audited => true);
CREATE TRIGGER derive_status AFTER INSERT OR DELETE OR UPDATE OF supply_meter, owner ON public.properties
    FOR EACH ROW EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER follow_property AFTER INSERT OR DELETE OR UPDATE OF plot ON public.properties
    FOR EACH ROW EXECUTE FUNCTION flows.follow_property();
CREATE TRIGGER move_wallet AFTER UPDATE OF supply_meter ON public.properties
    FOR EACH ROW WHEN (OLD.supply_meter <> NEW.supply_meter) EXECUTE FUNCTION flows.move_wallet();
CREATE POLICY community ON public.properties TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY own ON public.properties TO customer USING (id = ANY((SELECT flows.own_properties())::uuid[]));
