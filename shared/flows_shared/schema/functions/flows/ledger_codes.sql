-- VAT that a registered exporter charges us is ours to reclaim, and no part of what we charge.
CREATE OR REPLACE FUNCTION flows.ledger_codes() RETURNS TABLE (code text, type text, name text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    VALUES ('receivable', 'asset', 'Owed by the customer'),
           ('sales', 'income', 'Energy sold'),
           ('vat', 'liability', 'VAT charged'),
           ('input_vat', 'asset', 'VAT on energy bought from customers'),
           ('bank', 'asset', 'Money at the bank'),
           ('meter_credit', 'liability', 'Money on prepay meters'),
           ('solar_credits', 'expense', 'Solar credits given'),
           ('gifts', 'expense', 'Gifts given'),
           ('adjustments', 'expense', 'Balances of meters put right'),
           ('bad_debts', 'expense', 'Debts written off');
$$;
COMMENT ON FUNCTION flows.ledger_codes() IS 'A community''s ledger accounts; there is a receivable for each customer account';
SELECT flows.allow_execute('flows.ledger_codes()', '{flows_billing}');
