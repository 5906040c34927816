GRANT USAGE ON SEQUENCE public.account_numbers TO admin, service, flows_billing;
GRANT USAGE ON SEQUENCE public.ledger_postings_id_seq TO admin, service;
