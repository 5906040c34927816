SELECT flows.adopt_table('public.payments', writers => '{service}', audited => true);
GRANT INSERT, UPDATE ON public.payments TO flows_billing;
CREATE TRIGGER check_limit BEFORE INSERT OR UPDATE OF amount_pence ON public.payments
    FOR EACH ROW EXECUTE FUNCTION flows.check_payment_limit();
CREATE TRIGGER follow_payment BEFORE UPDATE ON public.payments
    FOR EACH ROW EXECUTE FUNCTION flows.follow_payment();
CREATE TRIGGER keep_posted BEFORE UPDATE OR DELETE ON public.payments
    FOR EACH ROW WHEN (OLD.status = 'succeeded') EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence');
CREATE TRIGGER keep_reversed BEFORE UPDATE OR DELETE ON public.payments
    FOR EACH ROW WHEN (OLD.reversed_at IS NOT NULL) EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence', 'status');
CREATE TRIGGER post_inserted
    AFTER INSERT ON public.payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');
CREATE TRIGGER post_updated
    AFTER UPDATE ON public.payments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');
CREATE POLICY with_parent ON public.payments TO admin, customer
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = payments.account));
