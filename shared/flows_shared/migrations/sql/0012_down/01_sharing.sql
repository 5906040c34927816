-- Takes back 0012_right_bills/01_sharing.sql.
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
DROP TRIGGER note_sharing ON public.sharing_meters;
DROP TRIGGER refuse_second ON public.sharing_meters;
CREATE OR REPLACE FUNCTION flows.note_changed_sharing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF TG_TABLE_NAME = 'register_days_changed' THEN
        PERFORM flows.note_stale(array_agg(DISTINCT invoice.id), 'sharing')
           FROM changed
           JOIN (SELECT sharing_group, register FROM public.sharing_meters WHERE role = 'generation'
                  UNION
                 SELECT member.sharing_group, register.register_id
                   FROM public.sharing_members AS member
                   JOIN public.properties AS property ON property.id = member.property
                   JOIN flows.meter_registers AS register ON register.meter_id = property.supply_meter
                    AND register.nature <> 'solar') AS source ON source.register = changed.register_id
           JOIN public.sharing_members AS member ON member.sharing_group = source.sharing_group
            AND member.start_date <= changed.day AND (member.end_date IS NULL OR member.end_date >= changed.day)
           JOIN public.accounts AS account ON account.property = member.property
           JOIN public.invoices AS invoice ON invoice.account = account.id
            AND invoice.period_start <= changed.day AND invoice.period_end > changed.day
         HAVING count(*) > 0;
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
CREATE OR REPLACE FUNCTION flows.refuse_used_sharing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    free text[] := CASE TG_TABLE_NAME WHEN 'sharing_members' THEN ARRAY['updated_at', 'end_date'] ELSE ARRAY['updated_at'] END;
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
                      ELSE terms.id = (to_jsonb(OLD) ->> 'id')::uuid END) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s.%s: this was used on a bill, so it cannot change', TG_TABLE_SCHEMA, TG_TABLE_NAME),
            HINT = 'Add a row with a later start.';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
DROP FUNCTION flows.note_changed_sharing_meter, flows.refuse_second_part, flows.meter_line;

-- One row a register: the last one.
ALTER TABLE public.sharing_meters DISABLE TRIGGER refuse_used;
DELETE FROM public.sharing_meters AS earlier
 USING public.sharing_meters AS later WHERE later.register = earlier.register AND later.valid_from > earlier.valid_from;
ALTER TABLE public.sharing_meters ENABLE TRIGGER refuse_used;
DROP TRIGGER audit_insert ON public.sharing_meters;
DROP TRIGGER audit_update ON public.sharing_meters;
DROP TRIGGER audit_delete ON public.sharing_meters;
CREATE TRIGGER audit_insert AFTER INSERT ON public.sharing_meters REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.sharing_meters', 'register');
CREATE TRIGGER audit_update AFTER UPDATE ON public.sharing_meters REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.sharing_meters', 'register');
CREATE TRIGGER audit_delete AFTER DELETE ON public.sharing_meters REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.sharing_meters', 'register');
ALTER TABLE public.sharing_meters
    DROP CONSTRAINT sharing_meters_pkey,
    DROP COLUMN valid_from,
    DROP COLUMN valid_to,
    ADD PRIMARY KEY (register);
