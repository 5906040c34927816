CREATE TABLE flows.meter_registry (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    serial text NOT NULL UNIQUE CHECK (serial <> ''),
    name text,
    ip_address inet,
    port integer DEFAULT 8080 NOT NULL CHECK ((port >= 1) AND (port <= 65535)),
    hardware text,
    firmware_version text,
    mode text DEFAULT 'active' NOT NULL CHECK (mode IN ('active', 'passive')),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    site uuid REFERENCES flows.sites_new (id),
    prepay_enabled boolean DEFAULT false NOT NULL,
    daylight_savings_correction_enabled boolean,
    single_meter_app boolean DEFAULT false NOT NULL,
    emnify_id integer UNIQUE,
    iccid text UNIQUE,
    installation_status text DEFAULT 'enabled' NOT NULL CHECK (installation_status IN ('enabled', 'disabled', 'deleted')),
    commissioned_iso_week_date text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE UNIQUE INDEX meter_registry_endpoint ON flows.meter_registry (ip_address, port);
CREATE INDEX meter_registry_esco_idx ON flows.meter_registry (esco);
CREATE INDEX meter_registry_site_idx ON flows.meter_registry (site);
COMMENT ON COLUMN flows.meter_registry.mode IS 'active: synced from hardware; passive: from another Flows database';

CREATE TABLE flows.service_head_meter (
    service_head uuid NOT NULL REFERENCES flows.service_head_registry (id) ON DELETE CASCADE,
    meter uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (service_head, meter)
);
CREATE INDEX service_head_meter_meter_idx ON flows.service_head_meter (meter);

CREATE TABLE flows.meter_shadows (
    id uuid PRIMARY KEY REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    balance numeric,
    import_a numeric,
    export_a numeric,
    import_b numeric,
    export_b numeric,
    voltage numeric,
    "3p_voltage_l1" numeric,
    "3p_voltage_l2" numeric,
    "3p_voltage_l3" numeric,
    csq smallint CHECK ((csq >= 0) AND (csq <= 31)),
    clock_time_diff_seconds integer,
    clock_time_diff_synced_at timestamptz,
    health text DEFAULT 'unhealthy' NOT NULL CHECK (health IN ('healthy', 'unhealthy')),
    health_details text,
    last_healthy_at timestamptz,
    tariffs_active jsonb,
    tariffs_future jsonb,
    backlight text,
    load_switch text,
    emnify_connectivity_status text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT import_a_from_0_to_1000000000 CHECK ((import_a >= (0)::numeric) AND (import_a <= (1000000000)::numeric)),
    CONSTRAINT export_a_from_0_to_1000000000 CHECK ((export_a >= (0)::numeric) AND (export_a <= (1000000000)::numeric)),
    CONSTRAINT import_b_from_0_to_1000000000 CHECK ((import_b >= (0)::numeric) AND (import_b <= (1000000000)::numeric)),
    CONSTRAINT export_b_from_0_to_1000000000 CHECK ((export_b >= (0)::numeric) AND (export_b <= (1000000000)::numeric))
);
COMMENT ON TABLE flows.meter_shadows IS 'Last known state of each meter, its digital twin; made with the meter';
COMMENT ON COLUMN flows.meter_shadows.balance IS 'GBP held by a prepay meter, may be negative';
COMMENT ON COLUMN flows.meter_shadows.import_a IS 'kWh, cumulative; three-phase: the total of all phases';

CREATE TABLE flows.meter_registers (
    register_id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    element text NOT NULL CHECK (element IN ('A', 'B', 'SINGLE')),
    nature text NOT NULL CHECK (nature IN ('heat', 'power', 'solar')),
    status text DEFAULT 'enabled' NOT NULL CHECK (status IN ('enabled', 'replaced')),
    start_time timestamptz DEFAULT now() NOT NULL,
    end_time timestamptz,
    notes text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    replaced_by uuid REFERENCES flows.meter_registry (id) ON DELETE SET NULL,
    CONSTRAINT meter_registers_check CHECK (end_time > start_time)
);
CREATE INDEX meter_registers_meter_id_idx ON flows.meter_registers (meter_id);
CREATE UNIQUE INDEX meter_registers_one_enabled ON flows.meter_registers (meter_id, element) WHERE (status = 'enabled'::text);
CREATE INDEX meter_registers_replaced_by_idx ON flows.meter_registers (replaced_by);
COMMENT ON COLUMN flows.meter_registers.replaced_by IS 'The meter that took the place of this register''s in its home';

CREATE TABLE flows.circuits (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    type text NOT NULL CHECK (type IN ('heat', 'power', 'solar')),
    name text,
    esco uuid REFERENCES flows.escos (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX circuits_esco_idx ON flows.circuits (esco);
COMMENT ON TABLE flows.circuits IS 'A named use that one or more registers measure over time';
COMMENT ON COLUMN flows.circuits.esco IS 'Where it is not given: the community of its first register';

CREATE TABLE flows.circuit_register (
    circuit uuid NOT NULL REFERENCES flows.circuits (id) ON DELETE CASCADE,
    register uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    start_time timestamptz DEFAULT now() NOT NULL,
    end_time timestamptz,
    notes text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (circuit, register, start_time),
    CONSTRAINT circuit_register_check CHECK (end_time > start_time)
);
CREATE INDEX circuit_register_register_idx ON flows.circuit_register (register);

CREATE TABLE flows.meter_tophat_registry (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    meter uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    serial text,
    emnify_id integer UNIQUE,
    ip_address inet UNIQUE,
    iccid text UNIQUE,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX meter_tophat_registry_meter_idx ON flows.meter_tophat_registry (meter);
COMMENT ON TABLE flows.meter_tophat_registry IS 'Communication modules fitted on top of meters';

CREATE TABLE flows.meter_metrics (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    name text NOT NULL UNIQUE,
    notes text,
    enabled boolean DEFAULT true NOT NULL,
    run_frequency text NOT NULL CHECK (run_frequency IN ('hourly', '12hourly', 'daily')),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
COMMENT ON TABLE flows.meter_metrics IS 'What is read from every meter, and how often';

CREATE TABLE flows.meter_sync_status (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    metric text NOT NULL,
    last_attempt_at timestamptz NOT NULL,
    last_success_at timestamptz,
    last_error text,
    last_error_at timestamptz,
    consecutive_failures integer DEFAULT 0 NOT NULL,
    duration_ms integer NOT NULL,
    readings integer DEFAULT 0 NOT NULL,
    PRIMARY KEY (meter_id, metric)
);
COMMENT ON TABLE flows.meter_sync_status IS 'How each metric''s last read of each meter went';
COMMENT ON COLUMN flows.meter_sync_status.readings IS 'Values that the last successful read brought';

CREATE TABLE flows.meter_leases (
    meter_id uuid PRIMARY KEY REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    holder text NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE flows.meter_leases IS 'The one worker that may talk to a meter now';

CREATE TABLE flows.own_meter_metrics (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    name text NOT NULL UNIQUE,
    notes text,
    enabled boolean DEFAULT true NOT NULL,
    run_frequency text NOT NULL CHECK (run_frequency IN ('hourly', '12hourly', 'daily')),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
COMMENT ON TABLE flows.own_meter_metrics IS 'What Flows alone reads from every meter, and how often: names that no other program knows';
