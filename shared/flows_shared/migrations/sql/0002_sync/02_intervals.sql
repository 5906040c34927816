-- Half hours beside the measured ones: why one is missing, what is estimated in its place, where a value comes from if a
-- meter's log did not say it, and what looks wrong. `register_interval_hh` stays as it is, and as fast to write.
CREATE TABLE flows.register_interval_missing_reasons (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (register_id, timestamp)
);
COMMENT ON TABLE flows.register_interval_missing_reasons IS 'Half hours that a meter answered for without a reading, and why; gone when a reading comes';

CREATE TABLE flows.register_counts (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    kwh numeric NOT NULL CHECK (kwh >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (register_id, timestamp)
);
COMMENT ON TABLE flows.register_counts IS 'What a register had counted at the ends of a gap in its half hours, in kWh: the energy that the gap holds';

CREATE TABLE flows.register_interval_estimates (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    kwh numeric NOT NULL CHECK (kwh >= 0),
    method text NOT NULL CHECK (method IN ('weekday_profile', 'linear', 'weekday_average')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (register_id, timestamp)
);
COMMENT ON TABLE flows.register_interval_estimates IS 'Energy in kWh of half hours without a reading; gone when a reading comes';

CREATE TABLE flows.register_interval_sources (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    source text NOT NULL CHECK (source IN ('imported', 'edited')),
    detail text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (register_id, timestamp)
);
COMMENT ON TABLE flows.register_interval_sources IS 'Half hours in register_interval_hh that are not as a meter measured them; those without a row here are';
COMMENT ON COLUMN flows.register_interval_sources.detail IS 'The file of an imported value; who edited one, and what it was before';

CREATE TABLE flows.register_interval_flags (
    register_id uuid NOT NULL REFERENCES flows.meter_registers (register_id) ON DELETE CASCADE,
    timestamp timestamptz NOT NULL,
    rule text NOT NULL,
    kwh numeric NOT NULL,
    details text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (register_id, timestamp, rule)
);
COMMENT ON TABLE flows.register_interval_flags IS 'Half hours that validation finds wrong, by rule; of a rule about a span, the first half hour of it';
COMMENT ON COLUMN flows.register_interval_flags.kwh IS 'The value that was found, of the half hour or the span';

CREATE VIEW flows.register_intervals WITH (security_invoker) AS
SELECT hh.register_id, hh.timestamp, hh.kwh, false AS estimated,
       coalesce(source.source, 'measured') AS source, source.detail
  FROM flows.register_interval_hh AS hh
  LEFT JOIN flows.register_interval_sources AS source
    ON source.register_id = hh.register_id AND source.timestamp = hh.timestamp
 UNION ALL
SELECT register_id, timestamp, kwh, true, 'estimated', method
  FROM flows.register_interval_estimates;
COMMENT ON VIEW flows.register_intervals IS 'Every half hour with its source: measured, imported, edited or estimated; each once';

-- What a circuit used: estimates count where there is no reading.
CREATE OR REPLACE VIEW flows.circuit_interval_hh WITH (security_invoker) AS
SELECT link.circuit AS circuit_id, interval_hh.timestamp, sum(interval_hh.kwh) AS kwh
  FROM flows.circuit_register AS link
  JOIN flows.register_intervals AS interval_hh ON interval_hh.register_id = link.register
   AND interval_hh.timestamp >= link.start_time
   AND (link.end_time IS NULL OR interval_hh.timestamp < link.end_time)
 GROUP BY link.circuit, interval_hh.timestamp;

CREATE OR REPLACE VIEW flows.circuit_interval_daily WITH (security_invoker) AS
WITH link AS (
    SELECT circuit_register.circuit, circuit_register.register, circuit_register.start_time,
           coalesce(circuit_register.end_time, 'infinity') AS end_time, esco.time_zone
      FROM flows.circuit_register
      JOIN flows.meter_registers AS register ON register.register_id = circuit_register.register
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
), edge AS (
    SELECT link.*, cut.day,
           cut.day::timestamp AT TIME ZONE time_zone AS starts_at, (cut.day + 1)::timestamp AT TIME ZONE time_zone AS ends_at
      FROM link, LATERAL (SELECT (start_time AT TIME ZONE time_zone)::date AS day
                           UNION
                          SELECT (end_time AT TIME ZONE time_zone)::date WHERE end_time < 'infinity') AS cut
)
SELECT circuit_id, day, sum(kwh) AS kwh
  FROM (SELECT link.circuit AS circuit_id, daily.day, daily.kwh
          FROM link
          JOIN flows.register_interval_daily AS daily ON daily.register_id = link.register
           AND daily.day::timestamp AT TIME ZONE link.time_zone >= link.start_time
           AND (daily.day + 1)::timestamp AT TIME ZONE link.time_zone <= link.end_time
         UNION ALL
        SELECT edge.circuit, edge.day, hh.kwh
          FROM edge
          JOIN flows.register_interval_hh AS hh ON hh.register_id = edge.register
           AND hh.timestamp >= greatest(edge.starts_at, edge.start_time)
           AND hh.timestamp < least(edge.ends_at, edge.end_time)
         WHERE edge.start_time > edge.starts_at OR edge.end_time < edge.ends_at
         UNION ALL
        SELECT link.circuit, (estimate.timestamp AT TIME ZONE link.time_zone)::date, estimate.kwh
          FROM link
          JOIN flows.register_interval_estimates AS estimate ON estimate.register_id = link.register
           AND estimate.timestamp >= link.start_time AND estimate.timestamp < link.end_time) AS part
 GROUP BY circuit_id, day;

-- Whoever writes readings or estimates of a register locks it first, or as its last step: so the second of two sees what
-- the first has written, and no estimate stays beside a reading. Few rows are looked up by key in the many of the readings.
CREATE FUNCTION flows.supersede_missing(registers uuid[], since timestamptz, until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    SELECT FROM flows.meter_registers WHERE register_id = ANY(registers) ORDER BY register_id FOR NO KEY UPDATE;

    DELETE FROM flows.register_interval_estimates AS estimate
     WHERE estimate.register_id = ANY(registers) AND estimate.timestamp >= since AND estimate.timestamp < until
       AND EXISTS (SELECT FROM flows.register_interval_hh AS hh
                    WHERE hh.register_id = estimate.register_id AND hh.timestamp = estimate.timestamp
                      AND hh.timestamp >= since AND hh.timestamp < until);

    DELETE FROM flows.register_interval_missing_reasons AS missing
     WHERE missing.register_id = ANY(registers) AND missing.timestamp >= since AND missing.timestamp < until
       AND EXISTS (SELECT FROM flows.register_interval_hh AS hh
                    WHERE hh.register_id = missing.register_id AND hh.timestamp = missing.timestamp
                      AND hh.timestamp >= since AND hh.timestamp < until);
$$;
COMMENT ON FUNCTION flows.supersede_missing IS 'Drop the estimates and reasons of half hours in [since, until) of which there is a reading now';

CREATE FUNCTION flows.store_estimates(registers uuid[], timestamps timestamptz[], energies numeric[], methods text[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    SELECT FROM flows.meter_registers WHERE register_id = ANY(registers) ORDER BY register_id FOR NO KEY UPDATE;

    WITH stored AS (
        INSERT INTO flows.register_interval_estimates AS held (register_id, timestamp, kwh, method)
        SELECT register_id, timestamp, kwh, method
          FROM ROWS FROM (unnest(registers), unnest(timestamps), unnest(energies), unnest(methods))
            AS estimate (register_id, timestamp, kwh, method)
         WHERE NOT EXISTS (SELECT FROM flows.register_interval_hh AS hh
                            WHERE hh.register_id = estimate.register_id AND hh.timestamp = estimate.timestamp)
            ON CONFLICT (register_id, timestamp) DO UPDATE SET kwh = excluded.kwh, method = excluded.method
         WHERE (held.kwh, held.method) <> (excluded.kwh, excluded.method)
        RETURNING 1
    )
    SELECT count(*) FROM stored;
$$;
COMMENT ON FUNCTION flows.store_estimates IS 'Keep estimates where there is no reading; how many are new or other than before';

-- Other writers than meter-sync write the parent table, and are followed there.
CREATE FUNCTION flows.follow_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    PERFORM flows.supersede_missing(array_agg(DISTINCT register_id), min(timestamp), max(timestamp) + interval '1 microsecond')
       FROM changed HAVING count(*) > 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER supersede_missing_inserted AFTER INSERT ON flows.register_interval_hh
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_readings();
CREATE TRIGGER supersede_missing_updated AFTER UPDATE ON flows.register_interval_hh
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_readings();

CREATE FUNCTION flows.note_edited_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.audit_log (actor, role, action, table_name, row_id, before, after)
    SELECT flows.actor(), coalesce(flows.claims() ->> 'role', session_user), 'update', 'flows.register_interval_hh',
           format('%s,%s', register_id, to_jsonb(edited.timestamp) #>> '{}'), to_jsonb(previous), to_jsonb(edited)
      FROM old_rows AS previous JOIN new_rows AS edited USING (register_id, timestamp)
     WHERE previous.kwh <> edited.kwh;

    INSERT INTO flows.register_interval_sources (register_id, timestamp, source, detail)
    SELECT register_id, timestamp, 'edited', format('by %s, was %s kWh', flows.actor(), previous.kwh)
      FROM old_rows AS previous JOIN new_rows AS edited USING (register_id, timestamp)
     WHERE previous.kwh <> edited.kwh
        ON CONFLICT (register_id, timestamp) DO UPDATE SET source = excluded.source, detail = excluded.detail;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_edited_readings AFTER UPDATE ON flows.register_interval_hh
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.note_edited_readings();

CREATE FUNCTION flows.forget_deleted_readings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    DELETE FROM flows.register_interval_sources AS source
     USING old_rows
     WHERE source.register_id = old_rows.register_id AND source.timestamp = old_rows.timestamp;
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_deleted_readings AFTER DELETE ON flows.register_interval_hh
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.forget_deleted_readings();

-- A new meter in a home: its registers go on in the circuits where the old ones end. The half hour of the exchange is the
-- old register's, as the new one's first whole half hour begins after it.
CREATE FUNCTION flows.exchange_meter(old_meter uuid, new_meter uuid, exchanged_at timestamptz) RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
DECLARE
    ended record;
    follower uuid;
    next_half_hour timestamptz := to_timestamp(ceil(extract(epoch FROM exchanged_at) / 1800) * 1800);
BEGIN
    IF NOT EXISTS (SELECT FROM flows.meter_registers
                    WHERE meter_id = old_meter AND status = 'enabled' AND start_time < exchanged_at) THEN
        RAISE no_data_found USING MESSAGE = format('meter %s has no enabled register that began before %s', old_meter, exchanged_at);
    END IF;
    FOR ended IN
        UPDATE flows.meter_registers SET status = 'replaced', end_time = next_half_hour
         WHERE meter_id = old_meter AND status = 'enabled' AND start_time < exchanged_at
        RETURNING register_id, element, nature
    LOOP
        INSERT INTO flows.meter_registers (meter_id, element, nature, start_time, notes)
        VALUES (new_meter, ended.element, ended.nature, next_half_hour, format('follows register %s', ended.register_id))
        RETURNING register_id INTO follower;
        WITH closed AS (
            UPDATE flows.circuit_register SET end_time = next_half_hour
             WHERE register = ended.register_id AND coalesce(end_time, 'infinity') > next_half_hour AND start_time < next_half_hour
            RETURNING circuit
        )
        INSERT INTO flows.circuit_register (circuit, register, start_time)
        SELECT circuit, follower, next_half_hour FROM closed;
        RETURN NEXT follower;
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.exchange_meter IS 'End the registers of a meter and go on with those of another, in the same circuits; the ids of the new registers';

DO $$
DECLARE
    added text;
BEGIN
    FOREACH added IN ARRAY ARRAY['register_interval_missing_reasons', 'register_counts', 'register_interval_estimates',
                                 'register_interval_sources', 'register_interval_flags'] LOOP
        EXECUTE format('CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.%I
                        FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at()', added);
        EXECUTE format('ALTER TABLE flows.%I ENABLE ROW LEVEL SECURITY', added);
        EXECUTE format('CREATE POLICY workers ON flows.%I TO service, flows_worker USING (true)', added);
        EXECUTE format('CREATE POLICY reporting ON flows.%I FOR SELECT TO reporting USING (true)', added);
        EXECUTE format('CREATE POLICY own ON flows.%1$I TO customer
                        USING (register_id = ANY((SELECT flows.own_ever())::uuid[])
                               AND EXISTS (SELECT FROM unnest((SELECT flows.own_times())) AS own
                                            WHERE own.id = %1$I.register_id AND own.times @> timestamp))', added);
        EXECUTE format('CREATE POLICY with_parent ON flows.%1$I TO admin
                        USING (EXISTS (SELECT FROM flows.meter_registers AS parent
                                        WHERE parent.register_id = %1$I.register_id))', added);
        EXECUTE format('GRANT SELECT ON flows.%I TO customer, admin, service, reporting, flows_worker', added);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON flows.%I TO service, flows_meter_sync', added);
    END LOOP;
END
$$;
GRANT SELECT ON flows.register_intervals TO customer, admin, service, reporting, flows_worker;
REVOKE EXECUTE ON FUNCTION flows.supersede_missing, flows.store_estimates, flows.follow_readings, flows.note_edited_readings,
    flows.forget_deleted_readings, flows.exchange_meter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION flows.supersede_missing, flows.store_estimates TO flows_meter_sync;
GRANT EXECUTE ON FUNCTION flows.exchange_meter TO admin, service;
