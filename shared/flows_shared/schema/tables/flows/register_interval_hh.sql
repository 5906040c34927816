SELECT flows.adopt_table(
    'flows.register_interval_hh',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,flows_meter_sync,mediator}'
);
CREATE TRIGGER follow_deleted_intervals AFTER DELETE ON flows.register_interval_hh
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();
CREATE TRIGGER follow_inserted_intervals AFTER INSERT ON flows.register_interval_hh
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();
CREATE TRIGGER follow_moved_intervals AFTER UPDATE ON flows.register_interval_hh
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();
CREATE TRIGGER follow_updated_intervals AFTER UPDATE ON flows.register_interval_hh
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_intervals();
CREATE TRIGGER forget_deleted_readings AFTER DELETE ON flows.register_interval_hh
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.forget_deleted_readings();
CREATE TRIGGER note_edited_readings AFTER UPDATE ON flows.register_interval_hh
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_edited_readings();
CREATE TRIGGER supersede_missing_inserted AFTER INSERT ON flows.register_interval_hh
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_readings();
CREATE TRIGGER supersede_missing_updated AFTER UPDATE ON flows.register_interval_hh
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_readings();
CREATE POLICY own ON flows.register_interval_hh TO customer
    USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = register_interval_hh.register_id) AND (own.times @> register_interval_hh."timestamp"))))));
CREATE POLICY with_parent ON flows.register_interval_hh TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_interval_hh.register_id));
