-- What refers to a table that comes later.
ALTER TABLE public.properties ADD FOREIGN KEY (owner) REFERENCES public.customers(id);
ALTER TABLE public.registered_proprietors ADD FOREIGN KEY (customer) REFERENCES public.customers(id);
ALTER TABLE public.registered_proprietors ADD FOREIGN KEY (corporate_body) REFERENCES public.corporate_bodies(id);
ALTER TABLE flows.calendar_bands ADD FOREIGN KEY (profile) REFERENCES public.rate_profiles(id) ON DELETE CASCADE;
ALTER TABLE flows.register_interval_bands ADD FOREIGN KEY (profile) REFERENCES public.rate_profiles(id) ON DELETE CASCADE;
ALTER TABLE public.monthly_solar_credits ADD FOREIGN KEY (invoice) REFERENCES public.invoices(id);
ALTER TABLE public.invoice_lines ADD FOREIGN KEY (sharing_terms) REFERENCES public.sharing_terms(id);
ALTER TABLE public.documents ADD FOREIGN KEY (credit_note) REFERENCES public.credit_notes(id);
ALTER TABLE public.messages ADD FOREIGN KEY (credit_note) REFERENCES public.credit_notes(id);
