SELECT flows.adopt_table(
    'flows.register_interval_flags',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,flows_meter_sync,mediator}'
);
CREATE POLICY own ON flows.register_interval_flags TO customer
    USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = register_interval_flags.register_id) AND (own.times @> register_interval_flags."timestamp"))))));
CREATE POLICY with_parent ON flows.register_interval_flags TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_interval_flags.register_id));
