CREATE OR REPLACE FUNCTION flows.store_estimates(registers uuid[], timestamps timestamptz[], energies numeric[], methods text[]) RETURNS bigint
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
COMMENT ON FUNCTION flows.store_estimates(uuid[],timestamp with time zone[],numeric[],text[]) IS 'Keep estimates where there is no reading; how many are new or other than before';
SELECT flows.allow_execute('flows.store_estimates(uuid[],timestamp with time zone[],numeric[],text[])', '{flows_meter_sync}');
