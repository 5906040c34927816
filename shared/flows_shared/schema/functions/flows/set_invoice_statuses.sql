-- By the indexes, an account at a time: a plan made for the empty tables of a first run would read all of them for each.
CREATE OR REPLACE FUNCTION flows.set_invoice_statuses(of_accounts uuid[], at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows SET enable_seqscan = off AS $$
DECLARE
    held uuid[] := of_accounts;
    changed integer;
BEGIN
    IF held IS NULL THEN
        held := ARRAY(SELECT DISTINCT account FROM public.invoices WHERE status NOT IN ('draft', 'void'));
        held := ARRAY(SELECT DISTINCT account FROM flows.judge_invoices(held, at));
    END IF;
    -- Held in order until the transaction ends, so that of two payments at once the second sees both.
    PERFORM FROM public.ledger_accounts
      WHERE account IN (SELECT unnest(held)) AND code = 'receivable' ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.invoices AS invoice SET status = judged.status
      FROM flows.judge_invoices(held, at) AS judged WHERE invoice.id = judged.id;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END
$$;
COMMENT ON FUNCTION flows.set_invoice_statuses(uuid[],timestamp with time zone) IS 'Lets the invoices of these accounts, or all, say whether they are paid, part paid or, at a time that is given, overdue; how many changed';
SELECT flows.allow_execute('flows.set_invoice_statuses(uuid[],timestamp with time zone)', '{flows_billing}');
