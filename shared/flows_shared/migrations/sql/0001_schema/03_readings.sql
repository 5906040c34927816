-- What the meters said: histories of the shadow, events, and half-hourly energy.
CREATE TABLE flows.register_import (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    read numeric NOT NULL,
    PRIMARY KEY (register_id, timestamp)
);
COMMENT ON TABLE flows.register_import IS 'Cumulative import in kWh, a row a sync, made when a shadow is updated';
CREATE TABLE flows.register_export (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    read numeric NOT NULL,
    PRIMARY KEY (register_id, timestamp)
);
COMMENT ON TABLE flows.register_export IS 'Cumulative export in kWh, a row a sync, made when a shadow is updated';

CREATE TABLE flows.meter_csq (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    csq smallint,
    PRIMARY KEY (meter_id, timestamp)
);
COMMENT ON COLUMN flows.meter_csq.csq IS 'Signal quality 0..31; null: the meter could not be reached';
CREATE TABLE flows.meter_voltage (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    voltage numeric NOT NULL,
    PRIMARY KEY (meter_id, timestamp)
);
CREATE TABLE flows.meter_3p_voltage (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    voltage_l1 numeric,
    voltage_l2 numeric,
    voltage_l3 numeric,
    PRIMARY KEY (meter_id, timestamp)
);
CREATE TABLE flows.meter_prepay_balance (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    balance numeric NOT NULL,
    PRIMARY KEY (meter_id, timestamp)
);
CREATE TABLE flows.meter_health_history (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    health text NOT NULL,
    health_details text,
    PRIMARY KEY (meter_id, timestamp)
);

CREATE TABLE flows.meter_event_log_type (
    id integer PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE flows.meter_event_log (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    event_type integer NOT NULL,
    event_set integer NOT NULL,
    PRIMARY KEY (meter_id, timestamp, event_type)
);
COMMENT ON COLUMN flows.meter_event_log.event_type IS 'Names in meter_event_log_type; ids without a name are kept as numbers';

-- No foreign key to the register: a check a row would halve the speed of COPY, so a trigger checks a statement at once.
CREATE TABLE flows.register_interval_hh (
    register_id uuid NOT NULL,
    timestamp timestamptz NOT NULL,
    kwh numeric NOT NULL,
    PRIMARY KEY (register_id, timestamp)
) PARTITION BY RANGE (timestamp);
COMMENT ON TABLE flows.register_interval_hh IS 'Half-hourly energy in kWh; timestamp is the start of the half hour';

CREATE TABLE flows.register_interval_daily (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    day date NOT NULL,
    kwh numeric NOT NULL,
    intervals smallint NOT NULL,
    PRIMARY KEY (register_id, day)
);
COMMENT ON TABLE flows.register_interval_daily IS 'Half hours summed by the community''s local day, kept as readings land';
COMMENT ON COLUMN flows.register_interval_daily.intervals IS 'How many half hours the sum holds: 48 when whole, 46 or 50 on the change days';

-- Local days of each time zone in use, so that no query converts a time zone row by row.
CREATE TABLE flows.calendar_days (
    time_zone text NOT NULL,
    day date NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    half_hours smallint NOT NULL,
    PRIMARY KEY (time_zone, day)
);
CREATE TABLE flows.calendar_half_hours (
    time_zone text NOT NULL,
    timestamp timestamptz NOT NULL,
    day date NOT NULL,
    local_time time NOT NULL,
    PRIMARY KEY (time_zone, timestamp)
);

CREATE TABLE flows.meter_sync_status (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    metric text NOT NULL,
    last_attempt_at timestamptz NOT NULL,
    last_success_at timestamptz,
    last_error text,
    last_error_at timestamptz,
    consecutive_failures integer NOT NULL DEFAULT 0,
    duration_ms integer NOT NULL,
    readings integer NOT NULL DEFAULT 0,
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
