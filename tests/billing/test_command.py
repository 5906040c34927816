"""`flows billing run` and `report` as an operator types them, with what cannot be billed."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from billing.community import Community, Home
from databases import RoleUrl
from flows_shared.time import LONDON, Month, Period, local_date, utc_now
from processes import FlowsProcess

FLOWS = str(Path(sys.executable).with_name("flows"))
THIS_MONTH = Month.of(local_date(utc_now(), LONDON))
MONTH = THIS_MONTH.previous()
RunFlows: TypeAlias = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def run_flows(settings_env: dict[str, str], role_url: RoleUrl, tmp_path: Path) -> RunFlows:
    """Runs `flows billing COMMAND ARGUMENTS`: its exit status, and what was said, as one line."""
    variables = {**settings_env, "FLOWS_DATABASE_URL": role_url("flows_billing"), "COLUMNS": "200"}

    async def run(*arguments: str, command: str = "run") -> tuple[int, str]:
        with FlowsProcess([FLOWS, "billing", command, *arguments], variables, tmp_path / "flows.log") as process:
            status = await asyncio.to_thread(process.process.wait, 60)
        return status, " ".join(process.log.read_text().split())

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


async def test_reports_are_listed_shown_and_written_as_csv(
    community: Community, run_flows: RunFlows, tmp_path: Path
) -> None:
    home = await measured_home(community, tariff={"unit_rate": "0.1", "standing_charge": "0.3"}, fullname="@Jo")
    await run_flows(str(MONTH))
    status, said = await run_flows("--refresh", command="report")
    assert (status, "Savings against the benchmark" in said, "never" in said) == (0, True, False)
    status, said = await run_flows("arrears", "--esco", "wlce", command="report")
    assert (status, str(home.account_number) in said, "@Jo" in said) == (0, True, True)
    file = tmp_path / "arrears.csv"
    assert (await run_flows("arrears", "--csv", str(file), command="report"))[0] == 0
    header, row = file.read_text().splitlines()
    assert header.startswith("esco_code,esco,account_number,")
    assert "'@Jo" in row
    status, said = await run_flows("nothing", command="report")
    assert (status, "there is no report 'nothing'" in said) == (1, True)
