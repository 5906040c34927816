-- A draft is sealed when it is issued.
CREATE OR REPLACE FUNCTION flows.seal_issued() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    VALUES ('invoice', NEW.id, NEW.esco, NEW.number, flows.digest(flows.sealed_text(NEW)));
    INSERT INTO flows.seals (kind, subject, esco, name, sha256)
    SELECT 'lines', NEW.id, NEW.esco, NEW.number,
           flows.digest(string_agg(flows.sealed_text(line), '' ORDER BY line.position, line.id))
      FROM public.invoice_lines AS line WHERE line.invoice = NEW.id HAVING count(*) > 0;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.seal_issued()', '{}');
