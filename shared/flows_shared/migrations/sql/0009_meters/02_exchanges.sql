-- A meter that is exchanged: what the old one measured goes on being the home's, on its bills and for its customer.
ALTER TABLE flows.meter_registers ADD COLUMN follows uuid REFERENCES flows.meter_registers (register_id) ON DELETE SET NULL;
CREATE INDEX ON flows.meter_registers (follows);
COMMENT ON COLUMN flows.meter_registers.follows IS 'The register that it replaced in the same home';

UPDATE flows.meter_registers AS register SET follows = earlier.register_id
  FROM flows.meter_registers AS earlier
 WHERE register.notes = format('follows register %s', earlier.register_id);

-- Policies let an admin see both ends of a link; a policy of a table that asks this table itself would ask for ever.
CREATE FUNCTION flows.check_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NEW.follows = NEW.register_id
       OR (SELECT esco FROM flows.meter_registry WHERE id = NEW.meter_id)
          <> (SELECT meter.esco FROM flows.meter_registers AS earlier JOIN flows.meter_registry AS meter ON meter.id = earlier.meter_id
               WHERE earlier.register_id = NEW.follows) THEN
        RAISE check_violation USING MESSAGE = 'a register follows another one of the same community';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER check_follows BEFORE INSERT OR UPDATE OF follows, meter_id ON flows.meter_registers
    FOR EACH ROW WHEN (NEW.follows IS NOT NULL) EXECUTE FUNCTION flows.check_follows();

