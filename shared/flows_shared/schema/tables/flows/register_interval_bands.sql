SELECT flows.adopt_table('flows.register_interval_bands', writers => '{}');
GRANT INSERT, DELETE ON flows.register_interval_bands TO flows_billing;
CREATE POLICY own ON flows.register_interval_bands TO customer
    USING (register_id = ANY((SELECT flows.own_ever())::uuid[])
           AND EXISTS (SELECT FROM unnest((SELECT flows.own_times())) AS own
                        WHERE own.id = register_interval_bands.register_id AND own.days @> register_interval_bands.day));
CREATE POLICY with_parent ON flows.register_interval_bands TO admin
    USING (EXISTS (SELECT FROM flows.meter_registers AS parent WHERE parent.register_id = register_interval_bands.register_id));
