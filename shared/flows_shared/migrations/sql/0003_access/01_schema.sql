-- What the data API and its access need: API keys, invites, recovery, sessions.
DO $$ BEGIN END $$;
