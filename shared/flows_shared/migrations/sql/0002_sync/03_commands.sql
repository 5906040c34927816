-- Writes to meters, top-up tokens that become such writes, and how a community's meters are reached.
CREATE TABLE flows.meter_commands (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('tariff', 'token', 'prepay', 'clock', 'backlight', 'load_switch', 'daylight_saving')),
    arguments jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(arguments) = 'object'),
    idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    topup uuid REFERENCES public.topups (id) ON DELETE SET NULL,
    requested_by text NOT NULL DEFAULT flows.actor(),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'confirmed', 'failed')),
    tries integer NOT NULL DEFAULT 0,
    before jsonb,
    after jsonb,
    error_code text,
    last_error text,
    sent_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (meter_id, idempotency_key),
    CHECK ((status IN ('confirmed', 'failed')) = (ended_at IS NOT NULL))
);
CREATE INDEX ON flows.meter_commands (meter_id, created_at);
CREATE INDEX ON flows.meter_commands (topup);
CREATE INDEX meter_commands_open ON flows.meter_commands (kind, status) WHERE ended_at IS NULL;
-- A token is money: one that is on its way, or was taken, is not asked for again.
CREATE UNIQUE INDEX meter_commands_token ON flows.meter_commands (meter_id, (arguments ->> 'token'))
    WHERE kind = 'token' AND status <> 'failed';
COMMENT ON TABLE flows.meter_commands IS 'Writes to meters: who asked for what, and how far it is';
COMMENT ON COLUMN flows.meter_commands.before IS 'Token: what the meter said before it was sent first, so that a second look tells whether it was taken';
COMMENT ON COLUMN flows.meter_commands.after IS 'What the meter said when it was confirmed';
COMMENT ON COLUMN flows.meter_commands.tries IS 'How often it was sent, or the meter looked for in vain';

