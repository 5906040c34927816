INSERT INTO flows.meter_metrics SELECT * FROM flows.own_meter_metrics ON CONFLICT (name) DO NOTHING;
DROP TABLE flows.own_meter_metrics;
