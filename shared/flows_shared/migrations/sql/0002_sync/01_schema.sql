-- What the complete meter sync needs: commands to meters, the source of every half hour, validation, estimation.
DO $$ BEGIN END $$;