-- Secrets: of these two tables nobody but the service role and meter-sync reads a row.
CREATE TABLE flows.meter_proxies (
    esco uuid PRIMARY KEY REFERENCES flows.escos (id) ON DELETE CASCADE,
    host text NOT NULL CHECK (host <> ''),
    port integer NOT NULL DEFAULT 1080 CHECK (port BETWEEN 1 AND 65535),
    username text,
    password text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE flows.meter_proxies IS 'SOCKS5 proxies through which a community''s meters are reached';

CREATE TABLE flows.meter_sources (
    esco uuid PRIMARY KEY REFERENCES flows.escos (id) ON DELETE CASCADE,
    url text NOT NULL CHECK (url ~ '^https?://'),
    api_key text NOT NULL,
    token text,
    last_try_at timestamptz,
    last_success_at timestamptz,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE flows.meter_sources IS 'The other Flows whose data a community''s passive meters follow';
COMMENT ON COLUMN flows.meter_sources.url IS 'Of its REST API, such as https://other.example/rest/v1';
COMMENT ON COLUMN flows.meter_sources.token IS 'Sent as the bearer token; the API key where there is none';

CREATE FUNCTION flows.audit_but_secrets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    VALUES (flows.actor(), coalesce(flows.claims() ->> 'role', session_user), lower(TG_OP), 'flows.' || TG_TABLE_NAME,
            coalesce(NEW.esco, OLD.esco)::text, to_jsonb(OLD) - TG_ARGV, to_jsonb(NEW) - TG_ARGV);
    RETURN NULL;
END
$$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON flows.meter_proxies
    FOR EACH ROW EXECUTE FUNCTION flows.audit_but_secrets('password');
CREATE TRIGGER audit AFTER INSERT OR UPDATE OF url, api_key, token OR DELETE ON flows.meter_sources
    FOR EACH ROW EXECUTE FUNCTION flows.audit_but_secrets('api_key', 'token');

CREATE TRIGGER audit_insert AFTER INSERT ON flows.meter_commands REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.meter_commands', 'id');
CREATE TRIGGER audit_update AFTER UPDATE ON flows.meter_commands REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.meter_commands', 'id');
CREATE TRIGGER audit_delete AFTER DELETE ON flows.meter_commands REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.meter_commands', 'id');

CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_commands FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_proxies FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.meter_sources FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();

-- What is asked of a meter but leaves no row of its own, such as a read on demand, is on record too.
CREATE FUNCTION flows.note_request(what text, meter uuid, details jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, after)
    VALUES (flows.actor(), coalesce(flows.claims() ->> 'role', session_user), what, 'flows.meter_registry', meter::text, details);
$$;

-- A top-up whose token is here becomes work in the transaction that brings it, whoever writes it.
CREATE FUNCTION flows.push_topups() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.outbox (service, job, arguments, key)
    VALUES ('meter-sync', 'push_topup', jsonb_build_array(NEW.id), NEW.id::text)
        ON CONFLICT (service, job, key) WHERE key IS NOT NULL AND failed_at IS NULL DO UPDATE SET sent_at = NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER push_topup AFTER INSERT OR UPDATE OF status, token ON public.topups
    FOR EACH ROW WHEN (NEW.status = 'wait_token_push' AND NEW.token IS NOT NULL AND NEW.used_at IS NULL)
    EXECUTE FUNCTION flows.push_topups();

ALTER TABLE flows.meter_commands ENABLE ROW LEVEL SECURITY;
ALTER TABLE flows.meter_proxies ENABLE ROW LEVEL SECURITY;
ALTER TABLE flows.meter_sources ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON flows.meter_commands TO service, flows_worker USING (true);
CREATE POLICY reporting ON flows.meter_commands FOR SELECT TO reporting USING (true);
CREATE POLICY with_parent ON flows.meter_commands TO admin
    USING (EXISTS (SELECT FROM flows.meter_registry AS parent WHERE parent.id = meter_commands.meter_id));
CREATE POLICY own ON flows.meter_commands TO customer
    USING (meter_id = ANY((SELECT flows.own_ever())::uuid[])
           AND EXISTS (SELECT FROM unnest((SELECT flows.own_times())) AS own
                        WHERE own.id = meter_commands.meter_id AND own.times @> created_at));
CREATE POLICY workers ON flows.meter_proxies TO service, flows_meter_sync USING (true);
CREATE POLICY workers ON flows.meter_sources TO service, flows_meter_sync USING (true);

GRANT SELECT ON flows.meter_commands TO customer, admin, service, reporting, flows_worker;
GRANT INSERT, UPDATE ON flows.meter_commands TO flows_meter_sync;
GRANT SELECT, INSERT, UPDATE, DELETE ON flows.meter_proxies, flows.meter_sources TO service;
GRANT SELECT ON flows.meter_proxies, flows.meter_sources TO flows_meter_sync;
GRANT UPDATE (last_try_at, last_success_at, last_error) ON flows.meter_sources TO flows_meter_sync;
GRANT UPDATE (status, notes, used_at) ON public.topups TO flows_meter_sync;
GRANT INSERT ON public.topup_events TO flows_meter_sync;
REVOKE EXECUTE ON FUNCTION flows.note_request, flows.audit_but_secrets, flows.push_topups FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.note_request TO flows_meter_sync;

-- Shadows are updated thousands at a time, so their histories are kept a statement at once. As before, a history gets a row
-- for a value that the statement names, also an unchanged one: which it names, only triggers with columns know.
DROP TRIGGER keep_import_a ON flows.meter_shadows;
DROP TRIGGER keep_import_b ON flows.meter_shadows;
DROP TRIGGER keep_export_a ON flows.meter_shadows;
DROP TRIGGER keep_export_b ON flows.meter_shadows;
DROP TRIGGER keep_csq ON flows.meter_shadows;
DROP TRIGGER keep_voltage ON flows.meter_shadows;
DROP TRIGGER keep_3p_voltage ON flows.meter_shadows;
DROP TRIGGER keep_balance ON flows.meter_shadows;
DROP TRIGGER keep_health ON flows.meter_shadows;

CREATE FUNCTION flows.note_named() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('flows.named', concat_ws(' ', nullif(current_setting('flows.named', true), ''), TG_ARGV[0]), true);
    RETURN NULL;
END
$$;
CREATE TRIGGER named_import_a BEFORE UPDATE OF import_a ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('import_a');
CREATE TRIGGER named_import_b BEFORE UPDATE OF import_b ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('import_b');
CREATE TRIGGER named_export_a BEFORE UPDATE OF export_a ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('export_a');
CREATE TRIGGER named_export_b BEFORE UPDATE OF export_b ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('export_b');
CREATE TRIGGER named_csq BEFORE UPDATE OF csq ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('csq');
CREATE TRIGGER named_voltage BEFORE UPDATE OF voltage ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('voltage');
CREATE TRIGGER named_3p_voltage BEFORE UPDATE OF "3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3" ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('3p_voltage');
CREATE TRIGGER named_balance BEFORE UPDATE OF balance ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('balance');
CREATE TRIGGER named_health BEFORE UPDATE OF health ON flows.meter_shadows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.note_named('health');

CREATE FUNCTION flows.keep_histories() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    named text[] := string_to_array(current_setting('flows.named', true), ' ');
BEGIN
    PERFORM set_config('flows.named', '', true);
    IF named && ARRAY['import_a', 'import_b'] THEN
        INSERT INTO flows.register_import (register_id, timestamp, read)
        SELECT register_id, now(), CASE element WHEN 'B' THEN import_b ELSE import_a END
          FROM new_rows JOIN flows.meter_registers AS register ON register.meter_id = new_rows.id AND register.status = 'enabled'
         WHERE CASE element WHEN 'B' THEN 'import_b' ELSE 'import_a' END = ANY(named)
           AND CASE element WHEN 'B' THEN import_b ELSE import_a END IS NOT NULL
            ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    END IF;
    IF named && ARRAY['export_a', 'export_b'] THEN
        INSERT INTO flows.register_export (register_id, timestamp, read)
        SELECT register_id, now(), CASE element WHEN 'B' THEN export_b ELSE export_a END
          FROM new_rows JOIN flows.meter_registers AS register ON register.meter_id = new_rows.id AND register.status = 'enabled'
         WHERE CASE element WHEN 'B' THEN 'export_b' ELSE 'export_a' END = ANY(named)
           AND CASE element WHEN 'B' THEN export_b ELSE export_a END IS NOT NULL
            ON CONFLICT (register_id, timestamp) DO UPDATE SET read = EXCLUDED.read;
    END IF;
    IF 'csq' = ANY(named) THEN
        INSERT INTO flows.meter_csq (meter_id, timestamp, csq) SELECT id, now(), csq FROM new_rows
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET csq = EXCLUDED.csq;
    END IF;
    IF 'voltage' = ANY(named) THEN
        INSERT INTO flows.meter_voltage (meter_id, timestamp, voltage)
        SELECT id, now(), voltage FROM new_rows WHERE voltage IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage = EXCLUDED.voltage;
    END IF;
    IF '3p_voltage' = ANY(named) THEN
        INSERT INTO flows.meter_3p_voltage (meter_id, timestamp, voltage_l1, voltage_l2, voltage_l3)
        SELECT id, now(), "3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3" FROM new_rows
         WHERE coalesce("3p_voltage_l1", "3p_voltage_l2", "3p_voltage_l3") IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET voltage_l1 = EXCLUDED.voltage_l1,
                voltage_l2 = EXCLUDED.voltage_l2, voltage_l3 = EXCLUDED.voltage_l3;
    END IF;
    IF 'balance' = ANY(named) THEN
        INSERT INTO flows.meter_prepay_balance (meter_id, timestamp, balance)
        SELECT id, now(), balance FROM new_rows WHERE balance IS NOT NULL
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET balance = EXCLUDED.balance;
        UPDATE public.meters AS meter SET balance = new_rows.balance
          FROM new_rows
         WHERE meter.id = new_rows.id AND meter.balance IS DISTINCT FROM new_rows.balance;
    END IF;
    IF 'health' = ANY(named) THEN
        INSERT INTO flows.meter_health_history (meter_id, timestamp, health, health_details)
        SELECT id, now(), health, health_details FROM new_rows
            ON CONFLICT (meter_id, timestamp) DO UPDATE SET health = EXCLUDED.health, health_details = EXCLUDED.health_details;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_histories AFTER UPDATE ON flows.meter_shadows
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.keep_histories();
REVOKE EXECUTE ON FUNCTION flows.keep_histories, flows.note_named FROM PUBLIC;
