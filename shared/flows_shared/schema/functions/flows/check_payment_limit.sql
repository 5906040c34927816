-- A gift that is of no account yet is bound by the limit of its customer's community all the same.
CREATE OR REPLACE FUNCTION flows.check_payment_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    most integer;
BEGIN
    SELECT esco.payment_limit_pence INTO most
      FROM flows.escos AS esco
     WHERE esco.id = coalesce((SELECT property.esco FROM accounts AS account
                                 JOIN properties AS property ON property.id = account.property
                                WHERE account.id = NEW.account),
                              (SELECT customer.esco FROM customers AS customer
                                WHERE customer.id = (to_jsonb(NEW) ->> 'customer')::uuid));
    IF NEW.amount_pence > most THEN
        RAISE check_violation USING
            MESSAGE = format('%s pence are more than the community''s limit for a payment, %s pence', NEW.amount_pence, most),
            HINT = 'The limit is payment_limit_pence of the community.';
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.check_payment_limit()', '{}');
