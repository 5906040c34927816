-- A workshop that makes things for clients: every kind of table, relationship, function and type that the dialect knows.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['flows_rest_anon', 'flows_rest_author'] LOOP
        IF to_regrole(name) IS NULL THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another database's fixture made them in the same instant
END
$$;

CREATE SCHEMA workshop;
COMMENT ON SCHEMA workshop IS E'The workshop\nWhat is made, for whom, and by whom.';
CREATE SCHEMA archive;
CREATE SCHEMA tools;
CREATE SCHEMA hidden;
GRANT USAGE ON SCHEMA workshop, archive, tools TO flows_rest_anon, flows_rest_author;
ALTER DEFAULT PRIVILEGES IN SCHEMA workshop, archive GRANT ALL ON TABLES TO flows_rest_anon, flows_rest_author;
ALTER DEFAULT PRIVILEGES IN SCHEMA workshop, archive GRANT ALL ON SEQUENCES TO flows_rest_anon, flows_rest_author;
SET search_path = workshop;

-- Relationships

CREATE TABLE clients (id integer PRIMARY KEY, name text NOT NULL, vip boolean NOT NULL DEFAULT false);
COMMENT ON TABLE clients IS 'Who orders';
COMMENT ON COLUMN clients.vip IS 'Served first';
CREATE TABLE projects (
    id integer PRIMARY KEY,
    name text NOT NULL,
    client_id integer CONSTRAINT projects_client REFERENCES clients
);
CREATE TABLE tasks (id integer PRIMARY KEY, name text NOT NULL, project_id integer REFERENCES projects, hours numeric);
CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE users_tasks (
    user_id integer REFERENCES users, task_id integer REFERENCES tasks, since date, PRIMARY KEY (user_id, task_id)
);
CREATE TABLE users_projects (
    user_id integer REFERENCES users, project_id integer REFERENCES projects, PRIMARY KEY (user_id, project_id)
);
CREATE TABLE budgets (project_id integer PRIMARY KEY REFERENCES projects, amount numeric(8, 2));
CREATE TABLE messages (
    id integer PRIMARY KEY,
    body text NOT NULL,
    sender integer CONSTRAINT messages_sender REFERENCES users,
    recipient integer CONSTRAINT messages_recipient REFERENCES users
);
CREATE TABLE employees (id integer PRIMARY KEY, name text, boss integer REFERENCES employees);
CREATE TABLE shelves (room text, number integer, label text, PRIMARY KEY (room, number));
CREATE TABLE boxes (
    id integer PRIMARY KEY,
    shelf_room text,
    shelf_number integer,
    FOREIGN KEY (shelf_room, shelf_number) REFERENCES shelves
);
CREATE TABLE readings (
    sensor integer, at timestamptz, value numeric, PRIMARY KEY (sensor, at)
) PARTITION BY RANGE (at);
CREATE TABLE readings_2026 PARTITION OF readings FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

CREATE VIEW open_projects AS SELECT id, name, client_id FROM projects WHERE client_id IS NOT NULL;
CREATE VIEW project_titles AS SELECT p.id AS project, p.name AS title, p.client_id AS ordered_by FROM open_projects p;
CREATE MATERIALIZED VIEW client_names AS SELECT id, name FROM clients;

INSERT INTO clients VALUES (1, 'Miller', true), (2, 'Baker', false), (3, 'Nobody', false);
INSERT INTO projects VALUES (1, 'Gate', 1), (2, 'Oven', 2), (3, 'Shelf', 1), (4, 'Own bench', NULL);
INSERT INTO tasks VALUES (1, 'Draw', 1, 2.5), (2, 'Weld', 1, 8), (3, 'Brick', 2, 10), (4, 'Saw', 3, NULL);
INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid');
INSERT INTO users_tasks VALUES (1, 1, '2026-01-01'), (1, 2, '2026-01-02'), (2, 2, NULL), (2, 3, '2026-02-01');
INSERT INTO users_projects VALUES (1, 1), (2, 1), (2, 2);
INSERT INTO budgets VALUES (1, 1000), (2, 99.5);
INSERT INTO messages VALUES (1, 'Hello', 1, 2), (2, 'Hello yourself', 2, 1);
INSERT INTO employees VALUES (1, 'Chief', NULL), (2, 'Smith', 1), (3, 'Apprentice', 2);
INSERT INTO shelves VALUES ('north', 1, 'screws'), ('north', 2, 'nails');
INSERT INTO boxes VALUES (1, 'north', 1), (2, 'north', 2);
INSERT INTO readings VALUES (1, '2026-03-01Z', 1.5), (1, '2026-03-02Z', 2.5);
REFRESH MATERIALIZED VIEW client_names;

