-- A half hour that a meter has no reading of is asked for a few times, not every day for as long as it is looked for.
ALTER TABLE flows.register_interval_missing_reasons ADD COLUMN tries integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN flows.register_interval_missing_reasons.tries IS 'How often the meter answered so';
