SELECT flows.adopt_table(
    'flows.meter_voltage',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,mediator}'
);
CREATE POLICY own ON flows.meter_voltage TO customer
    USING (((meter_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = meter_voltage.meter_id) AND (own.times @> meter_voltage."timestamp"))))));
CREATE POLICY with_parent ON flows.meter_voltage TO admin
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = meter_voltage.meter_id));
