DROP TRIGGER keep_endpoint ON flows.meter_registry;
DROP TRIGGER keep_endpoint ON flows.meter_tophat_registry;
DROP FUNCTION flows.keep_endpoint, flows.endpoint;
