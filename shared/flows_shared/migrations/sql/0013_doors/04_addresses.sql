-- One endpoint has one spelling: 127.2.0.7/24 and ::ffff:127.2.0.7 lead to the meter at 127.2.0.7, which may be another's.
CREATE FUNCTION flows.endpoint(address inet) RETURNS inet
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
    SELECT regexp_replace(host(address), '^::ffff:(?=[0-9]+\.)', '')::inet;
$$;
COMMENT ON FUNCTION flows.endpoint IS 'The address alone, without a network''s length, and of an IPv4 address written as IPv6 the IPv4 one';

CREATE FUNCTION flows.keep_endpoint() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
BEGIN
    NEW.ip_address := flows.endpoint(NEW.ip_address);
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION flows.keep_endpoint FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION flows.endpoint FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.endpoint TO customer, admin, service, reporting, flows_worker;

-- Where two rows are one meter, the spelling that is right stays and the other is left as it is for a person to look at.
UPDATE flows.meter_registry AS meter SET ip_address = flows.endpoint(meter.ip_address)
 WHERE ip_address <> flows.endpoint(ip_address)
   AND NOT EXISTS (SELECT FROM flows.meter_registry AS other
                    WHERE other.id <> meter.id AND other.port = meter.port
                      AND flows.endpoint(other.ip_address) = flows.endpoint(meter.ip_address));
UPDATE flows.meter_tophat_registry AS tophat SET ip_address = flows.endpoint(tophat.ip_address)
 WHERE ip_address <> flows.endpoint(ip_address)
   AND NOT EXISTS (SELECT FROM flows.meter_tophat_registry AS other
                    WHERE other.id <> tophat.id AND flows.endpoint(other.ip_address) = flows.endpoint(tophat.ip_address));

CREATE TRIGGER keep_endpoint BEFORE INSERT OR UPDATE OF ip_address ON flows.meter_registry
    FOR EACH ROW WHEN (NEW.ip_address IS NOT NULL) EXECUTE FUNCTION flows.keep_endpoint();
CREATE TRIGGER keep_endpoint BEFORE INSERT OR UPDATE OF ip_address ON flows.meter_tophat_registry
    FOR EACH ROW WHEN (NEW.ip_address IS NOT NULL) EXECUTE FUNCTION flows.keep_endpoint();
