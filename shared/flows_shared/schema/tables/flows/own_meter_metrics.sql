SELECT flows.adopt_table('flows.own_meter_metrics', writers => '{service}', audited => true);
CREATE POLICY everyone ON flows.own_meter_metrics FOR SELECT TO customer, admin USING (true);
