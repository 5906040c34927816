SELECT flows.adopt_table(
    'public.correction_decisions',
    readers => '{admin,service,reporting,flows_worker}',
    writers => '{}'
);
GRANT INSERT ON public.correction_decisions TO admin, service;
CREATE TRIGGER check_decision BEFORE INSERT ON public.correction_decisions
    FOR EACH ROW EXECUTE FUNCTION flows.check_decision();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON public.correction_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION flows.refuse_change();
CREATE POLICY with_parent ON public.correction_decisions TO admin
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.id = correction_decisions.account));
