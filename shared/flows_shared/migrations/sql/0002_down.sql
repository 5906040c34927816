-- Takes back 0002_sync.
DO $$ BEGIN END $$;
