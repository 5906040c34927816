-- A home's account of each type as it is now, so that a home is one row: the open one, or else the latest.
CREATE OR REPLACE VIEW public.current_accounts WITH (security_invoker) AS
SELECT DISTINCT ON (account.property, account.type)
       account.id, account.property, account.type, account.status, account.account_number, account.current_contract,
       account.start_date, account.end_date,
       (SELECT role.customer FROM public.customer_accounts AS role
         WHERE role.account = account.id AND role.role = 'owner' ORDER BY role.created_at, role.id LIMIT 1) AS owner,
       (SELECT role.customer FROM public.customer_accounts AS role
         WHERE role.account = account.id AND role.role = 'occupier' ORDER BY role.created_at, role.id LIMIT 1) AS occupier
  FROM public.accounts AS account
 ORDER BY account.property, account.type, account.status = 'open' DESC, account.status = 'pending' DESC,
          account.start_date DESC, account.id;
SELECT flows.allow_select('public.current_accounts', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.current_accounts TO service;
