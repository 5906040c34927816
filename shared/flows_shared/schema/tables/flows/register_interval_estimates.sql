SELECT flows.adopt_table(
    'flows.register_interval_estimates',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,flows_meter_sync,mediator}'
);
CREATE TRIGGER note_changes_delete
    AFTER DELETE ON flows.register_interval_estimates REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_estimates();
CREATE TRIGGER note_changes_insert
    AFTER INSERT ON flows.register_interval_estimates REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_estimates();
CREATE TRIGGER note_changes_update
    AFTER UPDATE ON flows.register_interval_estimates REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.note_changed_estimates();
CREATE POLICY own ON flows.register_interval_estimates TO customer
    USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = register_interval_estimates.register_id) AND (own.times @> register_interval_estimates."timestamp"))))));
CREATE POLICY with_parent ON flows.register_interval_estimates TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_interval_estimates.register_id));
