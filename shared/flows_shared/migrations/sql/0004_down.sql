-- Takes back 0004_billing.
DO $$ BEGIN END $$;
