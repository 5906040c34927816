-- A bill over a half hour that looks wrong, or over half hours that the meter's own count contradicts, waits for a person.
ALTER TABLE flows.escos
    ADD COLUMN hold_spikes boolean NOT NULL DEFAULT true,
    ADD COLUMN hold_read_kwh numeric DEFAULT 1;
SELECT flows.guard_values('flows.escos', '{hold_read_kwh}', 0, 1000000);
COMMENT ON COLUMN flows.escos.hold_spikes IS 'Whether bills over half hours that validation flags as a spike or above the fuse are held';
COMMENT ON COLUMN flows.escos.hold_read_kwh IS 'By how much a register''s reads may differ from its half hours before a bill is held; null: by any';
GRANT UPDATE (hold_spikes, hold_read_kwh) ON flows.escos TO admin;

CREATE TABLE public.bill_holds (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    reason text NOT NULL CHECK (reason IN ('spike', 'reads_differ', 'closing_read_differs')),
    details text NOT NULL,
    release_reason text CHECK (release_reason <> ''),
    released_by text,
    released_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account, month, reason),
    CHECK (num_nonnulls(release_reason, released_by, released_at) IN (0, 3))
);
COMMENT ON TABLE public.bill_holds IS 'Bills that wait for a person: why, and who released them. What is found later, and was not seen then, holds again';
COMMENT ON COLUMN public.bill_holds.release_reason IS 'Set by whoever releases the bill; who and when follow by themselves';

CREATE FUNCTION flows.note_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, flows AS $$
BEGIN
    IF NEW.details <> OLD.details THEN
        NEW.release_reason := NULL;
    END IF;
    IF NEW.release_reason IS NULL THEN
        NEW.released_by := NULL;
        NEW.released_at := NULL;
    ELSIF OLD.release_reason IS DISTINCT FROM NEW.release_reason THEN
        NEW.released_by := flows.actor();
        NEW.released_at := now();
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER note_release BEFORE UPDATE ON public.bill_holds FOR EACH ROW EXECUTE FUNCTION flows.note_release();
REVOKE EXECUTE ON FUNCTION flows.note_release FROM PUBLIC;

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.bill_holds FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();
CREATE TRIGGER audit_insert AFTER INSERT ON public.bill_holds REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('public.bill_holds', 'id');
CREATE TRIGGER audit_update AFTER UPDATE ON public.bill_holds REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('public.bill_holds', 'id');
CREATE TRIGGER audit_delete AFTER DELETE ON public.bill_holds REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('public.bill_holds', 'id');

ALTER TABLE public.bill_holds ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON public.bill_holds TO service, flows_worker USING (true);
CREATE POLICY reporting ON public.bill_holds FOR SELECT TO reporting USING (true);
CREATE POLICY with_parent ON public.bill_holds TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = bill_holds.account));
GRANT SELECT ON public.bill_holds TO admin, service, reporting, flows_worker;
GRANT UPDATE (release_reason) ON public.bill_holds TO admin, service;
GRANT INSERT, UPDATE ON public.bill_holds TO flows_billing;
