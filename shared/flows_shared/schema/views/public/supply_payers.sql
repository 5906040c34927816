-- Who pays for a supply: the occupier, or the owner where nobody occupies.
CREATE OR REPLACE VIEW public.supply_payers WITH (security_invoker) AS
SELECT property.id AS property, property.esco, property.supply_meter AS meter, meter.serial, account.id AS account,
       coalesce(account.occupier, account.owner) AS customer,
       CASE WHEN account.occupier IS NULL THEN 'owner' ELSE 'occupier' END AS role
  FROM public.properties AS property
  JOIN public.meters AS meter ON meter.id = property.supply_meter
  JOIN public.current_accounts AS account ON account.property = property.id AND account.type = 'supply'
 WHERE account.status <> 'closed' AND coalesce(account.occupier, account.owner) IS NOT NULL;
SELECT flows.allow_select('public.supply_payers', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.supply_payers TO service;
