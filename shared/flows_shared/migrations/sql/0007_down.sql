-- Takes back 0007_sharing.
REVOKE INSERT ON public.topups, public.topups_monthly_solar_credits FROM flows_billing;
ALTER TABLE public.monthly_solar_credits DROP COLUMN invoice;
ALTER TABLE public.invoice_lines DROP COLUMN sharing_terms;
DROP TRIGGER note_sharing_insert ON flows.register_days_changed;
DROP TRIGGER note_sharing_update ON flows.register_days_changed;
DROP VIEW public.sharing_balances;
DROP TABLE public.sharing_months, public.sharing_half_hours, public.sharing_meters, public.sharing_members,
    public.sharing_terms, public.sharing_groups;
DROP FUNCTION flows.refuse_used_sharing, flows.refuse_second_membership, flows.note_changed_sharing;
