CREATE OR REPLACE FUNCTION flows.note_changed_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    until date := flows.billed_until();
BEGIN
    -- The sync's own days are of this month: then this is all that it pays.
    IF NOT EXISTS (SELECT FROM changed WHERE day < until) THEN
        RETURN NULL;
    END IF;
    INSERT INTO flows.register_days_changed AS noted (register_id, day)
    SELECT DISTINCT register_id, day
      FROM changed
     WHERE day < until
       -- A register that is deleted takes its days along.
       AND EXISTS (SELECT FROM flows.meter_registers AS register WHERE register.register_id = changed.register_id)
     ORDER BY register_id, day
        ON CONFLICT (register_id, day) DO UPDATE SET changed_at = excluded.changed_at;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_days()', '{}');
