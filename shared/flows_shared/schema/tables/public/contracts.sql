SELECT flows.adopt_table('public.contracts', audited => true);
CREATE TRIGGER derive_status AFTER UPDATE ON public.contracts
    FOR EACH ROW WHEN (OLD.signed <> NEW.signed) EXECUTE FUNCTION flows.derive_status();
CREATE TRIGGER keep_signed BEFORE INSERT OR UPDATE OF signed, signatures_required ON public.contracts
    FOR EACH ROW EXECUTE FUNCTION flows.keep_signed();
CREATE POLICY community ON public.contracts TO admin
    USING ((esco = ANY (( SELECT flows.admin_escos() AS admin_escos)::uuid[])));
CREATE POLICY with_parent ON public.contracts TO customer
    USING (EXISTS (SELECT FROM public.accounts AS parent WHERE parent.current_contract = contracts.id));
