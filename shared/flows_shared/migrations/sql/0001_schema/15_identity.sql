-- Who asks, and what is theirs: read once a statement by the policies, past the policies of what it is read from.
-- In plpgsql, as its plans stay with the connection; those of SQL functions are made again for each statement.
CREATE FUNCTION flows.current_user_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, flows AS $$
    SELECT (flows.claims() ->> 'sub')::uuid;
$$;

CREATE FUNCTION flows.current_customer() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN (SELECT customer FROM public.users WHERE id = flows.current_user_id() AND disabled_at IS NULL);
END
$$;

CREATE FUNCTION flows.admin_escos() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN ARRAY(
        SELECT esco.id
          FROM public.users AS login
          JOIN flows.escos AS esco ON login.all_escos
            OR esco.id IN (SELECT member.esco FROM public.user_escos AS member WHERE member.user_id = login.id)
         WHERE login.id = flows.current_user_id() AND login.role = 'admin' AND login.disabled_at IS NULL);
END
$$;

CREATE FUNCTION flows.is_operator() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.users
                    WHERE id = flows.current_user_id() AND role = 'admin' AND all_escos AND disabled_at IS NULL);
END
$$;
COMMENT ON FUNCTION flows.is_operator IS 'Whether an admin of every community asks';

CREATE FUNCTION flows.own_accounts() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(SELECT account FROM public.customer_accounts WHERE customer = me);
END
$$;

CREATE FUNCTION flows.own_corporate_bodies() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(SELECT corporate_body FROM public.customer_corporate_bodies WHERE customer = me);
END
$$;

CREATE FUNCTION flows.own_properties() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(
        SELECT account.property
          FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
         WHERE role.customer = me
         UNION
        SELECT flows.properties_owned_by(me));
END
$$;
COMMENT ON FUNCTION flows.own_properties IS 'Homes that the customer has or had an account for, or owns in person or through a corporate body';

-- Who moves in does not see what those before them used, nor do those see what came after.
CREATE TYPE flows.own_time AS (id uuid, days daterange, times tstzrange);
COMMENT ON TYPE flows.own_time IS 'A home, meter, register or circuit, and the local days and the time in which it is a customer''s';

CREATE FUNCTION flows.own_times() RETURNS flows.own_time[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
DECLARE
    me uuid := flows.current_customer();
BEGIN
    RETURN ARRAY(
        WITH tenure AS (
            SELECT account.property, daterange(account.start_date, account.end_date, '[]') AS days
              FROM public.customer_accounts AS role JOIN public.accounts AS account ON account.id = role.account
             WHERE role.customer = me AND (account.status <> 'closed' OR account.end_date IS NOT NULL)
             UNION
            SELECT property, '(,)' FROM flows.properties_owned_by(me) AS property
        ), home AS (
            SELECT property.id, property.supply_meter, property.solar_meter, tenure.days,
                   tstzrange(lower(days)::timestamp AT TIME ZONE esco.time_zone,
                             upper(days)::timestamp AT TIME ZONE esco.time_zone) AS times
              FROM tenure
              JOIN public.properties AS property ON property.id = tenure.property
              JOIN flows.escos AS esco ON esco.id = property.esco
        ), meter AS (
            SELECT supply_meter AS id, days, times FROM home WHERE supply_meter IS NOT NULL
             UNION ALL
            SELECT solar_meter, days, times FROM home WHERE solar_meter IS NOT NULL
        ), register AS (
            SELECT register.register_id AS id, meter.days, meter.times
              FROM meter JOIN flows.meter_registers AS register ON register.meter_id = meter.id
        )
        SELECT ROW(id, days, times)::flows.own_time FROM home
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM meter
         UNION ALL
        SELECT ROW(id, days, times)::flows.own_time FROM register
         UNION ALL
        SELECT ROW(link.circuit, register.days, register.times)::flows.own_time
          FROM register JOIN flows.circuit_register AS link ON link.register = register.id);
END
$$;

CREATE FUNCTION flows.own_ever() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN ARRAY(SELECT id FROM unnest(flows.own_times()));
END
$$;

CREATE FUNCTION flows.own_now() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, flows AS $$
BEGIN
    RETURN ARRAY(SELECT id FROM unnest(flows.own_times()) WHERE times @> now());
END
$$;
