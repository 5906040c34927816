-- Takes back 0003_access.
DO $$ BEGIN END $$;
