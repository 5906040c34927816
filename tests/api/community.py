"""Two communities with a home or two each, and those who log in there."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from flows_api.auth.passwords import hash_password
from flows_shared.db import Connection, connect

PASSWORD = "correct horse battery staple"
MONTH = date(2026, 10, 1)
PDF = b"%PDF-1.7 as small as can be"


@dataclass(frozen=True)
class Home:
    """One of each thing that a customer has."""

    esco: UUID
    customer: UUID
    user: UUID
    email: str
    serial: str
    invoice: str
    meter: UUID
    register: UUID
    property: UUID
    account: UUID
    payment: UUID


@dataclass(frozen=True)
class Community:
    lab: UUID
    wlce: UUID
    ann: Home
    bob: Home
    cid: Home
    lab_admin: UUID
    operator: UUID
    disabled: UUID
    run: UUID

    @property
    def homes(self) -> tuple[Home, ...]:
        return self.ann, self.bob, self.cid


async def make_community(url: str) -> Community:
    """As the role that migrated. Ann and Bob live in LAB, Cid in WLCE; Cid's invoice has no PDF yet."""
    db = await connect(url, name="tests")
    try:
        async with db.transaction():
            lab, wlce = [await _esco(db, code) for code in ("LAB", "WLCE")]
            password_hash = hash_password(PASSWORD)
            ann = await _home(db, lab, "LAB", "ann", password_hash)
            bob = await _home(db, lab, "LAB", "bob", password_hash)
            cid = await _home(db, wlce, "WLCE", "cid", password_hash)
            run = await _run(db, lab, ann)
            await _document(db, ann.invoice)
            return Community(
                lab=lab,
                wlce=wlce,
                ann=ann,
                bob=bob,
                cid=cid,
                lab_admin=await _admin(db, "admin@lab.example", password_hash, lab),
                operator=await _admin(db, "operator@example.org", password_hash, None),
                disabled=await _disabled(db, password_hash),
                run=run,
            )
    finally:
        await db.close()


async def _esco(db: Connection, code: str) -> UUID:
    esco: UUID = await db.fetchval(
        "INSERT INTO flows.escos (name, code, region, vat_number) VALUES ($1, $1, 'A', 'GB1') RETURNING id", code
    )
    await db.execute(
        """INSERT INTO public.microgrid_tariffs (esco, period_start, computed_unit_rate, computed_standing_charge)
           VALUES ($1, '2026-01-01', 0.2, 0.4)""",
        esco,
    )
    return esco


async def _home(db: Connection, esco: UUID, code: str, name: str, password_hash: str) -> Home:
    home = Home(
        esco=esco,
        customer=uuid4(),
        user=uuid4(),
        email=f"{name}@example.org",
        serial=f"EML-{name.upper()}",
        invoice=f"{code}-{name.upper()}-1",
        meter=uuid4(),
        register=uuid4(),
        property=uuid4(),
        account=uuid4(),
        payment=uuid4(),
    )
    for statement, *values in (
        (
            "INSERT INTO flows.meter_registry (id, serial, esco, hardware) VALUES ($1, $2, $3, 'P1.ax')",
            home.meter,
            home.serial,
            esco,
        ),
        (
            """INSERT INTO flows.meter_registers (register_id, meter_id, element, nature, start_time)
               VALUES ($1, $2, 'A', 'power', '2026-01-01Z')""",
            home.register,
            home.meter,
        ),
        (
            "UPDATE flows.meter_shadows SET import_a = 12.345, health = 'healthy', health_details = '' WHERE id = $1",
            home.meter,
        ),
        (
            """INSERT INTO flows.meter_sync_status (meter_id, metric, last_attempt_at, last_success_at, duration_ms)
               VALUES ($1, 'SyncerReads', now(), now(), 120)""",
            home.meter,
        ),
        (
            "INSERT INTO public.customers (id, fullname, email, esco) VALUES ($1, $2, $3, $4)",
            home.customer,
            name.capitalize(),
            home.email,
            esco,
        ),
        (
            "INSERT INTO public.users (id, email, password_hash, role, customer) VALUES ($1, $2, $3, 'customer', $4)",
            home.user,
            home.email,
            password_hash,
            home.customer,
        ),
        (
            "INSERT INTO public.properties (id, plot, esco, supply_meter) VALUES ($1, $2, $3, $4)",
            home.property,
            f"Plot {name}",
            esco,
            home.meter,
        ),
        (
            """INSERT INTO public.accounts (id, property, type, status, start_date)
               VALUES ($1, $2, 'supply', 'open', '2026-01-01')""",
            home.account,
            home.property,
        ),
        (
            "INSERT INTO public.customer_accounts (customer, account, role) VALUES ($1, $2, 'occupier')",
            home.customer,
            home.account,
        ),
        (
            """INSERT INTO public.invoices (number, esco, account, customer, period_start, period_end, issue_date,
                                            due_date, net_pence, vat_pence, total_pence)
               VALUES ($1, $2, $3, $4, '2026-10-01', '2026-11-01', '2026-11-02', '2026-11-16', 2000, 100, 2100)""",
            home.invoice,
            esco,
            home.account,
            home.customer,
        ),
        (
            "INSERT INTO public.payments (id, account, amount_pence, status) VALUES ($1, $2, 2100, 'succeeded')",
            home.payment,
            home.account,
        ),
    ):
        await db.execute(statement, *values)
    await _readings(db, home.register)
    return home


async def _readings(db: Connection, register: UUID) -> None:
    await db.execute("SELECT flows.ensure_interval_partitions($1, $2)", MONTH, MONTH + timedelta(days=31))
    start = datetime(2026, 10, 1, tzinfo=UTC)
    rows = [(register, start + timedelta(minutes=30 * slot), slot) for slot in range(48)]
    await db.executemany("INSERT INTO flows.register_interval_hh VALUES ($1, $2, $3 / 100.0)", rows)


async def _run(db: Connection, esco: UUID, home: Home) -> UUID:
    run: UUID = await db.fetchval(
        """INSERT INTO public.billing_runs (esco, month, status, requested_by, accounts, billed)
           VALUES ($1, $2, 'completed', 'tests', 1, 1) RETURNING id""",
        esco,
        date(2026, 9, 1),
    )
    await db.execute(
        """INSERT INTO public.billing_run_accounts (run, account, outcome, invoice)
           SELECT $1, account, 'billed', id FROM public.invoices WHERE number = $2""",
        run,
        home.invoice,
    )
    return run


async def _document(db: Connection, invoice: str) -> None:
    await db.execute(
        """INSERT INTO public.documents (invoice, file_name, media_type, content)
           SELECT id, number || '.pdf', 'application/pdf', $2 FROM public.invoices WHERE number = $1""",
        invoice,
        PDF,
    )


async def _admin(db: Connection, email: str, password_hash: str, esco: UUID | None) -> UUID:
    """Of one community, or of all."""
    user: UUID = await db.fetchval(
        "INSERT INTO public.users (email, password_hash, role, all_escos) VALUES ($1, $2, 'admin', $3) RETURNING id",
        email,
        password_hash,
        esco is None,
    )
    if esco:
        await db.execute("INSERT INTO public.user_escos (user_id, esco) VALUES ($1, $2)", user, esco)
    return user


async def _disabled(db: Connection, password_hash: str) -> UUID:
    user: UUID = await db.fetchval(
        """INSERT INTO public.users (email, password_hash, role, all_escos, disabled_at)
           VALUES ('gone@example.org', $1, 'admin', true, now()) RETURNING id""",
        password_hash,
    )
    return user
