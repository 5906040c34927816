"""`flows billing` as an operator types it: runs, corrections, final bills, sharing, reports."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from billing.community import Community, Home
from billing.sharers import make_group
from databases import RoleUrl
from flows_shared.time import LONDON, Month, Period, local_date, utc_now
from processes import FlowsProcess

FLOWS = str(Path(sys.executable).with_name("flows"))
THIS_MONTH = Month.of(local_date(utc_now(), LONDON))
MONTH = THIS_MONTH.previous()
RunFlows: TypeAlias = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def flows_billing(settings_env: dict[str, str], role_url: RoleUrl, tmp_path: Path) -> RunFlows:
    """Runs `flows billing ARGUMENTS`: its exit status, and what was said, as one line."""
    variables = {**settings_env, "FLOWS_DATABASE_URL": role_url("flows_billing"), "COLUMNS": "200"}

    async def run(*arguments: str) -> tuple[int, str]:
        with FlowsProcess([FLOWS, "billing", *arguments], variables, tmp_path / "flows.log") as process:
            status = await asyncio.to_thread(process.process.wait, 60)
        return status, " ".join(process.log.read_text().split())

    return run


@pytest.fixture
def run_flows(flows_billing: RunFlows) -> RunFlows:
    """Runs `flows billing run ARGUMENTS`."""

    async def run(*arguments: str) -> tuple[int, str]:
        return await flows_billing("run", *arguments)

    return run


async def measured_home(community: Community, **home: Any) -> Home:
    """A home of one day, the last of the month."""
    made = await community.home(start_date=MONTH.days()[-1], **home)
    end = MONTH.period(LONDON).end
    await community.measure(made.registers["SINGLE"], Period(end - timedelta(days=1), end), "0.2")
    return made


async def test_account_without_a_tariff_fails_the_command_until_it_has_one(
    community: Community, run_flows: RunFlows
) -> None:
    priced = await measured_home(community, tariff={"unit_rate": "0.1", "standing_charge": "0.3"})
    without = await measured_home(community)

    status, said = await run_flows(str(MONTH))
    assert status == 1
    assert f"1 account could not be billed for {MONTH}" in said
    assert (str(without.account_number) in said, "no_tariff" in said) == (True, True)
    assert str(priced.account_number) not in said
    invoice = await community.invoice(priced)

    await community.customer_tariff(without.customer, "0.1", "0.3")
    assert (await run_flows(str(MONTH)))[0] == 0
    assert (await community.invoice(without))["total_pence"] == invoice["total_pence"]

    invoices = await community.rows("SELECT * FROM public.invoices ORDER BY number")
    assert (await run_flows(str(MONTH)))[0] == 0  # billed already
    assert await community.rows("SELECT * FROM public.invoices ORDER BY number") == invoices


async def test_community_whose_terms_cannot_be_read_fails_the_command_and_the_next_is_billed(
    community: Community, run_flows: RunFlows
) -> None:
    before = await Community.make(community.db, community.billing, code="AAA")
    await before.tariff("0.1", "0.3")
    await measured_home(before)
    await before.write_old("UPDATE public.microgrid_tariffs SET period_start = '0044-03-15 BC'")
    home = await measured_home(community, tariff={"unit_rate": "0.1", "standing_charge": "0.3"})
    status, said = await run_flows(str(MONTH))
    assert status == 1
    assert "AAA: ValueError: ordinal must be >= 1" in said
    assert (await community.invoice(home))["total_pence"] == 126  # 9.6 kWh x 10p + 30p


async def test_held_bill_is_listed_and_released_by_who_types_it(community: Community, flows_billing: RunFlows) -> None:
    home = await measured_home(community, tariff={"unit_rate": "0.1", "standing_charge": "0.3"})
    await community.execute(
        """INSERT INTO flows.register_interval_flags (register_id, timestamp, rule, kwh, details)
           SELECT register_id, max(timestamp), 'spike', 0.2, 'too much' FROM flows.register_interval_hh GROUP BY 1"""
    )
    assert (await flows_billing("run", str(MONTH)))[0] == 1
    listed = await flows_billing("holds", "--esco", "WLCE")
    assert (listed[0], str(home.account_number) in listed[1], "too much" in listed[1]) == (0, True, True)
    release = ("release", str(home.account_number), str(MONTH), "--esco", "WLCE", "--reason")
    assert (await flows_billing(*release, " "))[0] == 1
    status, said = await flows_billing(*release, "Seen on site")
    assert (status, "spike released" in said) == (0, True)
    assert "(flows command)" in await community.value("SELECT released_by FROM public.bill_holds")
    status, said = await flows_billing(*release, "Twice")
    assert (status, f"no bill of the account is held for {MONTH}" in said) == (1, True)
    assert (await flows_billing("run", str(MONTH)))[0] == 0
    assert (await community.invoice(home))["total_pence"] == 126  # 9.6 kWh x 10p + 30p


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([str(THIS_MONTH.plus(1))], "cannot be billed for WLCE: it is in the future"),
        ([str(MONTH), "--esco", "NONE"], "there is no community 'NONE'"),
    ],
)
async def test_what_cannot_be_billed_is_said_and_leaves_nothing(
    community: Community, run_flows: RunFlows, arguments: list[str], reason: str
) -> None:
    status, said = await run_flows(*arguments)
    assert status == 1
    assert reason in said
    assert await community.rows("SELECT FROM public.billing_runs") == []


async def test_rebill_shows_what_differs_and_puts_it_right_when_confirmed(
    community: Community, flows_billing: RunFlows
) -> None:
    home = await measured_home(community, tariff={"unit_rate": "0.1", "standing_charge": "0.3"})
    assert (await flows_billing("run", str(MONTH)))[0] == 0
    end = MONTH.period(LONDON).end
    await community.measure_more(home, "1.2", f"{end - timedelta(hours=6):%Y-%m-%d %H:%M}Z")
    asked = ("rebill", str(MONTH), "--esco", "WLCE", "--account", str(home.account_number))
    status, said = await flows_billing(*asked)
    # 48 x 0.2 = 9.6 kWh x 10p + 30p = 126p; 10.6 kWh: 136p
    assert status == 0
    for words in ("1 differs", "£0.10", "£1.26", "£1.36", "readings", "9.6 to 10.6"):
        assert words in said, words
    assert await community.rows("SELECT FROM public.credit_notes") == []
    status, said = await flows_billing(*asked, "--confirm")
    assert (status, "WLCE-C000001, WLCE-000002" in said) == (0, True)
    assert (await flows_billing("verify"))[0] == 0
    status, said = await flows_billing("rebill", str(MONTH), "--esco", "WLCE", "--cause", "weather")
    assert (status, "there is no cause 'weather'" in said) == (1, True)


async def test_final_closes_the_account_and_bills_it(community: Community, flows_billing: RunFlows) -> None:
    home = await measured_home(community, tariff={"unit_rate": "0.1", "standing_charge": "0.3"})
    asked = ("final", str(home.account_number), "--esco", "WLCE", "--on", str(MONTH.days()[-1]))
    status, said = await flows_billing(*asked, "--read", "1234.5")
    assert status == 0
    for words in ("WLCE-000001", "SINGLE 1,234.5 kWh (customer)", "£1.26"):
        assert words in said, words
    for read in ("x", "-1", "NaN"):
        assert (await flows_billing(*asked, f"--read={read}"))[0] == 1


async def test_share_shows_members_and_every_half_hour_of_one_as_csv(
    community: Community, flows_billing: RunFlows
) -> None:
    home = await measured_home(community)
    group = await make_group(community, "proportional", "0.12")
    await group.member(home)
    await community.measure(group.generation, Period(MONTH.period(LONDON).end - timedelta(hours=1), utc_now()), "0.05")
    status, said = await flows_billing("share", str(MONTH), "--esco", "wlce")
    assert (status, "Sun Club" in said, "shared │ 0.1" in said) == (0, True, True)
    status, said = await flows_billing(
        "share", str(MONTH), "--esco", "wlce", "--account", str(home.account_number), "--csv"
    )
    header, *rows = [line for line in said.split() if line.startswith(("group", "Club"))]
    assert (status, header) == (0, "group,timestamp,generation_kwh,consumption_kwh,shared_kwh")
    assert rows[-1].split(",")[2:] == ["0.05", "0.2", "0.05"]


async def test_reports_are_listed_shown_and_written_as_csv(
    community: Community, flows_billing: RunFlows, tmp_path: Path
) -> None:
    home = await measured_home(community, tariff={"unit_rate": "0.1", "standing_charge": "0.3"}, fullname="@Jo")
    await flows_billing("run", str(MONTH))
    status, said = await flows_billing("report", "--refresh")
    assert (status, "Savings against the benchmark" in said, "never" in said) == (0, True, False)
    status, said = await flows_billing("report", "arrears", "--esco", "wlce")
    assert (status, str(home.account_number) in said, "@Jo" in said) == (0, True, True)
    file = tmp_path / "arrears.csv"
    assert (await flows_billing("report", "arrears", "--csv", str(file)))[0] == 0
    header, row = file.read_text().splitlines()
    assert header.startswith("esco_code,esco,account_number,")
    assert "'@Jo" in row
    status, said = await flows_billing("report", "nothing")
    assert (status, "there is no report 'nothing'" in said) == (1, True)
