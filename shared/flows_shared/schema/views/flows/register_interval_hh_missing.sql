CREATE OR REPLACE VIEW flows.register_interval_hh_missing WITH (security_invoker) AS
SELECT day.register_id, day.day AS date, day.expected, coalesce(daily.intervals, 0) AS found,
       day.expected - coalesce(daily.intervals, 0) AS missing
  FROM (SELECT register.register_id, calendar.day,
               (ceil(extract(epoch FROM least(calendar.ends_at, register.end_time)) / 1800)
                - ceil(extract(epoch FROM greatest(calendar.starts_at, register.start_time)) / 1800))::integer AS expected
          FROM flows.meter_registers AS register
          JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
          JOIN flows.escos AS esco ON esco.id = meter.esco
          JOIN flows.calendar_days AS calendar ON calendar.time_zone = esco.time_zone
           AND calendar.ends_at > register.start_time
           AND calendar.starts_at < coalesce(register.end_time, 'infinity')
           AND calendar.ends_at <= now()) AS day
  LEFT JOIN flows.register_interval_daily AS daily ON daily.register_id = day.register_id AND daily.day = day.day
 WHERE day.expected > coalesce(daily.intervals, 0);
COMMENT ON VIEW flows.register_interval_hh_missing IS 'Whole local days of a register in which half hours are missing';
SELECT flows.allow_select('flows.register_interval_hh_missing', '{customer,admin,service,reporting,flows_worker,mediator}');
GRANT DELETE, INSERT, UPDATE ON flows.register_interval_hh_missing TO service;
