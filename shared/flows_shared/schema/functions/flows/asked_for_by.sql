-- Of several bills of an account, the one of the last days asks for the balance: what is put right before it is part of that.
CREATE OR REPLACE FUNCTION flows.asked_for_by(invoice uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT later.number
      FROM public.invoices AS corrected
      JOIN public.invoices AS later ON later.account = corrected.account AND later.customer = corrected.customer
       AND later.status NOT IN ('draft', 'void') AND later.period_start > corrected.period_start
     WHERE corrected.id = $1
       AND EXISTS (SELECT FROM public.credit_notes AS note WHERE note.replacement = corrected.id)
     ORDER BY later.period_start DESC
     LIMIT 1;
$$;
COMMENT ON FUNCTION flows.asked_for_by(uuid) IS 'The later bill that asks for the balance, where this one takes the place of another; null: it asks itself';
SELECT flows.allow_execute('flows.asked_for_by(uuid)', '{admin,service,reporting,flows_worker}');
