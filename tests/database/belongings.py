"""What a home has in the database: a row in each table that holds something of a customer."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from builders import Home, Meter, insert
from flows_shared.db import Connection

JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)
MONTH = date(2026, 6, 1)

METER_READINGS: dict[str, dict[str, Any]] = {
    "flows.meter_csq": {"csq": 20},
    "flows.meter_voltage": {"voltage": 241},
    "flows.meter_3p_voltage": {"voltage_l1": 240, "voltage_l2": 241, "voltage_l3": 242},
    "flows.meter_prepay_balance": {"balance": 12},
    "flows.meter_health_history": {"health": "healthy"},
    "flows.meter_event_log": {"event_type": 33, "event_set": 0},
}
REGISTER_READINGS: dict[str, dict[str, Any]] = {
    "flows.register_import": {"read": 1000},
    "flows.register_export": {"read": 10},
    "flows.register_interval_hh": {"kwh": 1},
}
TIMED = (*METER_READINGS, *REGISTER_READINGS)


async def make_readings(db: Connection, meter: Meter, at: datetime) -> None:
    """One of each kind; the day's roll-up follows from the half hour."""
    await db.execute("SELECT flows.ensure_interval_partitions($1, $1)", at.date())
    for table, values in METER_READINGS.items():
        await insert(db, table, meter_id=meter.id, timestamp=at, **values)
    for table, values in REGISTER_READINGS.items():
        await insert(db, table, register_id=meter.register, timestamp=at, **values)


async def make_belongings(db: Connection, home: Home) -> None:
    await make_readings(db, home.meter, JUNE)
    await _make_contract(db, home)
    await _make_solar(db, home)
    await _make_bill(db, home)
    await _make_prepay(db, home)
    await insert(
        db, "flows.meter_sync_status", meter_id=home.meter.id, metric="Csq", last_attempt_at=JUNE, duration_ms=1
    )
    circuit = (await insert(db, "flows.circuits", type="power"))["id"]
    await insert(db, "flows.circuit_register", circuit=circuit, register=home.meter.register, start_time=JUNE)
    await insert(db, "public.monthly_usage", circuit_id=circuit, month=MONTH, kwh=200)
    await insert(db, "public.monthly_costs", customer_id=home.customer.id, month=MONTH, total=50)


async def _make_contract(db: Connection, home: Home) -> None:
    contract = (await insert(db, "public.contracts", type="supply"))["id"]
    await insert(db, "public.contract_signatures", contract=contract, customer=home.customer.id, signed_at=JUNE)
    await db.execute("UPDATE public.accounts SET current_contract = $1 WHERE id = $2", contract, home.account)
    await insert(db, "public.account_events", account=home.account, history_type="open")
    await insert(db, "public.registered_proprietors", property=home.property, customer=home.customer.id)
    body = (await insert(db, "public.corporate_bodies", esco=home.esco, name=f"Body {uuid4()}"))["id"]
    await insert(db, "public.customer_corporate_bodies", customer=home.customer.id, corporate_body=body)
    await insert(db, "public.customer_invites", customer=home.customer.id)


async def _make_solar(db: Connection, home: Home) -> None:
    await insert(
        db,
        "public.solar_installation",
        property=home.property,
        declared_net_capacity=4,
        commissioning_date=date(2025, 1, 1),
    )
    for table, column in (
        ("public.solar_credit_allocation", "ratio"),
        ("public.monthly_solar_credits", "allocation_ratio"),
    ):
        installation, receiver, more = (
            ("installation_property", "allocation_property", {})
            if column == "ratio"
            else ("source_installation", "property_id", {"month": MONTH, "credit_pence": 5})
        )
        await insert(db, table, **{installation: home.property, receiver: home.property, column: 1, **more})


async def _make_bill(db: Connection, home: Home) -> None:
    tariff = await insert(
        db,
        "public.customer_tariffs",
        customer=home.customer.id,
        period_start=MONTH,
        computed_unit_rate=1,
        computed_standing_charge=1,
    )
    days = {"period_start": MONTH, "period_end": date(2026, 7, 1)}
    invoice = await insert(
        db,
        "public.invoices",
        number=f"N-{uuid4()}",
        esco=home.esco,
        account=home.account,
        customer=home.customer.id,
        issue_date=date(2026, 7, 1),
        due_date=date(2026, 7, 15),
        net_pence=100,
        vat_pence=5,
        total_pence=105,
        **days,
    )
    await insert(
        db,
        "public.invoice_lines",
        invoice=invoice["id"],
        position=1,
        kind="energy",
        description="Energy",
        quantity=1,
        unit="kWh",
        rate=1,
        amount_pence=100,
        includes_vat=False,
        vat_rate=0,
        customer_tariff=tariff["id"],
        register=home.meter.register,
        **days,
    )
    await insert(
        db,
        "public.invoice_reads",
        invoice=invoice["id"],
        register=home.meter.register,
        serial=home.meter.serial,
        element="SINGLE",
        opened_at=JUNE,
        closed_at=JUNE,
    )
    await insert(db, "public.direct_debit_mandates", account=home.account, reference=f"M-{uuid4()}")
    await insert(db, "public.documents", invoice=invoice["id"], file_name="a.pdf", media_type="a/pdf", content=b"%PDF")
    await insert(
        db,
        "public.messages",
        esco=home.esco,
        customer=home.customer.id,
        event=f"invoice_issued:{invoice['number']}",
        channel="email",
        template="invoice_issued",
        invoice=invoice["id"],
    )
    await _post(db, home, invoice["id"])
    payment = await insert(db, "public.payments", account=home.account, amount_pence=105)
    await insert(db, "public.payment_events", payment=payment["id"], event_type="created")


async def _post(db: Connection, home: Home, invoice: object) -> None:
    owed, earned = [
        (
            await insert(
                db,
                "public.ledger_accounts",
                esco=home.esco,
                code=f"{name}-{uuid4()}",
                name=name,
                type=kind,
                account=account,
            )
        )["id"]
        for name, kind, account in (("receivable", "asset", home.account), ("income", "income", None))
    ]
    entry = await insert(
        db,
        "public.ledger_entries",
        esco=home.esco,
        entry_date=date(2026, 7, 1),
        kind="invoice",
        reference=str(invoice),
        description="Invoice",
        invoice=invoice,
    )
    await db.execute(
        """INSERT INTO public.ledger_postings (entry, ledger_account, amount_pence)
           VALUES ($1, $2, 105), ($1, $3, -105)""",
        entry["id"],
        owed,
        earned,
    )


async def _make_prepay(db: Connection, home: Home) -> None:
    wallet = (await insert(db, "public.wallets", balance=0))["id"]
    await db.execute("UPDATE public.meters SET wallet = $1 WHERE id = $2", wallet, home.meter.id)
    gift = await insert(db, "public.gifts", customer=home.customer.id, amount_pence=500)
    topup = await insert(db, "public.topups", meter=home.meter.id, amount_pence=500, source="gift", created_at=JUNE)
    await insert(db, "public.topup_events", topup=topup["id"], event_type="created")
    await insert(db, "public.topups_gifts", topup_id=topup["id"], gift_id=gift["id"])
