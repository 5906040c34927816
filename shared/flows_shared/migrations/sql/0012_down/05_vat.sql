ALTER TABLE public.invoice_lines DROP COLUMN basis;

CREATE OR REPLACE FUNCTION flows.ledger_codes() RETURNS TABLE (code text, type text, name text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    VALUES ('receivable', 'asset', 'Owed by the customer'),
           ('sales', 'income', 'Energy sold'),
           ('vat', 'liability', 'VAT charged'),
           ('bank', 'asset', 'Money at the bank'),
           ('meter_credit', 'liability', 'Money on prepay meters'),
           ('solar_credits', 'expense', 'Solar credits given'),
           ('gifts', 'expense', 'Gifts given'),
           ('adjustments', 'expense', 'Balances of meters put right'),
           ('bad_debts', 'expense', 'Debts written off');
$$;
