CREATE OR REPLACE VIEW public.property_supply_view WITH (security_invoker) AS
SELECT property.id AS property_id, property.plot, property.description, property.esco, property.site, property.tenure,
       account.id AS supply_account_id, account.account_number AS supply_account_number, account.status AS supply_account_status,
       contract.id AS supply_contract_id, contract.type AS supply_contract_type, contract.terms AS supply_contract_terms,
       contract.signed AS supply_signed, contract.effective_date AS supply_contract_effective_date,
       owner.fullname AS supply_owner, owner.email AS supply_owner_email, owner.status AS supply_owner_status,
       owner.updated_at AS supply_owner_updated_at,
       occupier.fullname AS supply_occupier, occupier.email AS supply_occupier_email, occupier.status AS supply_occupier_status,
       occupier.updated_at AS supply_occupier_updated_at,
       meter.prepay_enabled AS supply_prepay_enabled, meter.balance AS supply_meter_balance
  FROM public.properties AS property
  LEFT JOIN public.meters AS meter ON meter.id = property.supply_meter
  LEFT JOIN public.current_accounts AS account ON account.property = property.id AND account.type = 'supply'
  LEFT JOIN public.contracts AS contract ON contract.id = account.current_contract
  LEFT JOIN public.customers AS owner ON owner.id = account.owner
  LEFT JOIN public.customers AS occupier ON occupier.id = account.occupier;
SELECT flows.allow_select('public.property_supply_view', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.property_supply_view TO service;
