"""A community with homes of many kinds, billed as it should be: nothing of it is wrong."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from billing.community import NOVEMBER_3, Community, Home
from billing.corrections import esco_of, rebilled
from billing.sharers import exchanged, make_group
from billing.time_of_use import component, profile
from flows_billing.closings.final import Closing, final_bill
from flows_billing.invoices.documents import HTML, PDF
from flows_billing.payments import record
from flows_billing.printing import Document, keep_documents
from flows_billing.settings import RunSettings
from flows_shared.contracts.money import PaymentArguments
from flows_shared.time import Period

ONE_DAY = date(2026, 10, 31)
LAST_DAY = Period(datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
THE_29TH, THE_30TH = date(2026, 10, 29), date(2026, 10, 30)
NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)
NOVEMBER_30 = datetime(2026, 11, 30, 9, tzinfo=UTC)  # what was used before 30 October is too old


@dataclass(frozen=True)
class Homes:
    """Each on the last day of October: 48 half hours of 0.2 kWh, 9.6 kWh."""

    flat: Home  # WLCE-000001: 9.6 x 20p + 50p; paid 100p
    blocks: Home  # night and day, blocks of a day, an export credit of 5 kWh
    minimum: Home  # a minimum of £31 a month: £1 a day
    business: Home  # 20 % VAT upon the price
    sharer: Home
    estimated: Home
    corrected: Home  # void, credited and replaced
    moved_out: Home
    two_payers: Home
    nothing: Home  # no use, no standing charge: an invoice of 0p
    exchanged: Home  # shares, and its meter is another one from noon
    exporter: Home  # registered for VAT, an export credit of 5 kWh
    two_rates: Home  # a minimum over two days, of which the second is a business's
    late: Home  # three days, billed on 30 November: the first is too old
    late_again: Home  # the same, corrected on that day
    spiked: Home  # held for a spike, and released


async def bill_all(community: Community) -> Homes:
    await community.execute(
        "UPDATE flows.escos SET vat_number = 'GB123', vat_small_quantities = false, back_bill_months = 1"
    )
    await _price(community)
    homes = Homes(
        flat=await _home(community),
        blocks=await _home(community, tariff={"unit_rate": "0.3", "standing_charge": "0.4"}),
        minimum=await _home(community, tariff={"unit_rate": "0.01", "standing_charge": "0.02"}),
        business=await _home(community, tariff={"unit_rate": "0.2", "standing_charge": "0.5", "includes_vat": False}),
        sharer=await _home(community),
        estimated=await _home(community),
        corrected=await _home(community),
        moved_out=await _home(community),
        two_payers=await _home(community, start_date=date(2026, 10, 30)),
        nothing=await _home(community, kwh="0", tariff={"unit_rate": "0.2", "standing_charge": "0"}),
        exchanged=await _home(community),
        exporter=await _home(community, tariff={"unit_rate": "0.2", "standing_charge": "0.5"}),
        two_rates=await _home(community, tariff={"unit_rate": "0.01", "standing_charge": "0"}, start_date=THE_30TH),
        late=await community.home(start_date=THE_29TH),
        late_again=await community.home(start_date=THE_29TH),
        spiked=await _home(community),
    )
    await _refine(community, homes)
    await community.bill()
    await _bill_late(community, homes)
    await _go_on(community, homes)
    return homes


async def _price(community: Community) -> None:
    await community.tariff("0.20000", "0.50000")


async def _home(community: Community, *, kwh: str = "0.2", start_date: date = ONE_DAY, **home: object) -> Home:
    made = await community.home(start_date=start_date, **home)  # type: ignore[arg-type]
    first = datetime(start_date.year, start_date.month, start_date.day, tzinfo=UTC)
    if start_date < date(2026, 10, 25):
        raise ValueError("the summer's days start an hour earlier")
    await community.measure(made.registers["SINGLE"], Period(first, LAST_DAY.end), kwh)
    return made


async def _refine(community: Community, homes: Homes) -> None:
    times = await profile(community, {"band": "night", "starts_at": time(0), "ends_at": time(7)})
    blocks = await _own_tariff(community, homes.blocks)
    await community.execute("UPDATE public.customer_tariffs SET rate_profile = $2 WHERE id = $1", blocks, times)
    for rate, more in (("0.10", {"band": "night"}), ("0.30", {}), ("0.35", {"from_kwh": Decimal(3)})):
        await _component(community, blocks, "unit_rate", rate, **({"threshold_period": "day"} | more))
    await _component(community, blocks, "export_credit", "0.05")
    await _component(community, await _own_tariff(community, homes.exporter), "export_credit", "0.06")
    await community.execute(
        "INSERT INTO public.vat_registrations (customer, valid_from, vat_number) VALUES ($1, '2026-01-01', 'GB9')",
        homes.exporter.customer,
    )
    for home in (homes.blocks, homes.exporter):
        await _export(community, home)
    for home in (homes.minimum, homes.two_rates):
        await _component(community, await _own_tariff(community, home), "minimum_charge", "31")
    for home, since in ((homes.business, date(2026, 1, 1)), (homes.two_rates, ONE_DAY)):
        await community.execute(
            "INSERT INTO public.vat_statuses (customer, valid_from, use) VALUES ($1, $2, 'business')",
            home.customer,
            since,
        )
    await _share(community, homes)
    await _flag(community, homes.spiked)
    await community.execute(
        """WITH gone AS (DELETE FROM flows.register_interval_hh
                          WHERE timestamp = '2026-10-31 12:00Z' AND register_id = $1 RETURNING *)
           INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
           SELECT register_id, timestamp, kwh, 'linear' FROM gone""",
        homes.estimated.registers["SINGLE"],
    )
    await community.execute(
        "UPDATE public.customer_accounts SET end_date = '2026-10-30' WHERE account = $1", homes.two_payers.account
    )
    await community.party(homes.two_payers, await community.customer(), start_date=ONE_DAY)


async def _export(community: Community, home: Home) -> None:
    for at, read in (("2026-10-31 00:00Z", 10), ("2026-11-01 00:00Z", 15)):
        await community.execute(
            "INSERT INTO flows.register_export VALUES ($1, $2::text::timestamptz, $3)",
            home.registers["SINGLE"],
            at,
            Decimal(read),
        )


async def _share(community: Community, homes: Homes) -> None:
    group = await make_group(community, "proportional", "0.12000", "0.04000")
    await group.member(homes.sharer, surplus_ratio="1")
    await group.member(homes.exchanged)
    await group.generate("0.05", Period(LAST_DAY.start, LAST_DAY.start.replace(hour=14)))
    old = homes.exchanged.registers["SINGLE"]
    await community.execute(
        "DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp >= $2", old, NOON
    )
    await community.measure(await exchanged(community, old, NOON), Period(NOON, LAST_DAY.end), "0.3")


async def _flag(community: Community, home: Home) -> None:
    """A half hour that validation found too large."""
    await community.measure_more(home, "20.2")
    await community.execute(
        """INSERT INTO flows.register_interval_flags (register_id, timestamp, rule, kwh, details)
           VALUES ($1, $2, 'spike', 20.2, 'too much')""",
        home.registers["SINGLE"],
        NOON,
    )


async def _bill_late(community: Community, homes: Homes) -> None:
    """What was not there by the first run, and what was held; an exception comes too late for the bill."""
    days = Period(datetime(2026, 10, 29, tzinfo=UTC), LAST_DAY.end)
    for home in (homes.late, homes.late_again):
        await community.measure(home.registers["SINGLE"], days, "0.2")
    await community.execute("UPDATE public.bill_holds SET release_reason = 'A party'")
    await community.bill(now=NOVEMBER_30)
    for at in ("2026-10-29 12:00Z", "2026-10-31 12:00Z"):
        await community.measure_more(homes.late_again, "1.2", at)
    await rebilled(community, confirm=True, now=NOVEMBER_30, only=[homes.late_again.account])
    await community.execute("DELETE FROM flows.register_days_changed")  # as when no bill differs any more
    await community.execute(
        """INSERT INTO public.back_bill_exceptions (account, period_start, period_end, reason, approved_by)
           SELECT id, '2026-10-01', '2026-11-01', 'Found later', 'A. Director' FROM public.accounts"""
    )


async def _go_on(community: Community, homes: Homes) -> None:
    """A payment, a correction, a move-out, another bill, and everything printed."""
    async with community.billing.transaction() as transaction:
        asked = PaymentArguments(amount_pence=100, method="cash", received_on=date(2026, 11, 4))
        await record.record_payment(transaction, homes.flat.account, "a", asked)
    await community.measure_more(homes.corrected, "1.2")
    await rebilled(community, confirm=True, only=[homes.corrected.account])
    closing = Closing(homes.moved_out.account_number, ONE_DAY, {}, "a test")
    await final_bill(community.billing, await esco_of(community), closing, RunSettings(), NOVEMBER_3)
    await _print(community)


async def _print(community: Community) -> None:
    async with community.billing.transaction() as transaction:
        invoices = await transaction.fetch("SELECT id, number FROM public.invoices")
        documents = [
            Document(invoice, None, number, media_type, number.encode())
            for invoice, number in invoices
            for media_type in (PDF, HTML)
        ]
        await keep_documents(transaction, documents)


async def _own_tariff(community: Community, home: Home) -> object:
    return await community.value("SELECT id FROM public.customer_tariffs WHERE customer = $1", home.customer)


async def _component(community: Community, tariff: object, kind: str, rate: str, **columns: object) -> None:
    await component(community, None, kind, rate, customer_tariff=tariff, **columns)  # type: ignore[arg-type]
