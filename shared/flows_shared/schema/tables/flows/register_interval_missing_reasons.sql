SELECT flows.adopt_table(
    'flows.register_interval_missing_reasons',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,flows_meter_sync,mediator}'
);
CREATE POLICY own ON flows.register_interval_missing_reasons TO customer
    USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = register_interval_missing_reasons.register_id) AND (own.times @> register_interval_missing_reasons."timestamp"))))));
CREATE POLICY with_parent ON flows.register_interval_missing_reasons TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_interval_missing_reasons.register_id));
