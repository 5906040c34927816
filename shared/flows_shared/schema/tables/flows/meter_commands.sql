SELECT flows.adopt_table(
    'flows.meter_commands',
    readers => '{customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{}',
    audited => true
);
GRANT INSERT, UPDATE ON flows.meter_commands TO flows_meter_sync;
CREATE POLICY own ON flows.meter_commands TO customer
    USING (meter_id = ANY((SELECT flows.own_ever())::uuid[])
           AND EXISTS (SELECT FROM unnest((SELECT flows.own_times())) AS own
                        WHERE own.id = meter_commands.meter_id AND own.times @> created_at));
CREATE POLICY with_parent ON flows.meter_commands TO admin
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = meter_commands.meter_id));
