-- Takes back 0006_corrections. A price that was corrected has two versions of one day: then it stops here.
DROP VIEW public.corrections_due;
DO $$
DECLARE
    noted record;
BEGIN
    FOR noted IN
        SELECT tgname, tgrelid::regclass AS place FROM pg_trigger WHERE tgname LIKE 'note\_changes\_%' AND NOT tgisinternal
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', noted.tgname, noted.place);
    END LOOP;
END
$$;
DROP FUNCTION flows.note_changed_days, flows.note_changed_estimates, flows.note_changed_tariff, flows.note_changed_vat,
    flows.note_changed_payer, flows.note_changed_account, flows.note_changed_supplier, flows.note_stale, flows.billed_until,
    public.consumption_age_days, public.correct_tariff;
DROP TABLE flows.register_days_changed, public.stale_invoices, public.closing_reads, public.account_closings,
    public.account_suppliers, public.back_bill_exceptions;
ALTER TABLE flows.escos DROP COLUMN back_bill_months;

DELETE FROM public.documents WHERE invoice IS NULL;
DROP POLICY with_credit_note ON public.documents;
ALTER TABLE public.documents DROP COLUMN credit_note, ALTER COLUMN invoice SET NOT NULL;
ALTER TABLE public.messages DROP COLUMN credit_note;
DROP TABLE public.credit_notes;
ALTER TABLE public.invoice_series DROP COLUMN last_credit_note;

CREATE OR REPLACE VIEW public.supply_tariffs WITH (security_invoker) AS
SELECT supply.meter, supply.serial, supply.esco, supply.customer, tariff.period_start, tariff.computed_unit_rate,
       coalesce(tariff.computed_unit_rate_b, tariff.computed_unit_rate) AS computed_unit_rate_b,
       tariff.computed_standing_charge
  FROM public.supply_payers AS supply
  JOIN LATERAL (
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
         FROM public.customer_tariffs WHERE customer = supply.customer
        UNION ALL
       SELECT period_start, computed_unit_rate, computed_unit_rate_b, computed_standing_charge
         FROM public.microgrid_tariffs AS community
        WHERE esco = supply.esco
          AND NOT EXISTS (SELECT FROM public.customer_tariffs AS own
                           WHERE own.customer = supply.customer AND own.period_start <= community.period_start)) AS tariff ON true;
DO $$
BEGIN
    EXECUTE replace(replace(pg_get_functiondef('public.prepare_tariffs'::regproc), ' WHERE superseded_by IS NULL', ''),
                    'AND earlier.superseded_by IS NULL ', '');
    EXECUTE replace(pg_get_functiondef('public.meters_missing_future_tariffs'::regproc), ' AND tariff.superseded_by IS NULL', '');
    EXECUTE replace(replace(pg_get_functiondef('flows.refuse_used_tariff'::regproc), ', ''superseded_by''', ''),
                    ', or correct this one with correct_tariff()', '');
END
$$;
ALTER TABLE public.microgrid_tariffs
    DROP COLUMN superseded_by, DROP COLUMN correction_reason, DROP CONSTRAINT microgrid_tariffs_id_esco_period_start_key,
    ADD UNIQUE (esco, period_start);
ALTER TABLE public.customer_tariffs
    DROP COLUMN superseded_by, DROP COLUMN correction_reason, DROP CONSTRAINT customer_tariffs_id_customer_period_start_key,
    ADD UNIQUE (customer, period_start);
