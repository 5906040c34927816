-- Sharing over exchanges: one line of registers for bills, final bills, sharing and what is noted as changed; and meters of a
-- group that come and go.
CREATE FUNCTION flows.meter_line(meters uuid[])
RETURNS TABLE (meter uuid, register_id uuid, meter_id uuid, element text, nature text, start_time timestamptz, end_time timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, flows AS $$
    WITH RECURSIVE measured AS (
        SELECT held.meter_id AS meter, held.register_id, held.meter_id, held.start_time
          FROM flows.meter_registers AS held WHERE held.meter_id = ANY(meters) AND held.replaced_by IS NULL
         UNION
        SELECT measured.meter, earlier.register_id, earlier.meter_id, earlier.start_time
          FROM measured
          JOIN flows.meter_registers AS last
            ON last.replaced_by = measured.meter_id AND last.end_time = measured.start_time
          JOIN flows.meter_registers AS earlier
            ON earlier.replaced_by = measured.meter_id AND earlier.meter_id = last.meter_id
    )
    SELECT measured.meter, held.register_id, held.meter_id, held.element, held.nature, held.start_time, held.end_time
      FROM measured JOIN flows.meter_registers AS held ON held.register_id = measured.register_id;
$$;
COMMENT ON FUNCTION flows.meter_line IS
    'The registers of meters and of those whose place they took in the home, each with its life: what these measured is the home''s';
REVOKE EXECUTE ON FUNCTION flows.meter_line FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.meter_line TO admin, service, reporting, flows_worker;

-- What had been there holds from the beginning.
ALTER TABLE public.sharing_meters
    ADD COLUMN valid_from date NOT NULL DEFAULT '2000-01-01',
    ADD COLUMN valid_to date,
    ADD CHECK (valid_to > valid_from),
    DROP CONSTRAINT sharing_meters_pkey,
    ADD PRIMARY KEY (register, valid_from);
COMMENT ON COLUMN public.sharing_meters.valid_from IS 'The first local day on which it counts; 2000-01-01, the first day of all: from the beginning';
COMMENT ON COLUMN public.sharing_meters.valid_to IS 'The first local day on which it does not count any more; null: until further notice';

DROP TRIGGER audit_insert ON public.sharing_meters;
DROP TRIGGER audit_update ON public.sharing_meters;
DROP TRIGGER audit_delete ON public.sharing_meters;
CREATE TRIGGER audit_insert AFTER INSERT ON public.sharing_meters REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.sharing_meters', 'register', 'valid_from');
CREATE TRIGGER audit_update AFTER UPDATE ON public.sharing_meters REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.sharing_meters', 'register', 'valid_from');
CREATE TRIGGER audit_delete AFTER DELETE ON public.sharing_meters REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.sharing_meters', 'register', 'valid_from');

-- Meters that were exchanged before: what followed them goes on for the group.
WITH RECURSIVE following AS (
    SELECT meter.sharing_group, meter.role, follower.register_id
      FROM public.sharing_meters AS meter
      JOIN flows.meter_registers AS follower ON follower.notes = format('follows register %s', meter.register)
     UNION
    SELECT following.sharing_group, following.role, follower.register_id
      FROM following
      JOIN flows.meter_registers AS follower ON follower.notes = format('follows register %s', following.register_id)
)
INSERT INTO public.sharing_meters (sharing_group, register, role)
SELECT sharing_group, register_id, role FROM following
    ON CONFLICT DO NOTHING;

CREATE FUNCTION flows.refuse_second_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM FROM flows.meter_registers WHERE register_id = NEW.register FOR NO KEY UPDATE;  -- two at once take turns
    IF EXISTS (SELECT FROM public.sharing_meters AS other
                WHERE other.register = NEW.register AND other.valid_from <> NEW.valid_from
                  AND (TG_OP = 'INSERT' OR (other.register, other.valid_from) <> (OLD.register, OLD.valid_from))
                  AND daterange(other.valid_from, other.valid_to) && daterange(NEW.valid_from, NEW.valid_to)) THEN
        RAISE exclusion_violation USING
            MESSAGE = 'public.sharing_meters: on some of these days the register counts already',
            HINT = 'End its other row first.';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION flows.refuse_second_part FROM PUBLIC;
CREATE TRIGGER refuse_second BEFORE INSERT OR UPDATE ON public.sharing_meters
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_part();

-- In place of the one of 0007: a meter's part may end, as a home's may.
CREATE OR REPLACE FUNCTION flows.refuse_used_sharing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    free text[] := CASE TG_TABLE_NAME WHEN 'sharing_members' THEN ARRAY['updated_at', 'end_date']
                                      WHEN 'sharing_meters' THEN ARRAY['updated_at', 'valid_to']
                                      ELSE ARRAY['updated_at'] END;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - free = to_jsonb(NEW) - free THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT
                 FROM public.sharing_terms AS terms
                 JOIN public.invoice_lines AS line ON line.sharing_terms = terms.id
                WHERE CASE TG_TABLE_NAME
                      WHEN 'sharing_members' THEN terms.sharing_group = OLD.sharing_group
                                                  AND line.period_end > (to_jsonb(OLD) ->> 'start_date')::date
                      WHEN 'sharing_meters' THEN terms.sharing_group = OLD.sharing_group
                                                 AND line.period_end > (to_jsonb(OLD) ->> 'valid_from')::date
                                                 AND line.period_start < coalesce((to_jsonb(OLD) ->> 'valid_to')::date, 'infinity')
                      ELSE terms.id = (to_jsonb(OLD) ->> 'id')::uuid END) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s: this was used on a bill, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Add a row with a later start.';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;

