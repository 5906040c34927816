CREATE TABLE flows.meter_commands (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    meter_id uuid NOT NULL REFERENCES flows.meter_registry (id) ON DELETE CASCADE,
    kind text NOT NULL,
    arguments jsonb DEFAULT '{}'::jsonb NOT NULL CHECK (jsonb_typeof(arguments) = 'object'),
    idempotency_key text NOT NULL,
    topup uuid REFERENCES public.topups (id) ON DELETE SET NULL,
    requested_by text DEFAULT flows.actor() NOT NULL,
    status text DEFAULT 'pending' NOT NULL CHECK (status IN ('pending', 'sent', 'confirmed', 'failed')),
    tries integer DEFAULT 0 NOT NULL,
    before jsonb,
    after jsonb,
    error_code text,
    last_error text,
    sent_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (meter_id, idempotency_key),
    CONSTRAINT meter_commands_kind_check CHECK (kind IN ('tariff', 'token', 'prepay', 'clock', 'backlight', 'load_switch', 'daylight_saving')),
    CONSTRAINT meter_commands_idempotency_key_check CHECK ((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255)),
    CONSTRAINT meter_commands_check CHECK ((status IN ('confirmed', 'failed')) = (ended_at IS NOT NULL))
);
CREATE INDEX meter_commands_meter_id_created_at_idx ON flows.meter_commands (meter_id, created_at);
CREATE INDEX meter_commands_open ON flows.meter_commands (kind, status) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX meter_commands_token ON flows.meter_commands (meter_id, ((arguments ->> 'token'::text))) WHERE ((kind = 'token'::text) AND (status <> 'failed'::text));
CREATE INDEX meter_commands_topup_idx ON flows.meter_commands (topup);
COMMENT ON TABLE flows.meter_commands IS 'Writes to meters: who asked for what, and how far it is';
COMMENT ON COLUMN flows.meter_commands.tries IS 'How often it was sent, or the meter looked for in vain';
COMMENT ON COLUMN flows.meter_commands.before IS 'Token: what the meter said before it was sent first, so that a second look tells whether it was taken';
COMMENT ON COLUMN flows.meter_commands.after IS 'What the meter said when it was confirmed';

CREATE TABLE flows.meter_proxies (
    esco uuid PRIMARY KEY REFERENCES flows.escos (id) ON DELETE CASCADE,
    host text NOT NULL CHECK (host <> ''),
    port integer DEFAULT 1080 NOT NULL CHECK ((port >= 1) AND (port <= 65535)),
    username text,
    password text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
COMMENT ON TABLE flows.meter_proxies IS 'SOCKS5 proxies through which a community''s meters are reached';

CREATE TABLE flows.meter_sources (
    esco uuid PRIMARY KEY REFERENCES flows.escos (id) ON DELETE CASCADE,
    url text NOT NULL CHECK (url ~ '^(https?|postgres(ql)?)://') CONSTRAINT meter_sources_url_without_password CHECK (url !~ '^postgres[^/]*://[^/@]*:[^/@]*@'),
    api_key text NOT NULL,
    token text,
    last_try_at timestamptz,
    last_success_at timestamptz,
    last_error text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
COMMENT ON TABLE flows.meter_sources IS 'The other Flows whose data a community''s passive meters follow';
COMMENT ON COLUMN flows.meter_sources.url IS 'Of its REST API, such as https://other.example/rest/v1, or of its database, such as postgresql://reader@other.example/flows';
COMMENT ON COLUMN flows.meter_sources.api_key IS 'Of its REST API; of a database the role''s password';
COMMENT ON COLUMN flows.meter_sources.token IS 'Sent as the bearer token; the API key where there is none';
