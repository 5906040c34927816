-- What is installed where: communities, their network and their meters.
CREATE TABLE flows.regions (
    code text PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE flows.regions IS 'Electricity distribution regions of Great Britain, by the letter of their grid supply point group';

CREATE TABLE flows.escos (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    name text NOT NULL,
    code text NOT NULL UNIQUE CHECK (code <> ''),
    app_url text,
    region text REFERENCES flows.regions (code),
    time_zone text NOT NULL DEFAULT 'Europe/London',
    vat_rate numeric(5, 4) NOT NULL DEFAULT 0.05 CHECK (vat_rate >= 0 AND vat_rate < 1),
    vat_number text,
    address text,
    payment_days smallint NOT NULL DEFAULT 14 CHECK (payment_days BETWEEN 0 AND 90)
);
CREATE INDEX ON flows.escos (region);
COMMENT ON TABLE flows.escos IS 'Energy service companies: the tenants everything else belongs to';
COMMENT ON COLUMN flows.escos.payment_days IS 'Days between an invoice''s issue and its due date';

CREATE TABLE flows.sites_new (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    code text NOT NULL,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (esco, code)
);
COMMENT ON TABLE flows.sites_new IS 'Meters behind one boundary settlement meter';

CREATE TABLE flows.properties (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    plot text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE flows.properties IS 'Homes and units as the network knows them; kept in step with public.properties';

CREATE TABLE flows.feeder_registry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON flows.feeder_registry (esco);

CREATE TABLE flows.service_head_registry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    feeder uuid REFERENCES flows.feeder_registry (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    phase smallint CHECK (phase BETWEEN 1 AND 3),
    fuse_rating integer,
    type text CHECK (type IN ('customer_owned', 'network_owned'))
);
CREATE INDEX ON flows.service_head_registry (feeder);

CREATE TABLE flows.properties_service_head (
    property uuid NOT NULL REFERENCES flows.properties (id) ON DELETE CASCADE,
    service_head uuid NOT NULL REFERENCES flows.service_head_registry (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (property, service_head)
);
CREATE INDEX ON flows.properties_service_head (service_head);

CREATE TABLE flows.meter_registry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    serial text NOT NULL UNIQUE CHECK (serial <> ''),
    name text,
    ip_address inet,
    port integer NOT NULL DEFAULT 8080 CHECK (port BETWEEN 1 AND 65535),
    hardware text,
    firmware_version text,
    mode text NOT NULL DEFAULT 'active' CHECK (mode IN ('active', 'passive')),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    site uuid REFERENCES flows.sites_new (id),
    prepay_enabled boolean NOT NULL DEFAULT false,
    daylight_savings_correction_enabled boolean,
    single_meter_app boolean NOT NULL DEFAULT false,
    emnify_id integer UNIQUE,
    iccid text UNIQUE,
    installation_status text NOT NULL DEFAULT 'enabled' CHECK (installation_status IN ('enabled', 'disabled', 'deleted')),
    commissioned_iso_week_date text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON flows.meter_registry (esco);
CREATE INDEX ON flows.meter_registry (site);
CREATE UNIQUE INDEX meter_registry_endpoint ON flows.meter_registry (ip_address, port);
COMMENT ON COLUMN flows.meter_registry.mode IS 'active: synced from hardware; passive: from another Flows database';

CREATE TABLE flows.service_head_meter (
    service_head uuid NOT NULL REFERENCES flows.service_head_registry (id) ON DELETE CASCADE,
    meter uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (service_head, meter)
);
CREATE INDEX ON flows.service_head_meter (meter);

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
    csq smallint CHECK (csq BETWEEN 0 AND 31),
    clock_time_diff_seconds integer,
    clock_time_diff_synced_at timestamptz,
    health text NOT NULL DEFAULT 'unhealthy' CHECK (health IN ('healthy', 'unhealthy')),
    health_details text,
    last_healthy_at timestamptz,
    tariffs_active jsonb,
    tariffs_future jsonb,
    backlight text,
    load_switch text,
    emnify_connectivity_status text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE flows.meter_shadows IS 'Last known state of each meter, its digital twin; made with the meter';
COMMENT ON COLUMN flows.meter_shadows.balance IS 'GBP held by a prepay meter, may be negative';
COMMENT ON COLUMN flows.meter_shadows.import_a IS 'kWh, cumulative; three-phase: the total of all phases';

CREATE TABLE flows.meter_registers (
    register_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    element text NOT NULL CHECK (element IN ('A', 'B', 'SINGLE')),
    nature text NOT NULL CHECK (nature IN ('heat', 'power', 'solar')),
    status text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'replaced')),
    start_time timestamptz NOT NULL DEFAULT now(),
    end_time timestamptz CHECK (end_time > start_time),
    notes text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX meter_registers_one_enabled ON flows.meter_registers (meter_id, element) WHERE status = 'enabled';
CREATE INDEX ON flows.meter_registers (meter_id);

CREATE TABLE flows.circuits (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    type text NOT NULL CHECK (type IN ('heat', 'power', 'solar')),
    name text,
    esco uuid REFERENCES flows.escos (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON flows.circuits (esco);
COMMENT ON COLUMN flows.circuits.esco IS 'Where it is not given: the community of its first register';
COMMENT ON TABLE flows.circuits IS 'A named use that one or more registers measure over time';

CREATE TABLE flows.circuit_register (
    circuit uuid NOT NULL REFERENCES flows.circuits (id) ON DELETE CASCADE,
    register uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    start_time timestamptz NOT NULL DEFAULT now(),
    end_time timestamptz CHECK (end_time > start_time),
    notes text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (circuit, register, start_time)
);
CREATE INDEX ON flows.circuit_register (register);

CREATE TABLE flows.ev_chargers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    serial text NOT NULL UNIQUE,
    pin text,
    position text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON flows.ev_chargers (esco);

CREATE TABLE flows.meter_tophat_registry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    meter uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    serial text,
    emnify_id integer UNIQUE,
    ip_address inet UNIQUE,
    iccid text UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON flows.meter_tophat_registry (meter);
COMMENT ON TABLE flows.meter_tophat_registry IS 'Communication modules fitted on top of meters';

CREATE TABLE flows.meter_metrics (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    notes text,
    enabled boolean NOT NULL DEFAULT true,
    run_frequency text NOT NULL CHECK (run_frequency IN ('hourly', '12hourly', 'daily')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE flows.meter_metrics IS 'What is read from every meter, and how often';
