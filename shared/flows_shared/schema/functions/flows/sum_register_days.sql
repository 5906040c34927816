CREATE OR REPLACE FUNCTION flows.sum_register_days(touched flows.register_interval_daily[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    -- Two writers of one day sum it one after the other, so that the second sees what the first has written.
    SELECT FROM flows.meter_registers
     WHERE register_id = ANY(ARRAY(SELECT register_id FROM unnest(touched)))
     ORDER BY register_id FOR NO KEY UPDATE;

    DELETE FROM flows.register_interval_daily AS daily
     USING unnest(touched) AS t
     WHERE daily.register_id = t.register_id AND daily.day = t.day;

    -- By a look-up for each day: joined, every half hour of a register is held against each of its days.
    INSERT INTO flows.register_interval_daily (register_id, day, kwh, intervals)
    SELECT t.register_id, t.day, sums.kwh, sums.intervals
      FROM (SELECT DISTINCT register_id, day FROM unnest(touched)) AS t
      JOIN flows.meter_registers AS register ON register.register_id = t.register_id
      JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
      JOIN flows.escos AS esco ON esco.id = meter.esco
     CROSS JOIN LATERAL (SELECT sum(hh.kwh) AS kwh, count(*) AS intervals
                           FROM flows.register_interval_hh AS hh
                          WHERE hh.register_id = t.register_id
                            AND hh.timestamp >= flows.local_midnight(t.day, esco.time_zone)
                            AND hh.timestamp < flows.local_midnight(t.day + 1, esco.time_zone)) AS sums
     WHERE sums.intervals > 0;
$$;
COMMENT ON FUNCTION flows.sum_register_days(flows.register_interval_daily[]) IS 'Sum the days named (register_id and day count) anew from their half hours';
SELECT flows.allow_execute('flows.sum_register_days(flows.register_interval_daily[])', '{flows_meter_sync}');
