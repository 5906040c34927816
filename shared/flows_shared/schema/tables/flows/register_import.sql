SELECT flows.adopt_table(
    'flows.register_import',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,mediator}'
);
GRANT INSERT ON flows.register_import TO admin;
GRANT INSERT, DELETE ON flows.register_import TO flows_meter_sync;
CREATE POLICY own ON flows.register_import TO customer
    USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = register_import.register_id) AND (own.times @> register_import."timestamp"))))));
CREATE POLICY with_parent ON flows.register_import TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_import.register_id));
