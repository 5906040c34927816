SELECT flows.adopt_table('flows.api_key_secrets', readers => '{}', writers => '{}');
GRANT SELECT (api_key, last_used_at) ON flows.api_key_secrets TO admin;
CREATE POLICY by_people ON flows.api_key_secrets AS RESTRICTIVE TO admin USING (true) WITH CHECK (NOT (SELECT flows.is_key()));
CREATE POLICY with_parent ON flows.api_key_secrets FOR SELECT TO admin
    USING (EXISTS (SELECT FROM public.api_keys AS parent WHERE parent.id = api_key));
