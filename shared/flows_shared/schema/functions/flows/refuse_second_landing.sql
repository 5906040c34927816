CREATE OR REPLACE FUNCTION flows.refuse_second_landing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    IF EXISTS (SELECT FROM public.topups_gifts AS topup JOIN public.gifts AS gift ON gift.id = topup.gift_id
                WHERE gift.account IS NOT NULL
                  AND gift.id = ANY(ARRAY[to_jsonb(NEW) ->> 'id', to_jsonb(NEW) ->> 'gift_id']::uuid[])) THEN
        RAISE restrict_violation USING MESSAGE = 'a gift lands on an account or becomes a top-up, not both';
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.refuse_second_landing()', '{}');
