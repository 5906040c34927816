-- Takes back 0004_billing.
DROP VIEW flows.estimated_intervals;

ALTER TABLE public.invoice_lines
    DROP CONSTRAINT invoice_lines_kind_check,
    DROP CONSTRAINT invoice_lines_unit_check,
    DROP CONSTRAINT invoice_lines_check,
    DROP COLUMN element,
    DROP COLUMN band,
    DROP COLUMN block_from_kwh,
    DROP COLUMN component,
    DROP COLUMN estimated,
    DROP COLUMN vat_reason,
    ADD CONSTRAINT invoice_lines_kind_check CHECK (kind IN ('energy', 'standing_charge')),
    ADD CONSTRAINT invoice_lines_unit_check CHECK (unit IN ('kWh', 'day')),
    ADD CONSTRAINT invoice_lines_check CHECK (num_nonnulls(customer_tariff, microgrid_tariff) = 1);
ALTER TABLE public.invoices
    DROP COLUMN tax_point,
    DROP COLUMN vat_number,
    DROP COLUMN previous_balance_pence,
    DROP COLUMN payments_pence,
    DROP COLUMN amount_due_pence,
    DROP COLUMN benchmark_pence;
ALTER TABLE public.customer_accounts DROP COLUMN start_date, DROP COLUMN end_date;
DROP TABLE public.vat_registrations, public.vat_statuses;
ALTER TABLE flows.escos
    DROP COLUMN vat_registered,
    DROP COLUMN vat_use,
    DROP COLUMN vat_small_quantities,
    DROP COLUMN vat_mixed_use,
    ADD COLUMN vat_rate numeric(5, 4) NOT NULL DEFAULT 0.05 CHECK (vat_rate >= 0 AND vat_rate < 1);
GRANT UPDATE (vat_rate) ON flows.escos TO admin;

DROP TRIGGER drop_band_sums_inserted ON flows.register_interval_daily;
DROP TRIGGER drop_band_sums_updated ON flows.register_interval_daily;
DROP TRIGGER drop_band_sums_deleted ON flows.register_interval_daily;
DROP FUNCTION flows.drop_band_sums;
DROP TRIGGER follow_benchmark ON public.benchmark_tariffs;
DROP FUNCTION flows.follow_benchmark, public.prepare_tariffs;
DROP TRIGGER refuse_used ON public.microgrid_tariffs;
DROP TRIGGER refuse_used ON public.customer_tariffs;
DROP POLICY profile_links ON public.microgrid_tariffs;
DROP POLICY profile_links ON public.customer_tariffs;
DROP TABLE public.tariff_components;
ALTER TABLE public.microgrid_tariffs
    DROP COLUMN discount_rate_basis_points_b, DROP COLUMN rate_profile, DROP COLUMN benchmark;
ALTER TABLE public.customer_tariffs
    DROP COLUMN discount_rate_basis_points_b, DROP COLUMN rate_profile, DROP COLUMN benchmark;
DROP TABLE flows.register_interval_bands, flows.calendar_bands, public.rate_bands, public.rate_profiles;
DROP FUNCTION flows.refuse_used_tariff, flows.analyze_calendar_bands;
