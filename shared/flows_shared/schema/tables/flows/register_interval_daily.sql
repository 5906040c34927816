SELECT flows.adopt_table(
    'flows.register_interval_daily',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{flows_meter_sync}'
);
CREATE TRIGGER drop_band_sums_deleted AFTER DELETE ON flows.register_interval_daily
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();
CREATE TRIGGER drop_band_sums_inserted AFTER INSERT ON flows.register_interval_daily
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();
CREATE TRIGGER drop_band_sums_updated AFTER UPDATE ON flows.register_interval_daily
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.drop_band_sums();
CREATE TRIGGER note_changes_delete
    AFTER DELETE ON flows.register_interval_daily REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_days();
CREATE TRIGGER note_changes_insert
    AFTER INSERT ON flows.register_interval_daily REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_days();
CREATE TRIGGER note_changes_update
    AFTER UPDATE ON flows.register_interval_daily REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_days();
CREATE POLICY own ON flows.register_interval_daily TO customer
    USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = register_interval_daily.register_id) AND (own.days @> register_interval_daily.day))))));
CREATE POLICY with_parent ON flows.register_interval_daily TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_interval_daily.register_id));
