SELECT flows.adopt_table('flows.email_changes', readers => '{flows_notify}', writers => '{}');
GRANT UPDATE (sent_at) ON flows.email_changes TO flows_notify;
