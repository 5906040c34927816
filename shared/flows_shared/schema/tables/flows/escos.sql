SELECT flows.adopt_table(
    'flows.escos',
    readers => '{anon,customer,admin,service,reporting,flows_worker,mediator}',
    writers => '{service,mediator}',
    audited => true
);
GRANT UPDATE (name, app_url, region, vat_number, address, payment_days, vat_registered, vat_use, vat_small_quantities, vat_mixed_use, back_bill_months, hold_spikes, hold_read_kwh, contact_email, contact_phone, contact_address, complaint_route, redress_body, bank_account_name, bank_sort_code, bank_account_number, bank_iban, bank_bic, payment_limit_pence) ON flows.escos TO admin;
CREATE TRIGGER calendar AFTER INSERT OR UPDATE OF time_zone ON flows.escos
    FOR EACH ROW EXECUTE FUNCTION flows.esco_calendar();
CREATE TRIGGER note_zone AFTER UPDATE OF time_zone ON flows.escos
    FOR EACH ROW WHEN (OLD.time_zone <> NEW.time_zone) EXECUTE FUNCTION flows.note_changed_zone();
CREATE POLICY community ON flows.escos FOR UPDATE TO admin
    USING ((id = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
-- Roots
CREATE POLICY everyone ON flows.escos FOR SELECT TO anon, customer, admin USING (true);
