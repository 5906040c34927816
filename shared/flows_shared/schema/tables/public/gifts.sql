SELECT flows.adopt_table('public.gifts', audited => true);
GRANT INSERT ON public.gifts TO flows_billing;
CREATE TRIGGER check_limit BEFORE INSERT OR UPDATE OF amount_pence, account, customer ON public.gifts
    FOR EACH ROW EXECUTE FUNCTION flows.check_payment_limit();
CREATE TRIGGER keep_posted BEFORE UPDATE OR DELETE ON public.gifts
    FOR EACH ROW WHEN (OLD.account IS NOT NULL) EXECUTE FUNCTION flows.keep_posted('account', 'amount_pence', 'customer');
CREATE TRIGGER post_inserted
    AFTER INSERT ON public.gifts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');
CREATE TRIGGER post_updated
    AFTER UPDATE ON public.gifts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION flows.post_rows('id');
CREATE TRIGGER refuse_second_landing AFTER UPDATE OF account ON public.gifts
    FOR EACH ROW EXECUTE FUNCTION flows.refuse_second_landing();
-- A gift lands on an account of the customer to whom it is given, and of nobody else.
CREATE POLICY account_links ON public.gifts AS RESTRICTIVE TO admin USING (true)
    WITH CHECK (account IS NULL OR EXISTS (SELECT FROM public.customer_accounts AS part
                                            WHERE part.account = gifts.account AND part.customer = gifts.customer));
CREATE POLICY with_parent ON public.gifts TO admin, customer
    USING (EXISTS (SELECT FROM public.customers AS parent WHERE parent.id = gifts.customer));
