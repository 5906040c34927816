-- What provable billing needs: tariff components, VAT statuses, corrections, sharing, reports.
DO $$ BEGIN END $$;
