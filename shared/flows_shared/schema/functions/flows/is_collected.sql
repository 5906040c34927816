CREATE OR REPLACE FUNCTION flows.is_collected(account uuid, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM public.accounts AS paying
                     JOIN public.direct_debit_mandates AS mandate ON mandate.account = paying.id
                    WHERE paying.id = $1 AND paying.payment_method = 'direct_debit' AND mandate.status = 'active'
                      AND mandate.valid_from <= $2 AND (mandate.valid_to IS NULL OR mandate.valid_to >= $2));
$$;
COMMENT ON FUNCTION flows.is_collected(uuid,date) IS 'Whether what an account owes on a day is collected by Direct Debit';
SELECT flows.allow_execute('flows.is_collected(uuid,date)', '{admin,service,reporting,flows_worker}');