-- In place of the one of 0007: homes by their line of registers, and meters that come and go.
CREATE OR REPLACE FUNCTION flows.note_changed_sharing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    stale uuid[];
BEGIN
    IF TG_TABLE_NAME = 'register_days_changed' THEN
        WITH RECURSIVE ahead AS (  -- the meters that may be in the homes of these registers now
            SELECT coalesce(register.replaced_by, register.meter_id) AS meter
              FROM changed JOIN flows.meter_registers AS register ON register.register_id = changed.register_id
             UNION
            SELECT register.replaced_by
              FROM ahead
              JOIN flows.meter_registers AS register ON register.meter_id = ahead.meter AND register.replaced_by IS NOT NULL
        )
        SELECT array_agg(DISTINCT invoice.id) INTO stale
           FROM changed
           JOIN (SELECT sharing_group, register, valid_from, coalesce(valid_to, 'infinity') AS valid_to
                   FROM public.sharing_meters WHERE role = 'generation'
                  UNION
                 SELECT member.sharing_group, line.register_id, '-infinity', 'infinity'
                   FROM flows.meter_line(ARRAY(SELECT meter FROM ahead)) AS line
                   JOIN public.properties AS property ON property.supply_meter = line.meter
                   JOIN public.sharing_members AS member ON member.property = property.id
                  WHERE line.nature <> 'solar') AS source
             ON source.register = changed.register_id AND source.valid_from <= changed.day AND changed.day < source.valid_to
           JOIN public.sharing_members AS member ON member.sharing_group = source.sharing_group
            AND member.start_date <= changed.day AND (member.end_date IS NULL OR member.end_date >= changed.day)
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id
            AND invoice.period_start <= changed.day AND invoice.period_end > changed.day;
        PERFORM flows.note_stale(stale, 'sharing');
    ELSE
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
           FROM (SELECT (to_jsonb(changed) ->> 'sharing_group')::uuid AS sharing_group,
                        least((to_jsonb(changed) ->> 'period_start')::date, (to_jsonb(changed) ->> 'start_date')::date,
                              (to_jsonb(changed) ->> 'end_date')::date + 1) AS since
                   FROM changed) AS changed
           JOIN public.sharing_members AS member ON member.sharing_group = changed.sharing_group
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id AND invoice.period_end > changed.since
         HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;

