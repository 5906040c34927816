CREATE TABLE public.messages (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    customer uuid NOT NULL REFERENCES public.customers (id),
    event text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms')),
    template text NOT NULL,
    recipient text,
    subject text,
    invoice uuid REFERENCES public.invoices (id),
    status text DEFAULT 'pending' NOT NULL CHECK (status IN ('pending', 'sent', 'failed', 'undeliverable')),
    attempts integer DEFAULT 0 NOT NULL,
    last_error text,
    sent_at timestamptz,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    credit_note uuid,
    UNIQUE (event, customer, channel)
);
CREATE INDEX messages_credit_note_idx ON public.messages (credit_note);
CREATE INDEX messages_customer_idx ON public.messages (customer);
CREATE INDEX messages_esco_idx ON public.messages (esco);
CREATE INDEX messages_invoice_idx ON public.messages (invoice);
COMMENT ON TABLE public.messages IS 'One message an event, customer and channel';
COMMENT ON COLUMN public.messages.event IS 'What it is about, such as invoice_issued:WLCE-000001';
COMMENT ON COLUMN public.messages.status IS 'undeliverable: there is no address, last_error says so; failed: given up after the last try';
