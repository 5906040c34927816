CREATE TABLE flows.outbox (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    service text NOT NULL,
    job text NOT NULL,
    arguments jsonb DEFAULT '[]'::jsonb NOT NULL CHECK (jsonb_typeof(arguments) = 'array'),
    key text,
    request_id text,
    created_at timestamptz DEFAULT now() NOT NULL,
    not_before timestamptz DEFAULT now() NOT NULL,
    sent_at timestamptz,
    lease_until timestamptz,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    failed_at timestamptz
);
CREATE INDEX outbox_due ON flows.outbox (service, not_before) WHERE (failed_at IS NULL);
CREATE UNIQUE INDEX outbox_key ON flows.outbox (service, job, key) WHERE ((key IS NOT NULL) AND (failed_at IS NULL));
COMMENT ON TABLE flows.outbox IS 'Jobs to run: written with the change that causes them, deleted when they are done';
COMMENT ON COLUMN flows.outbox.key IS 'Unique among the undone jobs of a kind: the same work is not queued twice';

CREATE TABLE flows.audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz DEFAULT now() NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    action text NOT NULL,
    table_name text NOT NULL,
    row_id text,
    before jsonb,
    after jsonb
);
CREATE INDEX audit_log_table_name_row_id_idx ON flows.audit_log (table_name, row_id);
COMMENT ON TABLE flows.audit_log IS 'Who changed what, when, from what to what; can be added to, never changed';

CREATE TABLE flows.refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    created_at timestamptz DEFAULT now() NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    logged_in_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX refresh_tokens_session_idx ON flows.refresh_tokens (session);
CREATE INDEX refresh_tokens_user_id_idx ON flows.refresh_tokens (user_id);
COMMENT ON TABLE flows.refresh_tokens IS 'One row a token given, kept as its SHA-256; each works once and brings the session''s next';
COMMENT ON COLUMN flows.refresh_tokens.logged_in_at IS 'When the session began';

CREATE TABLE flows.api_key_secrets (
    api_key uuid PRIMARY KEY REFERENCES public.api_keys (id) ON DELETE CASCADE,
    secret_hash bytea NOT NULL UNIQUE,
    last_used_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
COMMENT ON TABLE flows.api_key_secrets IS 'The SHA-256 of each key, and when it was last used';

CREATE TABLE flows.recoveries (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz,
    used_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    redirect_to text
);
CREATE INDEX recoveries_user_id_created_at_idx ON flows.recoveries (user_id, created_at);
COMMENT ON TABLE flows.recoveries IS 'Password recoveries that were asked for; the token is kept as its SHA-256 and works once';

CREATE TABLE flows.email_changes (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    new_email text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    redirect_to text,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz,
    used_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX email_changes_user_id_created_at_idx ON flows.email_changes (user_id, created_at);
COMMENT ON TABLE flows.email_changes IS 'New addresses of logins that were asked for; the token is kept as its SHA-256, and the last one works once';

CREATE TABLE flows.seals (
    kind text NOT NULL CHECK (kind IN ('invoice', 'lines', 'credit_note', 'document')),
    subject uuid NOT NULL,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    name text NOT NULL,
    sha256 bytea NOT NULL,
    made_in bigint DEFAULT ((pg_current_xact_id())::text)::bigint NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (kind, subject)
);
COMMENT ON TABLE flows.seals IS 'Digests of what was issued, made by the database as it is stored: whatever is changed, removed or added past it no longer agrees';
COMMENT ON COLUMN flows.seals.subject IS 'The invoice, also of its lines, the credit note or the document';
COMMENT ON COLUMN flows.seals.name IS 'The number, or the document''s file name: said of what is gone';
COMMENT ON COLUMN flows.seals.made_in IS 'The transaction that issued it: lines are added in no other';

CREATE TABLE flows.money_requests (
    account uuid NOT NULL REFERENCES public.accounts (id) ON DELETE CASCADE,
    key text NOT NULL CHECK ((length(key) >= 1) AND (length(key) <= 255)),
    request jsonb NOT NULL,
    made uuid NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (account, key)
);
COMMENT ON TABLE flows.money_requests IS 'What money was asked to be recorded with an idempotency key: asked again with it, it is the same request or refused';
COMMENT ON COLUMN flows.money_requests.request IS 'The caller, what was to be recorded, and everything that was said of it';
COMMENT ON COLUMN flows.money_requests.made IS 'The payment, refund, write-off or gift';

CREATE TABLE flows.login_mails (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    kind text NOT NULL,
    email text NOT NULL,
    expires_at timestamptz NOT NULL,
    sent_at timestamptz,
    used_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT login_mails_kind_check CHECK (kind IN ('password_changed', 'email_changed', 'reauthentication'))
);
CREATE INDEX login_mails_user_id_created_at_idx ON flows.login_mails (user_id, created_at);
COMMENT ON TABLE flows.login_mails IS 'What a login''s owner is told by mail: that something changed, or the code that proves who they are, which works once';
