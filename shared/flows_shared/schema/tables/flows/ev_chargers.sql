SELECT flows.adopt_table(
    'flows.ev_chargers',
    readers => '{admin,service,reporting,flows_worker,mediator}',
    writers => '{admin,service,mediator}',
    linked => false
);
CREATE POLICY community ON flows.ev_chargers TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
