-- Forgeries of a billed month, done as a superuser with all triggers off; after | a word of the check that must name each.
-- {flat} and the like stand for the id of that home's invoice, {flat_energy} for its line of energy, {flat_entry} for its entry.

-- amount of a line | amount
UPDATE public.invoice_lines SET amount_pence = amount_pence - 9 WHERE {flat_energy};

-- amount of a line, and the sums with it | quantity
UPDATE public.invoice_lines SET amount_pence = 90, quantity = 4.5 WHERE {flat_energy};
UPDATE public.invoices SET net_pence = 133, vat_pence = 7, total_pence = 140, amount_due_pence = 140 WHERE id =
    '{flat}';

-- quantity | quantity
UPDATE public.invoice_lines SET quantity = quantity - 1 WHERE {flat_energy};

-- rate | rate
UPDATE public.invoice_lines SET rate = 0.19 WHERE {flat_energy};

-- another price version | microgrid_tariff
INSERT INTO public.microgrid_tariffs (id, esco, period_start, computed_unit_rate, computed_standing_charge) SELECT
    '00000000-0000-4000-8000-000000000001', esco, '2025-01-01', 0.2, 0.5 FROM public.microgrid_tariffs LIMIT 1;
UPDATE public.invoice_lines SET microgrid_tariff = '00000000-0000-4000-8000-000000000001' WHERE {flat_energy};

-- price of a version, and the bill with it | rate
UPDATE public.microgrid_tariffs SET computed_unit_rate = 0.21;

-- VAT rate | vat_rate
UPDATE public.invoice_lines SET vat_rate = 0 WHERE {flat_energy};

-- VAT reason | vat_reason
UPDATE public.invoice_lines SET vat_reason = 'charity' WHERE {business_energy};

-- VAT rate of a business, and the sums with it | vat_rate
UPDATE public.invoice_lines SET vat_rate = 0.05 WHERE invoice = '{business}';
UPDATE public.invoices SET vat_pence = 12, total_pence = 254, amount_due_pence = 254 WHERE id = '{business}';

-- includes_vat | includes_vat
UPDATE public.invoice_lines SET includes_vat = false WHERE {flat_energy};

-- block split | quantity
UPDATE public.invoice_lines SET quantity = quantity + CASE WHEN block_from_kwh = 0 THEN 1 ELSE -1 END, amount_pence
    = amount_pence + CASE WHEN block_from_kwh = 0 THEN 30 ELSE -35 END WHERE invoice = '{blocks}' AND block_from_kwh IS
    NOT NULL;

-- block | line
UPDATE public.invoice_lines SET block_from_kwh = 7 WHERE invoice = '{blocks}' AND block_from_kwh = 3;

-- band | line
UPDATE public.invoice_lines SET band = 'evening' WHERE invoice = '{blocks}' AND band = 'night';

-- component | component
UPDATE public.invoice_lines SET component = NULL WHERE invoice = '{blocks}' AND band = 'night';

-- minimum | amount
UPDATE public.invoice_lines SET amount_pence = 10, rate = 0.1 WHERE invoice = '{minimum}' AND kind =
    'minimum_charge';

-- minimum removed | missing
DELETE FROM public.invoice_lines WHERE invoice = '{minimum}' AND kind = 'minimum_charge';

-- export | quantity
UPDATE public.invoice_lines SET quantity = 50, amount_pence = -250 WHERE invoice = '{blocks}' AND kind =
    'export_credit';

-- export removed | missing
DELETE FROM public.invoice_lines WHERE invoice = '{blocks}' AND kind = 'export_credit';

-- what was too old | missing
DELETE FROM public.invoice_lines WHERE invoice = '{late}' AND kind = 'adjustment';

-- less left out as too old | amount
UPDATE public.invoice_lines SET amount_pence = amount_pence + 10, rate = rate + 0.1 WHERE invoice = '{late_again}' AND
    kind = 'adjustment';

-- how it came about | basis
UPDATE public.invoice_lines SET basis = 'nothing' WHERE invoice = '{late}' AND kind = 'adjustment';

-- minimum of one rate of VAT moved to the other | amount
UPDATE public.invoice_lines SET amount_pence = amount_pence + CASE vat_reason WHEN 'business' THEN -9 ELSE 9 END WHERE
    invoice = '{two_rates}' AND kind = 'minimum_charge';

