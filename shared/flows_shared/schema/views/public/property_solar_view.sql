CREATE OR REPLACE VIEW public.property_solar_view WITH (security_invoker) AS
SELECT property.id AS property_id, property.plot, property.description, property.esco, property.site, property.tenure,
       installation.mcs AS solar_mcs, installation.declared_net_capacity AS solar_declared_net_capacity,
       installation.commissioning_date AS solar_commissioning_date,
       account.id AS solar_account_id, account.account_number AS solar_account_number, account.status AS solar_account_status,
       contract.id AS solar_contract_id, contract.type AS solar_contract_type, contract.terms AS solar_contract_terms,
       contract.signed AS solar_signed, contract.effective_date AS solar_contract_effective_date,
       owner.fullname AS solar_owner, owner.email AS solar_owner_email, owner.status AS solar_owner_status,
       owner.updated_at AS solar_owner_updated_at,
       occupier.fullname AS solar_occupier, occupier.email AS solar_occupier_email, occupier.status AS solar_occupier_status,
       occupier.updated_at AS solar_occupier_updated_at
  FROM public.properties AS property
  LEFT JOIN public.solar_installation AS installation ON installation.property = property.id
  LEFT JOIN public.current_accounts AS account ON account.property = property.id AND account.type = 'solar'
  LEFT JOIN public.contracts AS contract ON contract.id = account.current_contract
  LEFT JOIN public.customers AS owner ON owner.id = account.owner
  LEFT JOIN public.customers AS occupier ON occupier.id = account.occupier
 WHERE property.solar_meter IS NOT NULL OR installation.property IS NOT NULL OR account.id IS NOT NULL;
SELECT flows.allow_select('public.property_solar_view', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.property_solar_view TO service;
