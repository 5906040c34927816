CREATE OR REPLACE FUNCTION public.customer_status(customer_id uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH owned AS (
        SELECT property FROM flows.properties_owned_by(customer_id) AS property
    ), own AS (
        SELECT account.* FROM public.accounts AS account JOIN owned ON owned.property = account.property
         UNION
        SELECT account.*
          FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
         WHERE role.customer = customer_id
    ), running AS (
        SELECT * FROM own WHERE status <> 'closed'
    ), facts AS (
        SELECT customer.exiting,
               customer.allow_onboard_transition AS may_onboard,
               customer.confirmed_details_at IS NOT NULL AND customer.has_payment_method AS details_complete,
               EXISTS (SELECT FROM public.users AS login WHERE login.customer = customer.id) AS has_login,
               EXISTS (SELECT FROM own) AND NOT EXISTS (SELECT FROM running) AND NOT EXISTS (SELECT FROM owned) AS has_left,
               EXISTS (SELECT FROM running JOIN public.contracts AS contract ON contract.id = running.current_contract
                        WHERE NOT contract.signed) AS has_unsigned_contract,
               EXISTS (SELECT FROM running
                         JOIN public.properties AS property ON property.id = running.property
                         LEFT JOIN flows.meter_shadows AS shadow ON shadow.id = property.supply_meter
                        WHERE running.type = 'supply' AND shadow.last_healthy_at IS NULL) AS has_unprepared_meter
          FROM public.customers AS customer
         WHERE customer.id = customer_id
    )
    SELECT CASE
               WHEN has_left THEN 'archived'
               WHEN exiting THEN 'exiting'
               WHEN NOT has_login THEN 'pending'
               WHEN NOT may_onboard THEN 'preonboarding'
               WHEN has_unsigned_contract OR NOT details_complete THEN 'onboarding'
               WHEN has_unprepared_meter THEN 'prelive'
               ELSE 'live'
           END
      FROM facts;
$$;
COMMENT ON FUNCTION public.customer_status(uuid) IS 'Where a customer stands, from everything it depends on; the one place that decides';
SELECT flows.allow_execute('public.customer_status(uuid)', '{service,flows_worker}');