-- VAT of an exporter | vat_reason
UPDATE public.invoice_lines SET vat_reason = 'exporter_unregistered' WHERE invoice = '{exporter}' AND kind =
    'export_credit';

-- half hour that was released | energy of register
UPDATE flows.register_interval_hh SET kwh = 0.2 WHERE timestamp = '2026-10-31 12:00Z' AND register_id = (SELECT
    register FROM public.invoice_lines WHERE {spiked_energy});

-- adjustment added | nothing explains
INSERT INTO public.invoice_lines (invoice, position, kind, description, quantity, unit, rate, amount_pence,
    includes_vat, vat_rate, period_start, period_end) VALUES ('{flat}', 9, 'adjustment', 'Not charged', 1, 'item', -1,
    -100, true, 0.05, '2026-10-31', '2026-11-01');

-- line removed | missing
DELETE FROM public.invoice_lines WHERE {flat_energy};

-- all lines removed | seal of the lines
DELETE FROM public.invoice_lines WHERE invoice = '{flat}';

-- line doubled | nothing explains
INSERT INTO public.invoice_lines SELECT (json_populate_record(line, json_build_object( 'id', gen_random_uuid(),
    'position', 8))).* FROM public.invoice_lines AS line WHERE {flat_energy};

-- first half hour | first_interval
UPDATE public.invoice_lines SET first_interval = first_interval + interval '30 minutes' WHERE {flat_energy};

-- last half hour | last_interval
UPDATE public.invoice_lines SET last_interval = last_interval + interval '30 days' WHERE {flat_energy};

-- count of half hours | intervals
UPDATE public.invoice_lines SET intervals = 47 WHERE {flat_energy};

-- estimates hidden | estimated
UPDATE public.invoice_lines SET estimated = 0 WHERE {estimated_energy};

-- register | line
UPDATE public.invoice_lines SET register = (SELECT register FROM public.invoice_lines WHERE invoice = '{business}'
    AND kind = 'energy') WHERE {flat_energy};

-- days of a line | period_end
UPDATE public.invoice_lines SET period_end = '2026-11-02' WHERE {flat_energy};

-- words of a line | seal of the lines
UPDATE public.invoice_lines SET description = 'Gas' WHERE {flat_energy};

-- shared energy | quantity
UPDATE public.invoice_lines SET quantity = quantity + CASE kind WHEN 'energy' THEN -0.1 ELSE 0.1 END WHERE invoice =
    '{sharer}' AND kind IN ('energy', 'shared_energy');

-- terms of sharing | rate
UPDATE public.sharing_terms SET internal_rate = 0.11;

-- customer | customer
UPDATE public.invoices SET customer = (SELECT customer FROM public.invoices WHERE id = '{business}') WHERE id =
    '{flat}';

-- account | account of the invoice
UPDATE public.invoices SET period_start = '2026-10-29', account = (SELECT account FROM public.invoices WHERE id =
    '{nothing}') WHERE id = '{flat}';

-- period | period_start
UPDATE public.invoices SET period_start = '2026-10-30' WHERE id = '{flat}';

-- issue date | issue_date
UPDATE public.invoices SET issue_date = issue_date - 30 WHERE id = '{flat}';

-- due date | due_date
UPDATE public.invoices SET due_date = due_date + 30 WHERE id = '{flat}';

-- tax point | tax point
UPDATE public.invoices SET tax_point = tax_point - 31 WHERE id = '{flat}';

-- tax point removed | tax point
UPDATE public.invoices SET tax_point = NULL WHERE id = '{flat}';

-- VAT number | vat_number
UPDATE public.invoices SET vat_number = 'GB999' WHERE id = '{flat}';

-- balance before | previous_balance_pence
UPDATE public.invoices SET previous_balance_pence = 50, amount_due_pence = amount_due_pence + 50 WHERE id = '{flat}';

-- payments since | payments_pence
UPDATE public.invoices SET payments_pence = 50, amount_due_pence = amount_due_pence - 50 WHERE id = '{flat}';

-- benchmark | benchmark_pence
UPDATE public.invoices SET benchmark_pence = 1 WHERE id = '{flat}';

-- void without a credit note | void
UPDATE public.invoices SET status = 'void' WHERE id = '{flat}';

-- not void, though credited | credit for invoice
UPDATE public.invoices SET status = 'void' WHERE id = '{corrected}';
UPDATE public.invoices SET status = 'issued' WHERE id = '{credited}';

