SELECT flows.adopt_table('flows.meter_leases', readers => '{flows_worker}', writers => '{flows_meter_sync}');
