-- Today's clients know no community on these: what has none belongs to the one that it is first linked to.
CREATE OR REPLACE FUNCTION flows.adopt_linked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'accounts' THEN
        UPDATE public.contracts AS linked SET esco = property.esco
          FROM public.properties AS property
         WHERE linked.id = NEW.current_contract AND linked.esco IS NULL AND property.id = NEW.property;
    WHEN 'customer_accounts' THEN
        UPDATE public.customers AS linked SET esco = property.esco
          FROM public.accounts AS account JOIN public.properties AS property ON property.id = account.property
         WHERE linked.id = NEW.customer AND linked.esco IS NULL AND account.id = NEW.account;
    WHEN 'registered_proprietors' THEN
        UPDATE public.customers AS linked SET esco = property.esco
          FROM public.properties AS property
         WHERE linked.id = NEW.customer AND linked.esco IS NULL AND property.id = NEW.property;
        UPDATE public.corporate_bodies AS linked SET esco = property.esco
          FROM public.properties AS property
         WHERE linked.id = NEW.corporate_body AND linked.esco IS NULL AND property.id = NEW.property;
    WHEN 'meters' THEN
        UPDATE public.wallets AS linked SET esco = meter.esco
          FROM flows.meter_registry AS meter
         WHERE linked.id = NEW.wallet AND linked.esco IS NULL AND meter.id = NEW.id;
    WHEN 'circuit_register' THEN
        UPDATE flows.circuits AS linked SET esco = meter.esco
          FROM flows.meter_registers AS register JOIN flows.meter_registry AS meter ON meter.id = register.meter_id
         WHERE linked.id = NEW.circuit AND linked.esco IS NULL AND register.register_id = NEW.register;
    END CASE;
    RETURN NULL;
END
$$;
SELECT flows.allow_execute('flows.adopt_linked()', '{}');
