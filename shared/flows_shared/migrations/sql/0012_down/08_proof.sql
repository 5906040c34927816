DROP TABLE flows.money_requests, public.correction_decisions;
DROP FUNCTION flows.check_decision;
DROP TRIGGER refuse_truncate ON public.invoice_series;
DROP TRIGGER refuse_back ON public.invoice_series;
DROP TRIGGER refuse_late ON public.ledger_postings;
DROP TRIGGER refuse_change ON public.documents;
DROP TRIGGER seal ON public.documents;
DROP TRIGGER seal ON public.credit_notes;
DROP TRIGGER seal ON public.invoice_lines;
DROP TRIGGER seal_issued ON public.invoices;
DROP TRIGGER seal ON public.invoices;
DROP FUNCTION flows.refuse_series_back, flows.refuse_late_postings, flows.seal_documents, flows.seal_credit_notes,
    flows.seal_lines, flows.seal_issued, flows.seal_invoices, flows.issued_as;
DROP FUNCTION flows.sealed_text(public.documents), flows.sealed_text(public.credit_notes),
    flows.sealed_text(public.invoice_lines), flows.sealed_text(public.invoices), flows.digest;
DROP TABLE flows.seals;
ALTER TABLE public.credit_notes DROP COLUMN changed_days;