CREATE OR REPLACE FUNCTION flows.own_times() RETURNS flows.own_time[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(
        WITH RECURSIVE tenure AS (
            SELECT account.property, daterange(account.start_date, account.end_date, '[]') AS days
              FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
             WHERE role.customer = me AND (account.status <> 'closed' OR account.end_date IS NOT NULL)
             UNION
            SELECT property, '(,)' FROM flows.properties_owned_by(me) AS property
        ), home AS (
            SELECT property.id, property.supply_meter, property.solar_meter, tenure.days,
                   tstzrange(lower(days)::timestamp AT TIME ZONE esco.time_zone,
                             upper(days)::timestamp AT TIME ZONE esco.time_zone) AS times
              FROM tenure
              JOIN public.properties AS property ON property.id = tenure.property
              JOIN flows.escos AS esco ON esco.id = property.esco
        ), meter AS (
            SELECT supply_meter AS id, days, times FROM home WHERE supply_meter IS NOT NULL
             UNION ALL
            SELECT solar_meter, days, times FROM home WHERE solar_meter IS NOT NULL
        ), register AS (
            SELECT register.register_id AS id, register.follows, meter.days, meter.times
              FROM meter JOIN flows.meter_registers AS register ON register.meter_id = meter.id
             UNION
            SELECT earlier.register_id, earlier.follows, register.days, register.times
              FROM register JOIN flows.meter_registers AS earlier ON earlier.register_id = register.follows
        )
        SELECT ROW(id, days, times)::flows.own_time FROM home
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM meter
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM register
         UNION ALL
        SELECT ROW(link.circuit, register.days, register.times)::flows.own_time
          FROM register JOIN flows.circuit_register AS link ON link.register = register.id);
END
$$;
CREATE POLICY earlier ON flows.meter_registers FOR SELECT TO customer USING (register_id = ANY((SELECT flows.own_now())::uuid[]));

-- The wallet is the home's, and fills the meter that is there.
CREATE FUNCTION flows.move_wallet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    moved uuid;
BEGIN
    SELECT before.wallet INTO moved FROM meters AS before, meters AS after
     WHERE before.id = OLD.supply_meter AND after.id = NEW.supply_meter AND after.wallet IS NULL;
    IF moved IS NOT NULL THEN
        UPDATE meters SET wallet = NULL WHERE id = OLD.supply_meter;
        UPDATE meters SET wallet = moved WHERE id = NEW.supply_meter;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER move_wallet AFTER UPDATE OF supply_meter ON public.properties
    FOR EACH ROW WHEN (OLD.supply_meter <> NEW.supply_meter) EXECUTE FUNCTION flows.move_wallet();

-- Which element of the new meter goes on with what an element of the old one measured: null where none does.
CREATE FUNCTION flows.follow_elements(old_meter uuid, new_meter uuid, at timestamptz)
RETURNS TABLE (register_id uuid, element text, nature text, follower text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, flows AS $$
DECLARE
    new_serial text;
    new_hardware text;
    used text[];
BEGIN
    SELECT serial, hardware INTO new_serial, new_hardware FROM flows.meter_registry WHERE id = new_meter;
    used := ARRAY(SELECT held.element FROM flows.meter_registers AS held
                   WHERE held.meter_id = old_meter AND held.status = 'enabled'
                     AND EXISTS (SELECT FROM flows.circuit_register AS link
                                  WHERE link.register = held.register_id AND coalesce(link.end_time, 'infinity') > at)
                   ORDER BY held.element);
    IF new_hardware IN ('B1.w', 'EMA1.w', 'P1.ax', 'P1.cx') AND used @> '{A,B}' THEN
        RAISE SQLSTATE 'PT409' USING
            MESSAGE = format('elements A and B both measure a circuit, and meter %s (%s) has one element', new_serial, new_hardware),
            HINT = 'End the circuit of one of them first, or use a meter with two elements.';
    END IF;
    RETURN QUERY
        SELECT held.register_id, held.element, held.nature,
               CASE WHEN new_hardware = 'C1.w' THEN replace(held.element, 'SINGLE', 'A')
                    WHEN new_hardware IS NULL OR new_hardware NOT IN ('B1.w', 'EMA1.w', 'P1.ax', 'P1.cx') THEN held.element
                    WHEN held.element = coalesce(used[1], min(held.element) OVER ()) THEN 'SINGLE' END
          FROM flows.meter_registers AS held
         WHERE held.meter_id = old_meter AND held.status = 'enabled'
         ORDER BY held.element;
END
$$;

-- In place of the one of 0002: more is refused, the home comes along, and reads at the exchange are kept.
DROP FUNCTION flows.exchange_meter(uuid, uuid, timestamptz);
CREATE FUNCTION flows.exchange_meter(
    old_meter uuid, new_meter uuid, exchanged_at timestamptz, closing_reads jsonb DEFAULT '{}', opening_reads jsonb DEFAULT '{}')
RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    ended record;
    added uuid;
    next_half_hour timestamptz := to_timestamp(ceil(extract(epoch FROM exchanged_at) / 1800) * 1800);
BEGIN
    PERFORM FROM flows.meter_registry WHERE id IN (old_meter, new_meter) ORDER BY id FOR UPDATE;
    PERFORM flows.check_exchange(old_meter, new_meter, exchanged_at, next_half_hour);
    PERFORM flows.check_exchange_reads(old_meter, new_meter, exchanged_at, next_half_hour, closing_reads, opening_reads);
    FOR ended IN SELECT * FROM flows.follow_elements(old_meter, new_meter, next_half_hour) LOOP
        UPDATE flows.meter_registers SET status = 'replaced', end_time = next_half_hour WHERE register_id = ended.register_id;
        -- What it had counted stays so until its last half hour is over.
        PERFORM flows.keep_read(ended.register_id, ended.nature, next_half_hour, (closing_reads ->> ended.element)::numeric);
        added := NULL;
        IF ended.follower IS NOT NULL THEN
            INSERT INTO flows.meter_registers (meter_id, element, nature, start_time, follows, notes)
            VALUES (new_meter, ended.follower, ended.nature, next_half_hour, ended.register_id,
                    format('follows register %s', ended.register_id))
            RETURNING register_id INTO added;
            PERFORM flows.keep_read(added, ended.nature, exchanged_at, (opening_reads ->> ended.follower)::numeric);
            RETURN NEXT added;
        END IF;
        WITH closed AS (
            UPDATE flows.circuit_register SET end_time = next_half_hour
             WHERE register = ended.register_id AND coalesce(end_time, 'infinity') > next_half_hour AND start_time < next_half_hour
            RETURNING circuit
        )
        INSERT INTO flows.circuit_register (circuit, register, start_time)
        SELECT circuit, added, next_half_hour FROM closed WHERE added IS NOT NULL;
    END LOOP;
    UPDATE public.properties SET supply_meter = new_meter WHERE supply_meter = old_meter;
    UPDATE public.properties SET solar_meter = new_meter WHERE solar_meter = old_meter;
    UPDATE flows.service_head_meter AS head SET meter = new_meter
     WHERE meter = old_meter AND NOT EXISTS (SELECT FROM flows.service_head_meter AS there
                                              WHERE there.service_head = head.service_head AND there.meter = new_meter);
    UPDATE flows.meter_registry SET installation_status = 'disabled' WHERE id = old_meter AND installation_status = 'enabled';
END
$$;
COMMENT ON FUNCTION flows.exchange_meter IS
    'Put a meter in the place of another: its registers follow the other''s in circuits and homes; the ids of the new registers. Reads are kWh by element';

CREATE FUNCTION flows.check_exchange(old_meter uuid, new_meter uuid, exchanged_at timestamptz, ends_at timestamptz) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, flows AS $$
DECLARE
    old_one flows.meter_registry;
    new_one flows.meter_registry;
    began timestamptz;
    ended timestamptz;
    measured timestamptz;
BEGIN
    SELECT * INTO old_one FROM flows.meter_registry WHERE id = old_meter;
    SELECT * INTO new_one FROM flows.meter_registry WHERE id = new_meter AND installation_status <> 'deleted';
    IF old_one.id IS NULL OR new_one.id IS NULL THEN
        RAISE SQLSTATE 'PT404' USING MESSAGE = format('there is no meter %s', CASE WHEN old_one.id IS NULL THEN old_meter ELSE new_meter END);
    ELSIF old_one.id = new_one.id THEN
        RAISE SQLSTATE 'PT422' USING MESSAGE = format('meter %s cannot replace itself', old_one.serial);
    ELSIF old_one.esco <> new_one.esco THEN
        RAISE SQLSTATE 'PT409' USING MESSAGE = format('meter %s belongs to another community than meter %s', new_one.serial, old_one.serial);
    ELSIF exchanged_at > now() THEN
        RAISE SQLSTATE 'PT422' USING MESSAGE = format('the exchange at %s lies in the future', to_json(exchanged_at) #>> '{}');
    END IF;
    SELECT max(start_time) FILTER (WHERE status = 'enabled'), max(end_time) INTO began, ended
      FROM flows.meter_registers WHERE meter_id = old_meter;
    IF began IS NULL AND ended IS NOT NULL THEN
        RAISE SQLSTATE 'PT409' USING MESSAGE = format('meter %s was replaced at %s already', old_one.serial, to_json(ended) #>> '{}');
    ELSIF began IS NULL THEN
        RAISE SQLSTATE 'PT409' USING MESSAGE = format('meter %s has no register that could be followed', old_one.serial);
    ELSIF began >= exchanged_at THEN
        RAISE SQLSTATE 'PT422' USING MESSAGE = format('meter %s has measured only since %s', old_one.serial, to_json(began) #>> '{}');
    END IF;
    SELECT max(timestamp) INTO measured
      FROM flows.register_interval_hh AS held JOIN flows.meter_registers AS register USING (register_id)
     WHERE register.meter_id = old_meter AND register.status = 'enabled' AND held.timestamp >= ends_at;
    IF measured IS NOT NULL THEN
        RAISE SQLSTATE 'PT422' USING MESSAGE = format('meter %s still measured at %s', old_one.serial, to_json(measured) #>> '{}');
    END IF;
    IF EXISTS (SELECT FROM flows.meter_registers WHERE meter_id = new_meter AND (end_time IS NULL OR end_time > ends_at))
       OR EXISTS (SELECT FROM public.properties WHERE new_meter IN (supply_meter, solar_meter)) THEN
        RAISE SQLSTATE 'PT409' USING MESSAGE = format('meter %s is in use already', new_one.serial);
    END IF;
END
$$;

CREATE FUNCTION flows.check_exchange_reads(
    old_meter uuid, new_meter uuid, exchanged_at timestamptz, ends_at timestamptz, closing_reads jsonb, opening_reads jsonb)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, flows AS $$
DECLARE
    named text;
    held record;
BEGIN
    SELECT element INTO named FROM jsonb_object_keys(closing_reads) AS element
     WHERE element NOT IN (SELECT old.element FROM flows.follow_elements(old_meter, new_meter, ends_at) AS old);
    IF FOUND THEN
        RAISE SQLSTATE 'PT422' USING MESSAGE = format('closing read: the old meter has no element %s', named);
    END IF;
    SELECT element INTO named FROM jsonb_object_keys(opening_reads) AS element
     WHERE element NOT IN (SELECT follower FROM flows.follow_elements(old_meter, new_meter, ends_at) WHERE follower IS NOT NULL);
    IF FOUND THEN
        RAISE SQLSTATE 'PT422' USING MESSAGE = format('opening read: no element %s of the new meter follows the old one', named);
    END IF;
    SELECT old.element, last.read, (closing_reads ->> old.element)::numeric AS closing INTO held
      FROM flows.follow_elements(old_meter, new_meter, ends_at) AS old
     CROSS JOIN LATERAL (
           (SELECT read FROM flows.register_import
             WHERE register_id = old.register_id AND old.nature <> 'solar' AND timestamp <= exchanged_at ORDER BY timestamp DESC LIMIT 1)
            UNION ALL
           (SELECT read FROM flows.register_export
             WHERE register_id = old.register_id AND old.nature = 'solar' AND timestamp <= exchanged_at ORDER BY timestamp DESC LIMIT 1)
           ) AS last
     WHERE (closing_reads ->> old.element)::numeric < last.read;
    IF FOUND THEN
        RAISE SQLSTATE 'PT422' USING
            MESSAGE = format('closing read: element %s had counted %s kWh before, more than %s', held.element, held.read, held.closing);
    END IF;
END
$$;

CREATE FUNCTION flows.keep_read(register uuid, nature text, at timestamptz, kwh numeric) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
BEGIN
    IF kwh IS NULL THEN
        RETURN;
    ELSIF nature = 'solar' THEN
        INSERT INTO flows.register_export VALUES (register, at, kwh);
    ELSE
        INSERT INTO flows.register_import VALUES (register, at, kwh);
    END IF;
END
$$;

GRANT INSERT ON flows.register_import, flows.register_export TO admin;
REVOKE EXECUTE ON FUNCTION flows.check_follows, flows.move_wallet, flows.follow_elements, flows.exchange_meter,
    flows.check_exchange, flows.check_exchange_reads, flows.keep_read FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.exchange_meter, flows.follow_elements, flows.check_exchange, flows.check_exchange_reads, flows.keep_read
    TO admin, service;
