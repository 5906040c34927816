SELECT flows.adopt_table('flows.register_counts', writers => '{service,flows_meter_sync}');
CREATE POLICY own ON flows.register_counts TO customer
    USING (((register_id = ANY (( SELECT flows.own_ever() AS own_ever)::uuid[])) AND (EXISTS ( SELECT FROM unnest(( SELECT flows.own_times() AS own_times)) own(id, days, times) WHERE ((own.id = register_counts.register_id) AND (own.times @> register_counts."timestamp"))))));
CREATE POLICY with_parent ON flows.register_counts TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_counts.register_id));
