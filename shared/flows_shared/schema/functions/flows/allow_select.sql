CREATE OR REPLACE FUNCTION flows.allow_select(view regclass, roles text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', view, coalesce(quote_ident(rolname), 'PUBLIC'))
          FROM pg_class, aclexplode(relacl) AS given
          LEFT JOIN pg_roles ON pg_roles.oid = grantee
         WHERE pg_class.oid = view AND grantee <> relowner
         UNION ALL
        SELECT format('GRANT SELECT ON %s TO %I', view, role) FROM unnest(roles) AS role
    LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
COMMENT ON FUNCTION flows.allow_select IS 'Lets these roles, and no others, read a view; what else they may is granted after it';
SELECT flows.allow_execute('flows.allow_select(regclass,text[])', '{}');
