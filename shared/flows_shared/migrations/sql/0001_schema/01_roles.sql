-- Roles belong to the whole server: those that exist are used, also where another database made them.
CREATE SCHEMA flows;

DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('anon', 'NOLOGIN'), ('customer', 'NOLOGIN'), ('admin', 'NOLOGIN'), ('service', 'NOLOGIN'),
            ('reporting', 'NOLOGIN'), ('flows_worker', 'NOLOGIN'),
            ('flows_gateway', 'LOGIN NOINHERIT'), ('flows_meter_sync', 'LOGIN'), ('flows_billing', 'LOGIN'),
            ('flows_notify', 'LOGIN')
        ) AS role (name, attributes)
    LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
                EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.attributes);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another process made it in the same instant
        END;
    END LOOP;

    FOR wanted IN
        SELECT * FROM (VALUES
            ('anon', 'flows_gateway'), ('customer', 'flows_gateway'), ('admin', 'flows_gateway'),
            ('service', 'flows_gateway'), ('reporting', 'flows_gateway'),
            ('flows_worker', 'flows_meter_sync'), ('flows_worker', 'flows_billing'), ('flows_worker', 'flows_notify')
        ) AS membership (name, member)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_auth_members
                        WHERE roleid = wanted.name::regrole AND member = wanted.member::regrole) THEN
            EXECUTE format('GRANT %I TO %I', wanted.name, wanted.member);
        END IF;
    END LOOP;

    -- The migrating role hands the monthly partitions to meter-sync, and so must be able to act for it.
    IF NOT pg_has_role(current_user, 'flows_meter_sync', 'USAGE') THEN
        EXECUTE format('GRANT flows_meter_sync TO %I', current_user);
    END IF;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public, flows TO
    anon, customer, admin, service, reporting, flows_worker, flows_gateway;
