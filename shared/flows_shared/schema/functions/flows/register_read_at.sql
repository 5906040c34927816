-- The last count before, and the half hours since; or the first one after, and the half hours until then.
CREATE OR REPLACE FUNCTION flows.register_read_at(register uuid, at timestamptz) RETURNS TABLE (read numeric, source text)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT round(counted.read + coalesce(since.kwh, 0), 3),
           CASE WHEN since.measured >= floor(extract(epoch FROM $2 - counted.timestamp) / 1800) THEN 'meter' ELSE 'estimated' END
      FROM (SELECT held.read, held.timestamp FROM flows.register_import AS held
             WHERE held.register_id = $1 AND held.timestamp <= $2 ORDER BY held.timestamp DESC LIMIT 1) AS counted
     CROSS JOIN LATERAL (
           SELECT sum(hh.kwh * least(1, extract(epoch FROM hh.timestamp + interval '30 minutes' - counted.timestamp) / 1800)) AS kwh,
                  count(*) FILTER (WHERE NOT hh.estimated AND hh.timestamp >= counted.timestamp) AS measured
             FROM flows.register_intervals AS hh
            WHERE hh.register_id = $1 AND hh.timestamp > counted.timestamp - interval '30 minutes' AND hh.timestamp < $2) AS since
     UNION ALL
    SELECT greatest(0, round(counted.read - coalesce(until.kwh, 0), 3)),
           CASE WHEN until.measured >= floor(extract(epoch FROM counted.timestamp - $2) / 1800) THEN 'meter' ELSE 'estimated' END
      FROM (SELECT held.read, held.timestamp FROM flows.register_import AS held
             WHERE held.register_id = $1 AND held.timestamp > $2 ORDER BY held.timestamp LIMIT 1) AS counted
     CROSS JOIN LATERAL (
           SELECT sum(hh.kwh * least(1, extract(epoch FROM counted.timestamp - hh.timestamp) / 1800)) AS kwh,
                  count(*) FILTER (WHERE NOT hh.estimated AND hh.timestamp + interval '30 minutes' <= counted.timestamp) AS measured
             FROM flows.register_intervals AS hh
            WHERE hh.register_id = $1 AND hh.timestamp >= $2 AND hh.timestamp < counted.timestamp) AS until
     LIMIT 1;
$$;
COMMENT ON FUNCTION flows.register_read_at(uuid,timestamp with time zone) IS 'What a register had counted in kWh at a time, from its reading next to it and the half hours between; no row: it was never read';
SELECT flows.allow_execute('flows.register_read_at(uuid,timestamp with time zone)', '{admin,service,reporting,flows_worker}');
