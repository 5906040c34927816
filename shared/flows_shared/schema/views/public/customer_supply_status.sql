CREATE OR REPLACE VIEW public.customer_supply_status WITH (security_invoker) AS
SELECT customer.id AS customer, customer.fullname, customer.email, customer.status, supply.property, property.plot,
       supply.account, account.account_number, account.status AS account_status, supply.meter AS supply_meter, supply.serial,
       shadow.health, shadow.last_healthy_at, meter.prepay_enabled, meter.balance
  FROM public.customers AS customer
  LEFT JOIN public.supply_payers AS supply ON supply.customer = customer.id
  LEFT JOIN public.properties AS property ON property.id = supply.property
  LEFT JOIN public.accounts AS account ON account.id = supply.account
  LEFT JOIN public.meters AS meter ON meter.id = supply.meter
  LEFT JOIN flows.meter_shadows AS shadow ON shadow.id = supply.meter;
SELECT flows.allow_select('public.customer_supply_status', '{customer,admin,service,reporting,flows_worker}');
GRANT DELETE, INSERT, UPDATE ON public.customer_supply_status TO service;