-- number changed | number
UPDATE public.invoices SET number = 'WLCE-000099' WHERE id = '{flat}';

-- numbers swapped | number
UPDATE public.invoices SET number = 'X' WHERE id = '{flat}';
UPDATE public.invoices SET number = '{flat_number}' WHERE id = '{business}';
UPDATE public.invoices SET number = '{business_number}' WHERE id = '{flat}';

-- invoice removed | number that is missing
DELETE FROM public.documents WHERE invoice = '{nothing}';
DELETE FROM public.invoice_lines WHERE invoice = '{nothing}';
DELETE FROM public.billing_run_accounts WHERE invoice = '{nothing}';
DELETE FROM public.invoices WHERE id = '{nothing}';

-- last invoice removed, and the series set back | invoice that was issued
DELETE FROM public.documents WHERE invoice = '{last}';
DELETE FROM public.invoice_lines WHERE invoice = '{last}';
DELETE FROM public.credit_notes WHERE replacement = '{last}';
DELETE FROM public.billing_run_accounts WHERE invoice = '{last}';
DELETE FROM public.invoices WHERE id = '{last}';
UPDATE public.invoice_series SET last_number = last_number - 1;

-- series set back | invoice numbers
UPDATE public.invoice_series SET last_number = last_number - 1;

-- series set on | number that is missing
UPDATE public.invoice_series SET last_number = last_number + 1;

-- invoice made up | number of no series
INSERT INTO public.invoices (id, number, esco, account, customer, period_start, period_end, issue_date, due_date,
    net_pence, vat_pence, total_pence, amount_due_pence) SELECT gen_random_uuid(), 'WLCE-000777', esco, account,
    customer, '2026-09-01', '2026-10-01', issue_date, due_date, 100, 0, 100, 100 FROM public.invoices WHERE id =
    '{flat}';

-- credit note changed | seal of the credit note
UPDATE public.credit_notes SET net_pence = net_pence - 1, total_pence = total_pence - 1;

-- reason of a credit note | seal of the credit note
UPDATE public.credit_notes SET reason = 'Kindness';

-- changed days of a credit note | seal of the credit note
UPDATE public.credit_notes SET changed_days = NULL;

-- credit note removed | number that is missing
DELETE FROM public.credit_notes;

-- credit note renumbered | number that is missing
UPDATE public.credit_notes SET number = 'WLCE-C000009' WHERE invoice = '{credited}';

-- PDF | document
UPDATE public.documents SET content = '%PDF' WHERE invoice = '{flat}' AND media_type LIKE '%pdf';

-- page | document
UPDATE public.documents SET content = '<p>' WHERE invoice = '{flat}' AND media_type LIKE '%html';

-- PDF of another invoice | document
UPDATE public.documents SET content = (SELECT content FROM public.documents WHERE invoice = '{business}' LIMIT 1)
    WHERE invoice = '{flat}' AND media_type LIKE '%pdf';

-- PDF removed | document
DELETE FROM public.documents WHERE invoice = '{flat}' AND media_type LIKE '%pdf';

-- posted to other ledger accounts | posted to
UPDATE public.ledger_postings SET amount_pence = amount_pence - 5 WHERE ledger_account IN ( SELECT id FROM
    public.ledger_accounts WHERE code = 'sales') AND {flat_entry};
UPDATE public.ledger_postings SET amount_pence = amount_pence + 5 WHERE ledger_account IN ( SELECT id FROM
    public.ledger_accounts WHERE code = 'vat') AND {flat_entry};

-- entry removed | posted to
DELETE FROM public.ledger_postings WHERE {flat_entry};
DELETE FROM public.ledger_entries WHERE invoice = '{flat}';

-- day of an entry | entry of the ledger
UPDATE public.ledger_entries SET entry_date = '2026-01-01' WHERE invoice = '{flat}';

-- reading | energy of register
UPDATE flows.register_interval_hh SET kwh = 0.1 WHERE timestamp = '2026-10-31 12:00Z' AND register_id = ( SELECT
    register FROM public.invoice_lines WHERE {flat_energy});

-- VAT status, and no note of it | vat_rate
UPDATE public.vat_statuses SET use = 'domestic';

-- seal | seal of the invoice
UPDATE flows.seals SET sha256 = 'x' WHERE subject = '{flat}' AND kind = 'invoice';

-- seal removed | seal of the
DELETE FROM flows.seals WHERE subject = '{flat}';
