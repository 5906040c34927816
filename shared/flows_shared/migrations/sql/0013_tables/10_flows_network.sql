CREATE TABLE flows.regions (
    code text PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
COMMENT ON TABLE flows.regions IS 'Electricity distribution regions of Great Britain, by the letter of their grid supply point group';

CREATE TABLE flows.escos (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    name text NOT NULL,
    code text NOT NULL UNIQUE CHECK (code <> ''),
    app_url text,
    region text REFERENCES flows.regions (code),
    time_zone text DEFAULT 'Europe/London' NOT NULL,
    vat_number text,
    address text,
    payment_days smallint DEFAULT 14 NOT NULL CHECK ((payment_days >= 0) AND (payment_days <= 90)),
    vat_registered boolean DEFAULT true NOT NULL,
    vat_use text DEFAULT 'domestic' NOT NULL CHECK (vat_use IN ('domestic', 'charity', 'business', 'mixed')),
    vat_small_quantities boolean DEFAULT true NOT NULL,
    vat_mixed_use boolean DEFAULT true NOT NULL,
    back_bill_months smallint DEFAULT 12 CHECK (back_bill_months > 0) CONSTRAINT back_bill_months_from_1_to_1200 CHECK ((back_bill_months >= 1) AND (back_bill_months <= 1200)),
    hold_spikes boolean DEFAULT true NOT NULL,
    hold_read_kwh numeric DEFAULT 1,
    contact_email text CHECK (contact_email ~~ '%_@_%'),
    contact_phone text CHECK (contact_phone <> ''),
    contact_address text CHECK (contact_address <> ''),
    complaint_route text CHECK (complaint_route <> ''),
    redress_body text CHECK (redress_body <> ''),
    bank_account_name text CHECK (bank_account_name <> ''),
    bank_sort_code text CHECK (bank_sort_code ~ '^[0-9]{6}$'),
    bank_account_number text CHECK (bank_account_number ~ '^[0-9]{8}$'),
    bank_iban text CHECK (flows.is_iban(bank_iban)),
    bank_bic text CHECK (bank_bic ~ '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$'),
    payment_limit_pence integer DEFAULT 100000 NOT NULL,
    CONSTRAINT hold_read_kwh_from_0_to_1000000 CHECK ((hold_read_kwh >= (0)::numeric) AND (hold_read_kwh <= (1000000)::numeric)),
    CONSTRAINT escos_payment_limit_pence_check CHECK ((payment_limit_pence >= 1) AND (payment_limit_pence <= 10000000))
);
CREATE INDEX escos_region_idx ON flows.escos (region);
COMMENT ON TABLE flows.escos IS 'Energy service companies: the tenants everything else belongs to';
COMMENT ON COLUMN flows.escos.payment_days IS 'Days between an invoice''s issue and its due date';
COMMENT ON COLUMN flows.escos.vat_registered IS 'False: no VAT is charged and its bills are no VAT invoices';
COMMENT ON COLUMN flows.escos.vat_use IS 'Use of premises that have no status of their own, nor has their customer';
COMMENT ON COLUMN flows.escos.vat_small_quantities IS 'Whether at most 33 kWh a day are taxed as domestic (VAT Notice 701/19, 5.2)';
COMMENT ON COLUMN flows.escos.vat_mixed_use IS 'Whether 60% qualifying use makes the whole supply qualify (VAT Notice 701/19, 3.4)';
COMMENT ON COLUMN flows.escos.back_bill_months IS 'Energy used longer ago is not charged for if it was not billed before; null: it is';
COMMENT ON COLUMN flows.escos.hold_spikes IS 'Whether bills over half hours that validation flags as a spike or above the fuse are held';
COMMENT ON COLUMN flows.escos.hold_read_kwh IS 'By how much a register''s reads may differ from its half hours before a bill is held; null: by any';
COMMENT ON COLUMN flows.escos.complaint_route IS 'How to complain, in a sentence, as it stands on bills';
COMMENT ON COLUMN flows.escos.redress_body IS 'Who decides a complaint that the community does not settle, as it stands on bills';
COMMENT ON COLUMN flows.escos.payment_limit_pence IS 'The most that one payment or gift may be';

CREATE TABLE flows.sites_new (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    name text NOT NULL,
    code text NOT NULL,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    UNIQUE (esco, code)
);
COMMENT ON TABLE flows.sites_new IS 'Meters behind one boundary settlement meter';

CREATE TABLE flows.properties (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    plot text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
COMMENT ON TABLE flows.properties IS 'Homes and units as the network knows them; kept in step with public.properties';

CREATE TABLE flows.feeder_registry (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    name text NOT NULL UNIQUE,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX feeder_registry_esco_idx ON flows.feeder_registry (esco);

CREATE TABLE flows.service_head_registry (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    name text NOT NULL,
    feeder uuid REFERENCES flows.feeder_registry (id),
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    phase smallint CHECK ((phase >= 1) AND (phase <= 3)),
    fuse_rating integer CONSTRAINT fuse_rating_from_1_to_10000 CHECK ((fuse_rating >= 1) AND (fuse_rating <= 10000)),
    type text CHECK (type IN ('customer_owned', 'network_owned'))
);
CREATE INDEX service_head_registry_feeder_idx ON flows.service_head_registry (feeder);

CREATE TABLE flows.properties_service_head (
    property uuid NOT NULL REFERENCES flows.properties (id) ON DELETE CASCADE,
    service_head uuid NOT NULL REFERENCES flows.service_head_registry (id) ON DELETE CASCADE,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL,
    PRIMARY KEY (property, service_head)
);
CREATE INDEX properties_service_head_service_head_idx ON flows.properties_service_head (service_head);

CREATE TABLE flows.ev_chargers (
    id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
    esco uuid NOT NULL REFERENCES flows.escos (id),
    serial text NOT NULL UNIQUE,
    pin text,
    "position" text,
    created_at timestamptz DEFAULT now() NOT NULL,
    updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE INDEX ev_chargers_esco_idx ON flows.ev_chargers (esco);
