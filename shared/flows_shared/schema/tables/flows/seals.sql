SELECT flows.adopt_table('flows.seals', readers => '{admin,service,reporting,flows_worker}', writers => '{}');
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON flows.seals
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
-- Lines that come by several statements are sealed anew, in the transaction that issues them alone.
CREATE TRIGGER refuse_update BEFORE UPDATE ON flows.seals
    FOR EACH ROW WHEN (OLD.made_in <> pg_current_xact_id()::text::bigint) EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY community ON flows.seals FOR SELECT TO admin USING (esco = ANY((SELECT flows.admin_escos())::uuid[]));
