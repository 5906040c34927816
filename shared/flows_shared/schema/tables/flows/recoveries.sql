SELECT flows.adopt_table('flows.recoveries', readers => '{flows_notify}', writers => '{}');
GRANT UPDATE (sent_at) ON flows.recoveries TO flows_notify;
