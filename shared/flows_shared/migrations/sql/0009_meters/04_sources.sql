-- The other Flows may be reached through its API or as a database.
ALTER TABLE flows.meter_sources
    DROP CONSTRAINT meter_sources_url_check,
    ADD CONSTRAINT meter_sources_url_check CHECK (url ~ '^(https?|postgres(ql)?)://');
COMMENT ON COLUMN flows.meter_sources.url IS 'Of its REST API, such as https://other.example/rest/v1, or of its database, such as postgresql://reader@other.example/flows';
COMMENT ON COLUMN flows.meter_sources.api_key IS 'Of its REST API; of a database the role''s password';
