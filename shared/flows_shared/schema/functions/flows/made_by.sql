-- The audit log holds secrets; of gifts and top-ups it alone knows who made them.
CREATE OR REPLACE FUNCTION flows.made_by(of_table text, of_row uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
    SELECT actor FROM flows.audit_log
     WHERE table_name = of_table AND row_id = of_row::text AND action = 'insert' ORDER BY id LIMIT 1;
$$;
SELECT flows.allow_execute('flows.made_by(text,uuid)', '{flows_billing}');
