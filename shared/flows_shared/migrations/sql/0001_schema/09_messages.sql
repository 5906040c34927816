-- What customers are told, and what became of it.
CREATE TABLE public.messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    esco uuid NOT NULL REFERENCES flows.escos (id),
    customer uuid NOT NULL REFERENCES public.customers (id),
    event text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms')),
    template text NOT NULL,
    recipient text,
    subject text,
    invoice uuid REFERENCES public.invoices (id),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'failed', 'undeliverable')),
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    sent_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (event, customer, channel)
);
CREATE INDEX ON public.messages (customer);
CREATE INDEX ON public.messages (invoice);
CREATE INDEX ON public.messages (esco);
COMMENT ON TABLE public.messages IS 'One message an event, customer and channel';
COMMENT ON COLUMN public.messages.event IS 'What it is about, such as invoice_issued:WLCE-000001';
COMMENT ON COLUMN public.messages.status IS 'undeliverable: there is no address, last_error says so; failed: given up after the last try';
