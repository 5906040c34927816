-- A community that gets another zone has other days: half hours at the ends of months would be on two bills, or on none.
-- Bills whose days begin or end at another instant now are listed for correction.
CREATE OR REPLACE FUNCTION flows.note_changed_zone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = OLD.time_zone) THEN
        RETURN NULL;  -- in a zone that nobody knows nothing was billed
    END IF;
    PERFORM flows.note_stale(array_agg(invoice.id), 'days')
       FROM public.invoices AS invoice
      WHERE invoice.esco = NEW.id
        AND (flows.local_midnight(invoice.period_start, OLD.time_zone), flows.local_midnight(invoice.period_end, OLD.time_zone))
            <> (flows.local_midnight(invoice.period_start, NEW.time_zone), flows.local_midnight(invoice.period_end, NEW.time_zone))
     HAVING count(*) > 0;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.note_changed_zone()', '{}');
