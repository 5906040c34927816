CREATE TABLE flows.register_import (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    read numeric NOT NULL CONSTRAINT read_from_0_to_1000000000 CHECK ((read >= (0)::numeric) AND (read <= (1000000000)::numeric)),
    PRIMARY KEY (register_id, "timestamp")
);
COMMENT ON TABLE flows.register_import IS 'Cumulative import in kWh, a row a sync, made when a shadow is updated';

CREATE TABLE flows.register_export (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    read numeric NOT NULL CONSTRAINT read_from_0_to_1000000000 CHECK ((read >= (0)::numeric) AND (read <= (1000000000)::numeric)),
    PRIMARY KEY (register_id, "timestamp")
);
COMMENT ON TABLE flows.register_export IS 'Cumulative export in kWh, a row a sync, made when a shadow is updated';

CREATE TABLE flows.meter_csq (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    csq smallint,
    PRIMARY KEY (meter_id, "timestamp")
);
COMMENT ON COLUMN flows.meter_csq.csq IS 'Signal quality 0..31; null: the meter could not be reached';

CREATE TABLE flows.meter_voltage (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    voltage numeric NOT NULL,
    PRIMARY KEY (meter_id, "timestamp")
);

CREATE TABLE flows.meter_3p_voltage (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    voltage_l1 numeric,
    voltage_l2 numeric,
    voltage_l3 numeric,
    PRIMARY KEY (meter_id, "timestamp")
);

CREATE TABLE flows.meter_prepay_balance (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    balance numeric NOT NULL,
    PRIMARY KEY (meter_id, "timestamp")
);

CREATE TABLE flows.meter_health_history (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    health text NOT NULL,
    health_details text,
    PRIMARY KEY (meter_id, "timestamp")
);

CREATE TABLE flows.meter_event_log_type (
    id integer PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE flows.meter_event_log (
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    event_type integer NOT NULL,
    event_set integer NOT NULL,
    PRIMARY KEY (meter_id, "timestamp", event_type)
);
COMMENT ON COLUMN flows.meter_event_log.event_type IS 'Names in meter_event_log_type; ids without a name are kept as numbers';

CREATE TABLE flows.register_interval_hh (
    register_id uuid NOT NULL,
    "timestamp" timestamptz NOT NULL,
    kwh numeric NOT NULL CONSTRAINT kwh_from_0_to_10000 CHECK ((kwh >= (0)::numeric) AND (kwh <= (10000)::numeric)),
    PRIMARY KEY (register_id, "timestamp"),
    CONSTRAINT timestamp_is_a_half_hour CHECK ((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", timestamptz '2000-01-01 00:00:00+00') = "timestamp")) OR flows.refuse_off_the_clock("timestamp"))
) PARTITION BY RANGE ("timestamp");
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
    "timestamp" timestamptz NOT NULL,
    day date NOT NULL,
    local_time time without time zone NOT NULL,
    PRIMARY KEY (time_zone, "timestamp")
);

CREATE TABLE flows.register_interval_missing_reasons (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    reason text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    tries integer DEFAULT 1 NOT NULL,
    PRIMARY KEY (register_id, "timestamp"),
    CONSTRAINT timestamp_is_a_half_hour CHECK ((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", timestamptz '2000-01-01 00:00:00+00') = "timestamp")) OR flows.refuse_off_the_clock("timestamp"))
);
COMMENT ON TABLE flows.register_interval_missing_reasons IS 'Half hours that a meter answered for without a reading, and why; gone when a reading comes';
COMMENT ON COLUMN flows.register_interval_missing_reasons.tries IS 'How often the meter answered so';

CREATE TABLE flows.register_counts (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    kwh numeric NOT NULL CHECK (kwh >= (0)::numeric) CONSTRAINT kwh_from_0_to_1000000000 CHECK ((kwh >= (0)::numeric) AND (kwh <= (1000000000)::numeric)),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (register_id, "timestamp")
);
COMMENT ON TABLE flows.register_counts IS 'What a register had counted at the ends of a gap in its half hours, in kWh: the energy that the gap holds';

CREATE TABLE flows.register_interval_estimates (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    kwh numeric NOT NULL CHECK (kwh >= (0)::numeric) CONSTRAINT kwh_from_0_to_10000 CHECK ((kwh >= (0)::numeric) AND (kwh <= (10000)::numeric)),
    method text NOT NULL CHECK (method IN ('weekday_profile', 'linear', 'weekday_average')),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (register_id, "timestamp"),
    CONSTRAINT timestamp_is_a_half_hour CHECK ((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", timestamptz '2000-01-01 00:00:00+00') = "timestamp")) OR flows.refuse_off_the_clock("timestamp"))
);
COMMENT ON TABLE flows.register_interval_estimates IS 'Energy in kWh of half hours without a reading; gone when a reading comes';

CREATE TABLE flows.register_interval_sources (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    source text NOT NULL CHECK (source IN ('imported', 'edited')),
    detail text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (register_id, "timestamp"),
    CONSTRAINT timestamp_is_a_half_hour CHECK ((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", timestamptz '2000-01-01 00:00:00+00') = "timestamp")) OR flows.refuse_off_the_clock("timestamp"))
);
COMMENT ON TABLE flows.register_interval_sources IS 'Half hours in register_interval_hh that are not as a meter measured them; those without a row here are';
COMMENT ON COLUMN flows.register_interval_sources.detail IS 'The file of an imported value; who edited one, and what it was before';

CREATE TABLE flows.register_interval_flags (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    "timestamp" timestamptz NOT NULL,
    rule text NOT NULL,
    kwh numeric NOT NULL,
    details text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (register_id, "timestamp", rule),
    CONSTRAINT timestamp_is_a_half_hour CHECK ((isfinite("timestamp") AND (date_bin('00:30:00'::interval, "timestamp", timestamptz '2000-01-01 00:00:00+00') = "timestamp")) OR flows.refuse_off_the_clock("timestamp"))
);
COMMENT ON TABLE flows.register_interval_flags IS 'Half hours that validation finds wrong, by rule; of a rule about a span, the first half hour of it';
COMMENT ON COLUMN flows.register_interval_flags.kwh IS 'The value that was found, of the half hour or the span';

CREATE TABLE flows.calendar_bands (
    profile uuid NOT NULL,
    "timestamp" timestamptz NOT NULL,
    day date NOT NULL,
    band text NOT NULL,
    PRIMARY KEY (profile, "timestamp")
);
COMMENT ON TABLE flows.calendar_bands IS 'Local day and band of every half hour, filled from a profile''s rules by whole months';

CREATE TABLE flows.register_interval_bands (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    profile uuid NOT NULL,
    day date NOT NULL,
    band text NOT NULL,
    kwh numeric NOT NULL,
    intervals smallint NOT NULL,
    PRIMARY KEY (register_id, profile, day, band)
);
CREATE INDEX register_interval_bands_profile_idx ON flows.register_interval_bands (profile);
COMMENT ON TABLE flows.register_interval_bands IS 'Half hours summed by local day and band; a day goes when its half hours change, and is summed again';

CREATE TABLE flows.register_days_changed (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    day date NOT NULL,
    changed_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (register_id, day)
);
COMMENT ON TABLE flows.register_days_changed IS 'Days whose half hours or estimates changed when they may have been billed; gone when no bill differs from them';

CREATE TABLE flows.holiday_calendars (
    country text PRIMARY KEY,
    parts text[] NOT NULL
);
COMMENT ON TABLE flows.holiday_calendars IS 'Whose public holidays are known: countries and their parts, as the Python package holidays has them';