-- A generation meter changes what all members got on the days on which it counts now and did not, or did and does not.
CREATE FUNCTION flows.note_changed_sharing_meter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    counted datemultirange := CASE WHEN OLD.role = 'generation' THEN datemultirange(daterange(OLD.valid_from, OLD.valid_to)) ELSE '{}' END;
    counts datemultirange := CASE WHEN NEW.role = 'generation' THEN datemultirange(daterange(NEW.valid_from, NEW.valid_to)) ELSE '{}' END;
BEGIN
    PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
       FROM flows.meter_registers AS register
       JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
       JOIN flows.escos AS esco ON esco.id = meter.esco
      CROSS JOIN LATERAL (SELECT daterange((register.start_time AT TIME ZONE esco.time_zone)::date,
                                           (register.end_time AT TIME ZONE esco.time_zone)::date, '[]') AS days) AS life
       JOIN public.sharing_members AS member ON member.sharing_group IN (OLD.sharing_group, NEW.sharing_group)
       JOIN public.accounts AS account ON account.property = member.property
       JOIN public.invoices AS invoice ON invoice.account = account.id
        AND daterange(invoice.period_start, invoice.period_end) && (datemultirange(life.days) * (counted + counts - counted * counts))
      WHERE register.register_id IN (OLD.register, NEW.register)
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION flows.note_changed_sharing_meter FROM PUBLIC;
CREATE TRIGGER note_sharing AFTER INSERT OR UPDATE OR DELETE ON public.sharing_meters
    FOR EACH ROW EXECUTE FUNCTION flows.note_changed_sharing_meter();

-- In place of the one of 0009: a meter that a group counts goes on through the new one, each within its own life.
CREATE OR REPLACE FUNCTION flows.exchange_meter(
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
        added := NULL;
        IF ended.follower IS NOT NULL THEN
            INSERT INTO flows.meter_registers (meter_id, element, nature, start_time, notes)
            VALUES (new_meter, ended.follower, ended.nature, next_half_hour, format('follows register %s', ended.register_id))
            RETURNING register_id INTO added;
            RETURN NEXT added;
        END IF;
        -- What the old one had counted stays so until its last half hour is over.
        WITH given AS (
            SELECT * FROM (VALUES (ended.register_id, next_half_hour, (closing_reads ->> ended.element)::numeric),
                                  (added, exchanged_at, (opening_reads ->> ended.follower)::numeric))
                       AS said (register_id, at, kwh) WHERE kwh IS NOT NULL
        ), imported AS (
            INSERT INTO flows.register_import SELECT * FROM given WHERE ended.nature <> 'solar'
        )
        INSERT INTO flows.register_export SELECT * FROM given WHERE ended.nature = 'solar';
        WITH closed AS (
            UPDATE flows.circuit_register SET end_time = next_half_hour
             WHERE register = ended.register_id AND coalesce(end_time, 'infinity') > next_half_hour AND start_time < next_half_hour
            RETURNING circuit
        )
        INSERT INTO flows.circuit_register (circuit, register, start_time)
        SELECT circuit, added, next_half_hour FROM closed WHERE added IS NOT NULL;
        INSERT INTO public.sharing_meters (sharing_group, register, role, valid_from, valid_to)
        SELECT sharing_group, added, role, valid_from, valid_to FROM public.sharing_meters
         WHERE register = ended.register_id AND added IS NOT NULL AND coalesce(valid_to, 'infinity') >= next_half_hour::date;
    END LOOP;
    UPDATE flows.meter_registers SET replaced_by = new_meter WHERE meter_id = old_meter AND replaced_by IS NULL;
    UPDATE public.properties SET supply_meter = new_meter WHERE supply_meter = old_meter;
    UPDATE public.properties SET solar_meter = new_meter WHERE solar_meter = old_meter;
    UPDATE flows.service_head_meter AS head SET meter = new_meter
     WHERE meter = old_meter AND NOT EXISTS (SELECT FROM flows.service_head_meter AS there
                                              WHERE there.service_head = head.service_head AND there.meter = new_meter);
    UPDATE flows.meter_registry SET installation_status = 'disabled' WHERE id = old_meter AND installation_status = 'enabled';
END
$$;
