SELECT flows.adopt_table('flows.login_mails', readers => '{flows_notify}', writers => '{}');
GRANT UPDATE (sent_at) ON flows.login_mails TO flows_notify;
