CREATE OR REPLACE FUNCTION flows.allow_execute(function regprocedure, roles text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('REVOKE EXECUTE ON FUNCTION %s FROM %s', function, coalesce(quote_ident(rolname), 'PUBLIC'))
          FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS given
          LEFT JOIN pg_roles ON pg_roles.oid = grantee
         WHERE pg_proc.oid = function AND grantee <> proowner
         UNION ALL
        SELECT format('GRANT EXECUTE ON FUNCTION %s TO %I', function, role) FROM unnest(roles) AS role
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.allow_execute IS 'Lets these roles, and no others, call a function';
SELECT flows.allow_execute('flows.allow_execute(regprocedure,text[])', '{}');
