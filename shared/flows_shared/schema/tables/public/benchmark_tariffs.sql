SELECT flows.adopt_table('public.benchmark_tariffs', writers => '{service}', audited => true);
-- The cap for direct debit and a single rate is the one that communities discount.
CREATE TRIGGER follow_benchmark AFTER INSERT OR UPDATE ON public.benchmark_tariffs
    FOR EACH ROW WHEN (NEW.payment_method = 'direct_debit' AND NEW.rate_type = 'single')
    EXECUTE FUNCTION flows.follow_benchmark();
CREATE POLICY everyone ON public.benchmark_tariffs FOR SELECT TO admin, customer
    USING (true);
