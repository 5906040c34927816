SELECT flows.adopt_table(
    'flows.register_export',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,mediator}'
);
GRANT INSERT ON flows.register_export TO admin;
GRANT INSERT, DELETE ON flows.register_export TO flows_meter_sync;
CREATE POLICY own ON flows.register_export TO customer
    USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = register_export.register_id) AND (own.times @> register_export."timestamp"))))));
CREATE POLICY with_parent ON flows.register_export TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_export.register_id));