-- Computed fields and relationships

CREATE FUNCTION shout(clients) RETURNS text STABLE LANGUAGE sql AS $$ SELECT upper($1.name) $$;
CREATE FUNCTION name_length(clients) RETURNS integer STABLE LANGUAGE sql AS $$ SELECT length($1.name) $$;
CREATE FUNCTION first_project(clients) RETURNS SETOF projects ROWS 1 STABLE LANGUAGE sql AS
    $$ SELECT * FROM workshop.projects WHERE client_id = $1.id ORDER BY id LIMIT 1 $$;
CREATE FUNCTION helpers(projects) RETURNS SETOF users STABLE LANGUAGE sql AS
    $$ SELECT u.* FROM workshop.users u JOIN workshop.users_projects up ON up.user_id = u.id
        WHERE up.project_id = $1.id $$;

-- Types

CREATE TYPE state AS ENUM ('new', 'used', 'broken');
CREATE TABLE things (
    id serial PRIMARY KEY,
    label varchar(12) NOT NULL DEFAULT 'unnamed',
    state state DEFAULT 'new',
    made_on date,
    made_at timestamptz,
    weight numeric,
    tags text[],
    marks integer[],
    sizes int4range,
    about tsvector,
    note text,
    data jsonb,
    raw json,
    broken boolean,
    code uuid,
    address inet,
    constant integer GENERATED ALWAYS AS (7) STORED
);
INSERT INTO things (label, state, made_on, made_at, weight, tags, marks, sizes, about, note, data, raw, broken, code,
                    address) VALUES
    ('anvil', 'used', '2020-01-01', '2020-01-01 12:00Z', 100.5, '{heavy,iron}', '{1,2}', '[1,10)',
     to_tsvector('english', 'the heavy iron'), 'It''s impossible to lift', '{"colour": "grey", "parts": [{"id": 1}, {"id": 2}]}',
     '{"a": {"b": 1}}', false, '00000000-0000-4000-8000-000000000001', '10.0.0.1'),
    ('bolt', 'new', '2021-06-01', '2021-06-01 12:00Z', 0.1, '{iron}', '{3}', '[10,20)',
     to_tsvector('english', 'a small bolt'), 'Possible, fun', '{"colour": "black", "parts": []}', '{"a": null}', NULL, NULL, NULL),
    ('clamp, big', 'broken', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true, NULL, NULL);

CREATE TABLE notes (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, title text DEFAULT 'untitled',
                    body text, created_on date DEFAULT '2026-01-01');
