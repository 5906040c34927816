CREATE OR REPLACE FUNCTION flows.refresh_customer_status(VARIADIC customer_ids uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    UPDATE public.customers AS customer
       SET status = derived.status
      FROM (SELECT id, public.customer_status(id) AS status FROM unnest(customer_ids) AS id) AS derived
     WHERE customer.id = derived.id AND customer.status IS DISTINCT FROM derived.status;
$$;
SELECT flows.allow_execute('flows.refresh_customer_status(uuid[])', '{}');
