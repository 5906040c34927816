CREATE OR REPLACE VIEW flows.register_intervals WITH (security_invoker) AS
SELECT hh.register_id, hh.timestamp, hh.kwh, false AS estimated,
       coalesce(source.source, 'measured') AS source, source.detail
  FROM flows.register_interval_hh AS hh
  LEFT JOIN flows.register_interval_sources AS source
    ON source.register_id = hh.register_id AND source.timestamp = hh.timestamp
 UNION ALL
SELECT register_id, timestamp, kwh, true, 'estimated', method
  FROM flows.register_interval_estimates;
COMMENT ON VIEW flows.register_intervals IS 'Every half hour with its source: measured, imported, edited or estimated; each once';
SELECT flows.allow_select('flows.register_intervals', '{customer,admin,service,reporting,flows_worker,mediator}');
