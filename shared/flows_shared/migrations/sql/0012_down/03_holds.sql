DROP TABLE public.bill_holds;
DROP FUNCTION flows.note_release;
ALTER TABLE flows.escos DROP COLUMN hold_spikes, DROP COLUMN hold_read_kwh;
