"""A community with homes of many kinds, billed as it should be: nothing of it is wrong."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from billing.community import NOVEMBER_3, Community, Home
from billing.corrections import esco_of, rebilled
from billing.sharers import make_group
from billing.test_rates import component, profile
from flows_billing.closings.final import Closing, final_bill
from flows_billing.invoices.documents import HTML, PDF, insert_documents, printed_invoices
from flows_billing.payments import record
from flows_billing.settings import RunSettings
from flows_shared.money_commands import PaymentArguments
from flows_shared.time import Period

ONE_DAY = date(2026, 10, 31)
LAST_DAY = Period(datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
NOVEMBER_20 = datetime(2026, 11, 20, 9, tzinfo=UTC)


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


async def bill_all(community: Community) -> Homes:
    await community.execute("UPDATE flows.escos SET vat_number = 'GB123', vat_small_quantities = false")
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
    )
    await _refine(community, homes)
    await community.bill()
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
    for at, read in (("2026-10-31 00:00Z", 10), ("2026-11-01 00:00Z", 15)):
        await community.execute(
            "INSERT INTO flows.register_export VALUES ($1, $2::text::timestamptz, $3)",
            homes.blocks.registers["SINGLE"],
            at,
            Decimal(read),
        )
    await _component(community, await _own_tariff(community, homes.minimum), "minimum_charge", "31")
    await community.execute(
        "INSERT INTO public.vat_statuses (customer, valid_from, use) VALUES ($1, '2026-01-01', 'business')",
        homes.business.customer,
    )
    group = await make_group(community, "proportional", "0.12000", "0.04000")
    await group.member(homes.sharer, surplus_ratio="1")
    await group.generate("0.05", Period(LAST_DAY.start, LAST_DAY.start.replace(hour=12)))
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
        ids = [row["id"] for row in await transaction.fetch("SELECT id FROM public.invoices")]
        printed = list((await printed_invoices(transaction, ids)).values())
        for media_type in (PDF, HTML):
            await insert_documents(transaction, media_type, printed, [each.number.encode() for each in printed])


async def _own_tariff(community: Community, home: Home) -> object:
    return await community.value("SELECT id FROM public.customer_tariffs WHERE customer = $1", home.customer)


async def _component(community: Community, tariff: object, kind: str, rate: str, **columns: object) -> None:
    await component(community, None, kind, rate, customer_tariff=tariff, **columns)  # type: ignore[arg-type]
