CREATE OR REPLACE FUNCTION flows.check_balanced() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    unbalanced record;
BEGIN
    SELECT entry, sum(amount_pence) AS difference INTO unbalanced
      FROM posted GROUP BY entry HAVING sum(amount_pence) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE check_violation USING
            MESSAGE = format('ledger entry %s does not balance: its postings sum to %s pence', unbalanced.entry, unbalanced.difference);
    END IF;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.check_balanced()', '{}');
