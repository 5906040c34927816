SELECT flows.adopt_table(
    'public.report_refreshes',
    readers => '{admin,service,reporting,flows_worker}',
    writers => '{}'
);
CREATE POLICY everyone ON public.report_refreshes FOR SELECT TO admin USING (true);
