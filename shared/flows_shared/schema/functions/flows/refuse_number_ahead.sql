-- Account numbers are given in order, to all communities: an admin who took those ahead would stop the neighbours' accounts.
CREATE OR REPLACE FUNCTION flows.refuse_number_ahead() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF current_setting('role') = 'admin' AND NEW.account_number > (SELECT last_value FROM account_numbers) THEN
        RAISE check_violation USING
            MESSAGE = format('account number %s is not given out yet', NEW.account_number),
            HINT = 'Leave account_number out: the next one is taken.';
    END IF;
    RETURN NEW;
END
$$;
SELECT flows.allow_execute('flows.refuse_number_ahead()', '{}');
