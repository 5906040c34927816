-- Roles belong to the whole server: those that exist are used, also where another database made them.
CREATE SCHEMA flows;

DO $$
DECLARE
    missing text[];
    statement text;
BEGIN
    SELECT array_agg(format('CREATE ROLE %I %s', name, attributes)) INTO missing
      FROM (VALUES
            ('anon', 'NOLOGIN'), ('customer', 'NOLOGIN'), ('admin', 'NOLOGIN'), ('service', 'NOLOGIN'),
            ('reporting', 'NOLOGIN'), ('mediator', 'NOLOGIN'), ('flows_worker', 'NOLOGIN'),
            ('flows_gateway', 'LOGIN NOINHERIT'), ('flows_meter_sync', 'LOGIN'), ('flows_billing', 'LOGIN'),
            ('flows_notify', 'LOGIN')
           ) AS role (name, attributes)
     WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name);

    SELECT missing || array_agg(format('GRANT %I TO %I', name, member)) INTO missing
      FROM (VALUES
            ('anon', 'flows_gateway'), ('customer', 'flows_gateway'), ('admin', 'flows_gateway'),
            ('service', 'flows_gateway'), ('reporting', 'flows_gateway'), ('mediator', 'flows_gateway'),
            ('flows_worker', 'flows_meter_sync'), ('flows_worker', 'flows_billing'), ('flows_worker', 'flows_notify')
           ) AS membership (name, member)
     WHERE NOT EXISTS (SELECT FROM pg_auth_members
                        WHERE roleid = to_regrole(name) AND pg_auth_members.member = to_regrole(membership.member));

    -- The migrating role hands the monthly partitions to meter-sync, and so must be able to become it. From PostgreSQL 16
    -- on a member may lack that: who makes a role is a member that only administers it.
    IF NOT coalesce(pg_has_role(current_user, to_regrole('flows_meter_sync')::oid,
                                CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END),
                    false) THEN
        missing := missing || format('GRANT flows_meter_sync TO %I', current_user);
    END IF;

    FOREACH statement IN ARRAY coalesce(missing, '{}') LOOP
        BEGIN
            EXECUTE statement;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database's migration made it in the same instant
        END;
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE insufficient_privilege USING
        MESSAGE = format('%s may not make or grant the roles of Flows: %s', current_user, SQLERRM),
        HINT = 'Let a superuser, or who made the roles, run once: ' || array_to_string(missing, '; ');
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public, flows TO
    anon, customer, admin, service, reporting, flows_worker, flows_gateway;
GRANT USAGE ON SCHEMA flows TO mediator;  -- programs that talk to meters see no customer, account, price or bill

CREATE SCHEMA reports;
COMMENT ON SCHEMA reports IS 'Kept results of reports; read them through the views public.report_*';
CREATE SEQUENCE public.account_numbers START 100001;
CREATE TYPE flows.own_time AS (id uuid, days daterange, times tstzrange);
COMMENT ON TYPE flows.own_time IS 'A home, meter, register or circuit, and the local days and the time in which it is a customer''s';
