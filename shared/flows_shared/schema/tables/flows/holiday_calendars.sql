SELECT flows.adopt_table('flows.holiday_calendars', writers => '{}');
CREATE POLICY everyone ON flows.holiday_calendars FOR SELECT TO customer, admin USING (true);
