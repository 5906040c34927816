CREATE OR REPLACE FUNCTION flows.hold_receivable(of_account uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    receivable uuid;
BEGIN
    INSERT INTO public.ledger_accounts (esco, code, type, name, account)
    SELECT property.esco, code.code, code.type, code.name, account.id
      FROM public.accounts AS account
      JOIN public.properties AS property ON property.id = account.property
      JOIN flows.ledger_codes() AS code ON code.code = 'receivable'
     WHERE account.id = of_account
        ON CONFLICT (esco, code, account) DO NOTHING;
    SELECT id INTO receivable FROM public.ledger_accounts
     WHERE account = of_account AND code = 'receivable' FOR NO KEY UPDATE;
    RETURN (SELECT coalesce(sum(amount_pence), 0) FROM public.ledger_postings WHERE ledger_account = receivable);
END
$$;
COMMENT ON FUNCTION flows.hold_receivable(uuid) IS 'What the account owes, which nothing else changes until the transaction ends';
SELECT flows.allow_execute('flows.hold_receivable(uuid)', '{flows_billing}');