CREATE TABLE no_key (a integer, b text);
INSERT INTO no_key VALUES (1, 'one'), (2, 'two'), (NULL, NULL);
CREATE TABLE tallies (name text PRIMARY KEY, amount integer, UNIQUE (amount));
INSERT INTO tallies VALUES ('nuts', 5), ('bolts', 7);
CREATE TABLE "odd names, (really)" ("a b" integer, "c,d" text, "->>" text, "é" text);
INSERT INTO "odd names, (really)" VALUES (1, 'x', 'arrow', 'accent');
CREATE TABLE author_only (id integer PRIMARY KEY, secret text);
REVOKE ALL ON author_only FROM flows_rest_anon;
INSERT INTO author_only VALUES (1, 'shh');
CREATE TABLE deferred (id integer PRIMARY KEY, twin integer UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO deferred VALUES (1, 1);

-- Rows that are their owner's: who that is, a request says by its token.

CREATE TABLE diary (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner text NOT NULL DEFAULT current_setting('request.jwt.claims')::json ->> 'sub',
    path text DEFAULT current_setting('request.path'),
    page text,
    client_id integer REFERENCES clients
);
INSERT INTO diary (owner, path, page) VALUES ('ann', NULL, 'of ann'), ('bob', NULL, 'of bob');
ALTER TABLE diary ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION subject() RETURNS text STABLE LANGUAGE sql AS
    $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub' $$;
CREATE POLICY own ON diary TO flows_rest_author USING (owner = (SELECT subject()));
CREATE FUNCTION torn(diary) RETURNS text LANGUAGE sql AS
    $$ INSERT INTO clients VALUES (77, 'torn out'); SELECT 'torn' $$;

-- A domain with a format of its own: colours are integers here and #rrggbb there.

CREATE DOMAIN colour AS integer;
CREATE FUNCTION colour_to_json(colour) RETURNS json IMMUTABLE LANGUAGE sql AS
    $$ SELECT to_json('#' || lpad(to_hex($1), 6, '0')) $$;
CREATE FUNCTION colour_from_text(text) RETURNS colour IMMUTABLE LANGUAGE sql AS
    $$ SELECT (('x' || lpad(replace($1, '#', ''), 8, '0'))::bit(32)::int)::workshop.colour $$;
CREATE FUNCTION colour_from_json(json) RETURNS colour IMMUTABLE LANGUAGE sql AS
    $$ SELECT workshop.colour_from_text($1 #>> '{}') $$;
CREATE CAST (colour AS json) WITH FUNCTION colour_to_json(colour) AS IMPLICIT;
CREATE CAST (json AS colour) WITH FUNCTION colour_from_json(json) AS IMPLICIT;
CREATE CAST (text AS colour) WITH FUNCTION colour_from_text(text) AS IMPLICIT;
CREATE TABLE paints (id integer PRIMARY KEY, name text, shade colour);
INSERT INTO paints VALUES (1, 'red', 16711680), (2, 'blue', 255), (3, 'none', NULL);

-- Media types made in the database

CREATE DOMAIN "text/tab-separated-values" AS text;
CREATE FUNCTION client_line(state "text/tab-separated-values", client clients) RETURNS "text/tab-separated-values"
    IMMUTABLE LANGUAGE sql AS $$ SELECT $1 || $2.id || E'\t' || $2.name || E'\n' $$;
CREATE AGGREGATE client_lines(clients) (
    sfunc = client_line, stype = "text/tab-separated-values", initcond = E'id\tname\n'
);
CREATE DOMAIN "application/x-count" AS bytea;
CREATE FUNCTION count_step(state bigint, one anyelement) RETURNS bigint IMMUTABLE LANGUAGE sql AS
    $$ SELECT coalesce($1, 0) + 1 $$;
CREATE FUNCTION count_done(state bigint) RETURNS "application/x-count" IMMUTABLE LANGUAGE sql AS
    $$ SELECT convert_to('rows: ' || $1, 'UTF8') $$;
CREATE AGGREGATE count_rows(anyelement) (sfunc = count_step, stype = bigint, finalfunc = count_done);
CREATE DOMAIN "text/html" AS text;
CREATE FUNCTION page() RETURNS "text/html" STABLE LANGUAGE sql AS $$ SELECT '<p>Hello</p>'::workshop."text/html" $$;
CREATE DOMAIN "*/*" AS bytea;
CREATE FUNCTION anything() RETURNS "*/*" STABLE LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('response.headers', '[{"Content-Type": "app/whatever"}]', true);
    RETURN 'bytes'::bytea;
END $$;

CREATE DOMAIN "text/xml" AS xml;
CREATE FUNCTION feed() RETURNS "text/xml" STABLE LANGUAGE plpgsql AS  -- not every server is built with XML
    $$ BEGIN RETURN E'\n<feed>\n  <entry/>\n</feed>'::workshop."text/xml"; END $$;

-- Types that compare with others than themselves, or not as texts do.

CREATE EXTENSION ltree SCHEMA tools;
CREATE DOMAIN tag AS tools.ltree;
CREATE DOMAIN nickname AS varchar(20) CHECK (VALUE <> 'nobody');
CREATE TABLE parts (
    id integer PRIMARY KEY,
    place tools.ltree NOT NULL,
    tag tag,
    seal bytea,
    mark name,
    nickname nickname,
    spot point,
    state state DEFAULT 'used',
    address cidr
);
INSERT INTO parts VALUES
    (1, 'shop.north', 'metal', '\x616263', 'one', 'Bolt', '(1,1)', 'new', '10.0.0.0/8'),
    (2, 'shop.north.screws', 'metal.iron', '\x6100ff', 'it''s "2"\', 'Nut', '(5,5)', 'used', NULL),
    (3, 'yard', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE FUNCTION prepared() RETURNS bigint STABLE LANGUAGE sql AS $$ SELECT count(*) FROM pg_prepared_statements $$;

CREATE TABLE defaults (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    twice text NOT NULL GENERATED ALWAYS AS (name || name) STORED,
    word text NOT NULL DEFAULT 'it''s',
    owed numeric NOT NULL DEFAULT '-1.5',
    number smallint DEFAULT 7,
    sure boolean NOT NULL DEFAULT true,
    day date DEFAULT '2026-01-01',
    made_at timestamptz NOT NULL DEFAULT now(),
    list text[] DEFAULT '{}',
    full_list text[] DEFAULT '{a}',
    data jsonb DEFAULT '{"a": [1]}',
    state state NOT NULL DEFAULT 'new',
    endless real DEFAULT 'infinity',
    nothing text DEFAULT NULL
);

-- Related to nothing that can be seen, or by way of nothing that can be seen.

CREATE TABLE ends (id integer PRIMARY KEY);
CREATE TABLE others (id integer PRIMARY KEY);
CREATE TABLE hidden.ends_others (
    end_id integer REFERENCES ends, other_id integer REFERENCES others, PRIMARY KEY (end_id, other_id)
);

-- Functions

CREATE FUNCTION void_check(number integer) RETURNS void STABLE LANGUAGE plpgsql AS $$
BEGIN
    IF number < 0 THEN
        RAISE EXCEPTION 'below zero';
    END IF;
    PERFORM set_config('response.headers', '[{"X-Ran": "yes"}]', true);
END $$;
CREATE FUNCTION checked(number integer) RETURNS integer STABLE LANGUAGE plpgsql AS $$
BEGIN
    IF number < 0 THEN
        RAISE EXCEPTION 'below zero';
    END IF;
    RETURN number;
END $$;
CREATE FUNCTION grow(clients) RETURNS text STABLE LANGUAGE sql AS $$ SELECT repeat($1.name, 1000) $$;
CREATE FUNCTION add_clients(last integer) RETURNS SETOF clients LANGUAGE sql AS
    $$ INSERT INTO workshop.clients SELECT 1000 + n, 'x' FROM generate_series(1, last) AS n RETURNING * $$;
CREATE FUNCTION add(a integer, b integer DEFAULT 10) RETURNS integer IMMUTABLE LANGUAGE sql AS $$ SELECT a + b $$;
CREATE FUNCTION hello(name text) RETURNS text STABLE LANGUAGE sql AS $$ SELECT 'Hello, ' || name $$;
CREATE FUNCTION no_arguments() RETURNS integer STABLE LANGUAGE sql AS $$ SELECT 42 $$;
CREATE FUNCTION nothing() RETURNS void LANGUAGE sql AS $$ SELECT $$;
CREATE FUNCTION numbers(last integer) RETURNS SETOF integer IMMUTABLE LANGUAGE sql AS
    $$ SELECT generate_series(1, last) $$;
CREATE FUNCTION all_clients() RETURNS SETOF clients STABLE LANGUAGE sql AS $$ SELECT * FROM workshop.clients $$;
CREATE FUNCTION one_client(id integer) RETURNS clients STABLE LANGUAGE sql AS
    $$ SELECT * FROM workshop.clients WHERE clients.id = one_client.id $$;
CREATE FUNCTION sum_and_product(a integer, b integer, OUT sum integer, OUT product integer) IMMUTABLE LANGUAGE sql AS
    $$ SELECT a + b, a * b $$;
CREATE FUNCTION table_of(n integer) RETURNS TABLE (number integer, square integer) IMMUTABLE LANGUAGE sql AS
    $$ SELECT x, x * x FROM generate_series(1, n) x $$;
CREATE FUNCTION joined(VARIADIC words text[]) RETURNS text IMMUTABLE LANGUAGE sql AS
    $$ SELECT array_to_string(words, '-') $$;
CREATE FUNCTION overloaded() RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'none' $$;
CREATE FUNCTION overloaded(a integer) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'a' $$;
CREATE FUNCTION overloaded(a integer, b integer) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'a and b' $$;
CREATE FUNCTION unclear(a integer DEFAULT 1) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'a' $$;
CREATE FUNCTION unclear(b text DEFAULT '') RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'b' $$;
CREATE FUNCTION takes_json(json) RETURNS json IMMUTABLE LANGUAGE sql AS $$ SELECT $1 $$;
CREATE FUNCTION takes_text(text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT upper($1) $$;
CREATE FUNCTION takes_bytes(bytea) RETURNS integer IMMUTABLE LANGUAGE sql AS $$ SELECT length($1) $$;
CREATE FUNCTION jsonify(value jsonb) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$ SELECT value $$;
CREATE FUNCTION arrays(numbers integer[]) RETURNS integer[] IMMUTABLE LANGUAGE sql AS $$ SELECT numbers $$;
CREATE FUNCTION add_note(title text) RETURNS integer LANGUAGE sql AS
    $$ INSERT INTO workshop.notes (title) VALUES (title) RETURNING id $$;
CREATE FUNCTION close_notes() RETURNS SETOF notes LANGUAGE sql AS
    $$ UPDATE workshop.notes SET body = 'closed' RETURNING * $$;
CREATE FUNCTION setting(name text) RETURNS text STABLE LANGUAGE sql AS $$ SELECT current_setting(name, true) $$;
CREATE FUNCTION who() RETURNS text STABLE LANGUAGE sql AS $$ SELECT current_user::text $$;
CREATE FUNCTION teapot() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('response.status', '418', true),
            set_config('response.headers', '[{"Set-Cookie": "a=1"}, {"Set-Cookie": "b=2"}, {"X-Kettle": "on"}]', true);
    RETURN 'short and stout';
END $$;
CREATE FUNCTION bad_headers() RETURNS void LANGUAGE sql AS $$ SELECT set_config('response.headers', '{"a": 1}', true) $$;
CREATE FUNCTION bad_status() RETURNS void LANGUAGE sql AS $$ SELECT set_config('response.status', 'fine', true) $$;
CREATE FUNCTION refuse(sqlstate_ text, message text, detail text, hint text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = sqlstate_, MESSAGE = message, DETAIL = detail, HINT = hint;
END $$;
CREATE FUNCTION raised(message text, detail text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF detail IS NULL THEN
        RAISE SQLSTATE 'PGRST' USING MESSAGE = message;
    END IF;
    RAISE SQLSTATE 'PGRST' USING MESSAGE = message, DETAIL = detail;
END $$;
CREATE FUNCTION slow() RETURNS text STABLE LANGUAGE sql SET statement_timeout = '10ms' AS
    $$ SELECT pg_sleep(5)::text $$;
CREATE FUNCTION author_function() RETURNS text STABLE LANGUAGE sql AS $$ SELECT 'yes' $$;
REVOKE EXECUTE ON FUNCTION author_function() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION author_function() TO flows_rest_author;
CREATE FUNCTION before_request() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('request.headers', true)::json ->> 'x-refuse' = 'yes' THEN
        RAISE insufficient_privilege USING MESSAGE = 'refused before it began';
    END IF;
    PERFORM set_config('response.headers', '[{"X-Before": "seen"}]', true);
END $$;
CREATE FUNCTION root() RETURNS json STABLE LANGUAGE sql AS $$ SELECT '{"hello": "root"}'::json $$;

-- Another exposed schema, one that is searched, and one that is not exposed.

CREATE TABLE archive.projects (id integer PRIMARY KEY, year integer);
INSERT INTO archive.projects VALUES (1, 1999);
CREATE FUNCTION tools.from_the_path() RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'found' $$;
CREATE FUNCTION uses_the_path() RETURNS text STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN from_the_path(); END $$;
CREATE TABLE hidden.secrets (id integer PRIMARY KEY);
