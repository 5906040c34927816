SELECT flows.adopt_table('public.ledger_postings', writers => '{}');
GRANT INSERT ON public.ledger_postings TO flows_billing;
CREATE TRIGGER check_balanced AFTER INSERT ON public.ledger_postings
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.check_balanced();
CREATE TRIGGER follow_postings AFTER INSERT ON public.ledger_postings
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.follow_postings();
CREATE TRIGGER refuse_change
    BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_postings FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE TRIGGER refuse_late AFTER INSERT ON public.ledger_postings
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_late_postings();
CREATE POLICY with_parent ON public.ledger_postings TO admin, customer
    USING (EXISTS (SELECT FROM public.ledger_accounts AS parent WHERE parent.id = ledger_postings.ledger_account));
COMMENT ON TRIGGER check_balanced ON public.ledger_postings IS 'The postings of an entry are inserted by one statement and sum to zero';
