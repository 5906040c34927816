SELECT flows.adopt_table('flows.calendar_bands', writers => '{}');
GRANT INSERT, DELETE ON flows.calendar_bands TO flows_billing;
CREATE POLICY everyone ON flows.calendar_bands FOR SELECT TO customer, admin
    USING (EXISTS (SELECT FROM public.rate_profiles AS parent WHERE parent.id = calendar_bands.profile));
