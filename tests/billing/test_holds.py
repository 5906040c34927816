"""A bill over half hours that look wrong waits for a person: 1,490 half hours of 0.2 kWh cost £75.10 in October."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.community import OCTOBER, Community, Home
from billing.corrections import esco_of, invoices
from billing.move_outs import OCTOBER_12, first_days, move_out
from billing.sharers import at_noon, make_group
from flows_billing.bills.preview import preview_run
from flows_billing.holds.rules import ReadsAround, closing_hold
from flows_billing.settings import RunSettings
from flows_shared.time import LONDON, utc_now

NOON_OF_THE_5TH = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture
async def priced(community: Community) -> Community:
    await community.tariff("0.20000", "0.50000")
    return community


@pytest.fixture
async def home(priced: Community) -> Home:
    home = await priced.home()
    await priced.measure_month(home)
    return home


async def flag(community: Community, home: Home, kwh: str, rule: str = "spike") -> None:
    """As validation flags the half hour at noon of the 5th."""
    await community.measure_more(home, kwh, "2026-10-05 12:00Z")
    await community.execute(
        """INSERT INTO flows.register_interval_flags (register_id, timestamp, rule, kwh, details)
           VALUES ($1, $2, $3, $4, 'more than 5 times the most of the weeks before: 0.200 kWh')""",
        home.registers["SINGLE"],
        NOON_OF_THE_5TH,
        rule,
        Decimal(kwh),
    )


async def read(community: Community, home: Home, **reads: str) -> None:
    """What the register had counted at noon (UTC) of days of October: `_3="1000"` on the 3rd."""
    for day, kwh in reads.items():
        await community.execute(
            "INSERT INTO flows.register_import VALUES ($1, $2, $3)",
            home.registers["SINGLE"],
            datetime(2026, 10, int(day[1:]), 12, tzinfo=UTC),
            Decimal(kwh),
        )


async def release(community: Community, reason: str = "The heating was mended.") -> None:
    async with community.billing.transaction() as transaction:
        await transaction.execute(
            """SELECT set_config('request.jwt.claims', '{"role": "service", "act": "Ada"}', true)"""
        )
        await transaction.execute("UPDATE public.bill_holds SET release_reason = $1", reason)


async def test_spike_holds_its_bill_and_no_other_until_a_person_releases_it(priced: Community, home: Home) -> None:
    neighbour = await priced.home()
    await priced.measure_month(neighbour)
    await flag(priced, home, "20.2")
    run = await priced.bill()
    assert (run.billed, run.failed) == (1, 1)
    details = "20.2 kWh at 2026-10-05 12:00Z: more than 5 times the most of the weeks before: 0.200 kWh"
    assert await priced.outcome(home) == ("failed", "spike", details)
    [hold] = await priced.rows("SELECT * FROM public.bill_holds")
    assert (hold["account"], hold["month"], hold["reason"], hold["details"], hold["released_at"]) == (
        home.account,
        date(2026, 10, 1),
        "spike",
        details,
        None,
    )
    await release(priced)
    assert (await priced.request()).with_work == {run.id}
    await priced.bill()
    assert await priced.outcome(home) == ("billed", None, None)
    # 298.0 - 0.2 + 20.2 = 318.0 kWh x 20p = 6360p, 31 x 50p = 1550p
    assert (await priced.invoice(home))["total_pence"] == 7910
    [hold] = await priced.rows("SELECT * FROM public.bill_holds")
    assert (hold["released_by"], hold["release_reason"]) == ("Ada", "The heating was mended.")
    assert hold["released_at"] is not None


async def test_spike_that_was_put_right_holds_nothing(priced: Community, home: Home) -> None:
    await flag(priced, home, "20.2", rule="above_fuse")
    await priced.measure_more(home, "0.2", "2026-10-05 12:00Z")
    assert (await priced.bill()).billed == 1
    assert (await priced.invoice(home))["total_pence"] == 7510


async def test_what_was_not_seen_when_the_bill_was_released_holds_it_again(priced: Community, home: Home) -> None:
    await flag(priced, home, "20.2")
    await priced.bill()
    await release(priced)
    await priced.execute("UPDATE flows.register_interval_flags SET kwh = 40.2")
    await priced.measure_more(home, "40.2", "2026-10-05 12:00Z")
    await priced.bill()
    assert (await priced.outcome(home))[:2] == ("failed", "spike")
    [hold] = await priced.rows("SELECT released_by, release_reason, details FROM public.bill_holds")
    assert (hold["released_by"], hold["release_reason"]) == (None, None)
    assert hold["details"].startswith("40.2 kWh")


@pytest.mark.parametrize("rule", ["negative", "off_the_half_hour", "sum_differs"])
async def test_other_flags_hold_nothing(priced: Community, home: Home, rule: str) -> None:
    await flag(priced, home, "0.2", rule=rule)
    assert (await priced.bill()).billed == 1


# From noon of the 3rd to noon of the 20th (UTC) there are 17 x 48 half hours: 163.2 kWh.
@pytest.mark.parametrize(
    ("later", "billed"), [("1163.2", 1), ("1164.2", 1), ("1162.2", 1), ("1164.201", 0), ("1162.199", 0), ("0", 0)]
)
async def test_reads_hold_a_bill_where_they_differ_by_more_than_a_kwh(
    priced: Community, home: Home, later: str, billed: int
) -> None:
    await read(priced, home, _3="1000", _10="1001", _20=later)
    assert (await priced.bill()).billed == billed
    if not billed:
        outcome = await priced.outcome(home)
        assert outcome[:2] == ("failed", "reads_differ")
        assert outcome[2] == (
            "from 2026-10-03 12:00Z to 2026-10-20 12:00Z the register advanced by "
            f"{Decimal(later) - 1000:.3f} kWh, and its half hours are 163.200 kWh"
        )


async def test_read_within_a_half_hour_may_be_before_or_after_its_energy(priced: Community, home: Home) -> None:
    register = home.registers["SINGLE"]
    await priced.measure_more(home, "3", "2026-10-03 12:00Z")
    await priced.execute("UPDATE flows.escos SET hold_read_kwh = 0")
    await priced.execute(
        "INSERT INTO flows.register_import VALUES ($1, '2026-10-03 12:10Z', 1000), ($1, '2026-10-03 13:00Z', 1003.2)",
        register,
    )
    assert (await priced.bill()).billed == 1


async def test_reads_of_other_months_and_of_one_moment_hold_nothing(priced: Community, home: Home) -> None:
    await read(priced, home, _3="1000")
    await priced.execute(
        "INSERT INTO flows.register_import VALUES ($1, '2026-09-03 12:00Z', 0), ($1, '2026-11-03 12:00Z', 9000)",
        home.registers["SINGLE"],
    )
    assert (await priced.bill()).billed == 1


@pytest.mark.parametrize("hold_read_kwh", ["NULL", "63.2"])
async def test_community_sets_what_holds(priced: Community, home: Home, hold_read_kwh: str) -> None:
    await flag(priced, home, "20.2")  # so 183.2 kWh are between the reads, and they say 120
    await read(priced, home, _3="1000", _20="1120")
    await priced.execute(f"UPDATE flows.escos SET hold_spikes = false, hold_read_kwh = {hold_read_kwh}")
    assert (await priced.bill()).billed == 1


async def test_preview_shows_what_would_be_held_and_stores_nothing(priced: Community, home: Home) -> None:
    await flag(priced, home, "20.2")
    preview = await preview_run(priced.billing, await esco_of(priced), OCTOBER, RunSettings(), utc_now().date())
    assert [account.reason for account in preview.accounts] == ["spike"]
    assert await priced.rows("SELECT FROM public.bill_holds") == []


# 1000 kWh at noon (UTC) of the 10th and 22 half hours of 0.2 kWh until its end: 1004.4.
@pytest.mark.parametrize(
    ("said", "is_held"), [("1004.4", False), ("1005.4", False), ("1005.5", True), ("1003.3", True)]
)
async def test_closing_read_that_the_half_hours_contradict_holds_the_final_bill(
    priced: Community, said: str, is_held: bool
) -> None:
    home = await first_days(priced)
    await read(priced, home, _10="1000")
    asked: dict[str, Any] = {"reads": {"SINGLE": Decimal(said)}}
    done = await move_out(priced, home, **asked)
    assert (done.outcome, done.refund_pence) == ("failed" if is_held else "billed", None)
    if not is_held:
        return
    assert done.invoices == ()
    assert done.details == (
        f"SINGLE was read as {Decimal(said):.3f} kWh, and by its meter and half hours it had counted 1004.400 kWh"
    )
    await release(priced, "Read by us, the photo is in the file.")
    again = await move_out(priced, home, **asked)
    # 10 days of 9.6 kWh: 96 kWh x 20p = 1920p, 10 x 50p = 500p
    assert (again.outcome, len(again.invoices), again.balance_pence) == ("billed", 1, 2420)


async def test_spike_of_a_generation_meter_holds_the_bills_of_those_who_share_it_then(priced: Community) -> None:
    """1 kWh at each noon for two homes of 0.5 kWh, but 9,000 kWh at that of the 5th: a surplus of £449.95 at 5p."""
    group = await make_group(priced, "proportional", "0.10000", "0.05000")
    owner, member, later = await priced.home(), await priced.home(), await priced.home()
    await group.member(owner, surplus_ratio="1")
    await group.member(member)
    await group.member(later, start_date=date(2026, 10, 6))
    for home in (owner, member, later):
        await at_noon(priced, home.registers["SINGLE"], OCTOBER.period(LONDON), "0.5")
    await at_noon(priced, group.generation, OCTOBER.period(LONDON), "1.5")
    noon = NOON_OF_THE_5TH - timedelta(hours=1)  # UTC
    await priced.execute(
        "UPDATE flows.register_interval_hh SET kwh = 9000 WHERE register_id = $1 AND timestamp = $2",
        group.generation,
        noon,
    )
    await priced.execute(
        """INSERT INTO flows.register_interval_flags (register_id, timestamp, rule, kwh, details)
           VALUES ($1, $2, 'above_fuse', 9000, 'more than 100 A let through')""",
        group.generation,
        noon,
    )
    await priced.bill()
    details = "9000 kWh generated for Sun Club at 2026-10-05 11:00Z: more than 100 A let through"
    assert await priced.outcome(owner) == ("failed", "spike", details)
    assert await priced.outcome(member) == ("failed", "spike", details)
    assert await priced.outcome(later) == ("billed", None, None)
    await priced.execute("UPDATE flows.register_interval_hh SET kwh = 1.5 WHERE kwh = 9000")
    assert (await priced.bill()).billed == 3


async def test_spike_holds_a_final_bill_too(priced: Community) -> None:
    home = await first_days(priced)
    await flag(priced, home, "20.2")
    held = await move_out(priced, home)
    assert (held.outcome, held.invoices, held.refund_pence) == ("failed", (), None)
    assert [row["reason"] for row in await priced.rows("SELECT reason FROM public.bill_holds")] == ["spike"]
    await release(priced)
    done = await move_out(priced, home, now=OCTOBER_12 + timedelta(hours=1))
    # 96.0 + 20.0 = 116.0 kWh x 20p = 2320p, 10 x 50p = 500p
    assert (done.outcome, done.balance_pence) == ("billed", 2820)


async def test_spike_holds_a_final_bill_that_replaces_one_from_before_the_move(priced: Community, home: Home) -> None:
    """Of 31 days at £75.10, 10 are left: 96 kWh and a spike of 20 kWh more, 2320p, and 500p."""
    await priced.bill()
    await flag(priced, home, "20.2")
    held = await move_out(priced, home, now=OCTOBER_12 + timedelta(days=30))
    assert (held.outcome, held.invoices, held.credit_notes) == ("failed", (), ())
    assert [row["reason"] for row in await priced.rows("SELECT reason FROM public.bill_holds")] == ["spike"]
    assert await invoices(priced, home) == [("WLCE-000001", "issued", 7510)]
    await release(priced)
    done = await move_out(priced, home, now=OCTOBER_12 + timedelta(days=30))
    assert (done.outcome, done.invoices, done.balance_pence) == ("billed", ("WLCE-000002",), 2820)


KWH = st.decimals(0, 10_000, places=3)


@given(first=KWH, whole=KWH, cut=KWH, within=st.decimals(0, 1, places=2))
def test_reads_that_count_a_part_of_what_they_cut_never_differ(
    first: Decimal, whole: Decimal, cut: Decimal, within: Decimal
) -> None:
    reads = ReadsAround(
        NOON_OF_THE_5TH,
        first,
        NOON_OF_THE_5TH + timedelta(days=9),
        first + whole + cut * within,
        least=whole,
        most=whole + cut,
    )
    assert not reads.differ(Decimal(0))


@given(said=KWH, counted=KWH, tolerance=st.decimals(0, 100, places=3))
def test_closing_read_is_held_exactly_beyond_the_tolerance(said: Decimal, counted: Decimal, tolerance: Decimal) -> None:
    assert (closing_hold("A", said, counted, tolerance) is not None) == (abs(said - counted) > tolerance)
