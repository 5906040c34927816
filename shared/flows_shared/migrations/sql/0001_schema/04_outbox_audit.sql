-- Work that follows from a change, and the record of every change.
CREATE TABLE flows.outbox (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    service text NOT NULL,
    job text NOT NULL,
    arguments jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(arguments) = 'array'),
    key text,
    request_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    lease_until timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    failed_at timestamptz
);
CREATE UNIQUE INDEX outbox_key ON flows.outbox (service, job, key) WHERE key IS NOT NULL AND failed_at IS NULL;
CREATE INDEX outbox_due ON flows.outbox (service, not_before) WHERE failed_at IS NULL;
COMMENT ON TABLE flows.outbox IS 'Jobs to run: written with the change that causes them, deleted when they are done';
COMMENT ON COLUMN flows.outbox.key IS 'Unique among the undone jobs of a kind: the same work is not queued twice';

CREATE TABLE flows.audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    role text NOT NULL,
    action text NOT NULL,
    table_name text NOT NULL,
    row_id text,
    before jsonb,
    after jsonb
);
CREATE INDEX ON flows.audit_log (table_name, row_id);
COMMENT ON TABLE flows.audit_log IS 'Who changed what, when, from what to what; can be added to, never changed';
