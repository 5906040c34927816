"""Rows that no run can read, as a database from before the checks may hold: they fail their own account or community.

The neighbours' invoices equal those of a month without them. 31 days at £0.50 and 1,490 half hours of 0.2 kWh at £0.20:
298.0 kWh, £59.60 + £15.50 = £75.10 with VAT.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TypeAlias, cast
from uuid import UUID

import pytest
from pydantic import SecretStr

from billing.community import NOVEMBER_3, OCTOBER, Community, Home, insert
from flows_billing import jobs
from flows_billing.answers import tariff_of
from flows_billing.bills.costs import store_month_costs
from flows_billing.bills.preview import preview_run
from flows_billing.bills.simulate import simulate
from flows_billing.corrections.rebill import rebill
from flows_billing.month_end.take import take_evidence
from flows_billing.runs.execute import execute_run
from flows_billing.runs.request import request_runs
from flows_billing.settings import BillingSettings, RunSettings
from flows_billing.stores.communities import due_escos, find_escos
from flows_shared.contracts.previews import ProposedTariff
from flows_shared.time import DAY, utc_now

Poison: TypeAlias = Callable[[Community, Home], Awaitable[None]]


async def nan_half_hour(community: Community, home: Home) -> None:
    await community.write_old(
        "UPDATE flows.register_interval_hh SET kwh = 'NaN' WHERE register_id = $1 AND timestamp = '2026-10-05 10:00Z'",
        home.registers["SINGLE"],
    )


async def negative_half_hour(community: Community, home: Home) -> None:
    await community.write_old(
        "UPDATE flows.register_interval_hh SET kwh = -9999 WHERE register_id = $1 AND timestamp = '2026-10-05 10:00Z'",
        home.registers["SINGLE"],
    )


async def nan_price(community: Community, home: Home) -> None:
    await community.customer_tariff(home.customer, "0.10000", "0.30000")
    await community.write_old(
        "UPDATE public.customer_tariffs SET computed_unit_rate = 'NaN' WHERE customer = $1", home.customer
    )


async def price_since_before_christ(community: Community, home: Home) -> None:
    await community.customer_tariff(home.customer, "0.10000", "0.30000")
    await community.write_old(
        "UPDATE public.customer_tariffs SET period_start = '0044-03-15 BC' WHERE customer = $1",
        home.customer,
    )


async def account_since_before_christ(community: Community, home: Home) -> None:
    await community.write_old("UPDATE public.accounts SET start_date = '0044-03-15 BC' WHERE id = $1", home.account)


async def party_until_the_end_of_time(community: Community, home: Home) -> None:
    await community.write_old(
        "UPDATE public.customer_accounts SET end_date = 'infinity' WHERE account = $1", home.account
    )


async def profile_of_nowhere(community: Community, home: Home) -> None:
    profile = await insert(community.db, "public.rate_profiles", esco=community.esco, name="Nowhere")
    await community.customer_tariff(home.customer, "0.10000", "0.30000", rate_profile=profile)
    await community.write_old("UPDATE public.rate_profiles SET holidays = 'XX' WHERE id = $1", profile)


async def band_until_24_00(community: Community, home: Home) -> None:
    profile = await insert(community.db, "public.rate_profiles", esco=community.esco, name="Evening")
    await insert(community.db, "public.rate_bands", profile=profile, position=1, band="evening")
    await community.customer_tariff(home.customer, "0.10000", "0.30000", rate_profile=profile)
    await community.write_old("UPDATE public.rate_bands SET ends_at = '24:00' WHERE profile = $1", profile)


async def solar_home(community: Community, home: Home) -> UUID:
    """4 kW at 10p a kW and day, all of it the home's own."""
    place: UUID = await community.value("SELECT property FROM public.accounts WHERE id = $1", home.account)
    await insert(
        community.db, "public.solar_credit_tariffs", esco=community.esco, period_start=OCTOBER.first_day,
        credit_pence_per_year=3650, credit_pence_per_day=10,
    )  # fmt: skip
    await insert(
        community.db, "public.solar_installation", key="property", property=place, declared_net_capacity=4,
        commissioning_date=OCTOBER.first_day,
    )  # fmt: skip
    await insert(
        community.db, "public.solar_credit_allocation", installation_property=place, allocation_property=place, ratio=1
    )
    return place


async def endless_solar_capacity(community: Community, home: Home) -> None:
    place = await solar_home(community, home)
    await community.write_old(
        "UPDATE public.solar_installation SET declared_net_capacity = 'Infinity' WHERE property = $1", place
    )


async def bill_that_the_database_refuses(community: Community, home: Home) -> None:
    """Whatever else a row may break: here a trigger of the operator's own."""
    await community.execute(
        f"""CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.account = '{home.account}' THEN RAISE 'not this one'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON public.invoices FOR EACH ROW EXECUTE FUNCTION public.refuse()"""
    )


POISONS: dict[Poison, tuple[str, str]] = {
    nan_half_hour: ("readings_invalid", "a half hour is no number, negative, or too large to be true"),
    negative_half_hour: ("readings_invalid", "a half hour is no number, negative, or too large to be true"),
    nan_price: ("data_invalid", "its bill could not be computed: "),
    price_since_before_christ: ("data_invalid", "it could not be read: ValueError: ordinal must be >= 1"),
    account_since_before_christ: ("data_invalid", "it could not be read: ValueError: ordinal must be >= 1"),
    party_until_the_end_of_time: ("data_invalid", "it could not be read: OverflowError: date value out of range"),
    profile_of_nowhere: ("data_invalid", "it could not be read: NotImplementedError: Country XX not available"),
    band_until_24_00: ("data_invalid", "it could not be read: ValueError: hour must be in 0..23"),
    endless_solar_capacity: ("solar_credit_invalid", "its solar credit could not be computed: "),
    bill_that_the_database_refuses: ("data_invalid", "its bill could not be stored: RaiseError: not this one"),
}


@pytest.fixture
async def homes(community: Community) -> list[Home]:
    """The third is poisoned by the tests."""
    await community.tariff("0.20000", "0.50000")
    homes = [await community.home() for _ in range(5)]
    for home in homes:
        await community.measure_month(home)
    return homes


async def totals(community: Community) -> dict[str, int]:
    rows = await community.rows("SELECT number, account, total_pence FROM public.invoices ORDER BY number")
    return {row["number"]: row["total_pence"] for row in rows}


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.__name__)
async def test_poisoned_account_fails_with_its_reason_and_its_neighbours_are_billed(
    community: Community, homes: list[Home], poison: Poison
) -> None:
    reason, details = POISONS[poison]
    await poison(community, homes[2])
    run = await community.bill()
    assert (run.status, run.accounts, run.billed, run.failed) == ("completed", 5, 4, 1)
    assert await totals(community) == {f"WLCE-00000{number}": 7510 for number in (1, 2, 3, 4)}
    outcome = await community.outcome(homes[2])
    assert outcome[:2] == ("failed", reason)
    assert (outcome[2] or "").startswith(details)


@pytest.mark.parametrize("poison", list(POISONS)[:-1], ids=lambda poison: poison.__name__)
async def test_poisoned_account_leaves_previews_trials_costs_and_corrections_to_the_others(
    community: Community, homes: list[Home], poison: Poison
) -> None:
    await community.bill()
    await poison(community, homes[2])
    for home in homes:
        await community.execute("UPDATE public.invoices SET status = 'void' WHERE account = $1", home.account)
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    preview = await preview_run(community.billing, esco, OCTOBER, RunSettings(), utc_now().date())
    assert [account.total_pence for account in preview.accounts] == [7510, 7510, 0, 7510, 7510]
    proposed = ProposedTariff.model_validate({"unit_rate": "0.1", "standing_charge": "0.5"})
    proposal = tariff_of(proposed, OCTOBER)
    tried = await simulate(community.billing, esco, [OCTOBER], proposal, RunSettings())
    assert (len(tried.accounts), len(tried.compared), tried.now_pence, tried.proposed_pence) == (
        5,
        4,
        4 * 7510,
        4 * 4530,  # 298 x £0.10 + £15.50
    )
    async with community.billing.connection() as connection:
        await store_month_costs(connection, esco, OCTOBER, RunSettings())
    costs = await community.rows("SELECT total FROM public.monthly_costs WHERE customer_id <> $1", homes[2].customer)
    assert [f"{row['total']:.2f}" for row in costs] == ["75.10"] * 4


@pytest.mark.parametrize("poison", list(POISONS)[:-1], ids=lambda poison: poison.__name__)
async def test_month_billed_again_names_the_poisoned_account_and_judges_the_others(
    community: Community, homes: list[Home], poison: Poison
) -> None:
    await community.bill()
    await community.measure_more(homes[0], "1.2")
    await poison(community, homes[2])
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    found = await rebill(community.billing, esco, OCTOBER, RunSettings(), NOVEMBER_3)
    outcomes = [account.outcome for account in found.accounts]
    assert outcomes == ["differs", "unchanged", "failed", "unchanged", "unchanged"]
    assert found.difference_pence == 20  # 1 kWh


async def test_community_that_cannot_be_read_stops_no_other(community: Community, homes: list[Home]) -> None:
    other = await Community.make(community.db, community.billing, code="AAA")
    await other.tariff("0.20000", "0.50000")
    await community.write_old("UPDATE flows.escos SET time_zone = 'Mars/Olympus' WHERE code = 'AAA'")
    async with community.billing.connection() as connection:
        due = await due_escos(connection, NOVEMBER_3, DAY, 3 * DAY)
        assert due == {OCTOBER: [community.esco]}
        assert [esco.code for esco in await find_escos(connection, None)] == ["WLCE"]
    async with community.billing.transaction() as transaction:
        requested = await request_runs(transaction, OCTOBER, None, requested_by="a test", now=NOVEMBER_3)
    [run] = requested.runs
    assert (await execute_run(community.billing, run.id, RunSettings(), NOVEMBER_3)).billed == 5


async def test_terms_that_cannot_be_read_fail_the_run_of_their_community_alone(
    community: Community, homes: list[Home]
) -> None:
    other = await Community.make(community.db, community.billing, code="AAA")
    await other.tariff("0.20000", "0.50000")
    await other.home()
    await community.write_old(
        "UPDATE public.microgrid_tariffs SET period_start = '0044-03-15 BC' WHERE esco = $1", other.esco
    )
    with pytest.raises(ValueError, match="ordinal"):
        await other.bill()
    failed = await community.rows("SELECT status, error FROM public.billing_runs WHERE esco = $1", other.esco)
    assert [tuple(row) for row in failed] == [("failed", "ValueError: ordinal must be >= 1")]
    assert (await community.bill()).billed == 5


async def test_workers_go_on_with_the_next_community(
    community: Community, homes: list[Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs that begin by themselves, solar credits and sums ahead: of a community behind one that cannot be read."""
    before = await Community.make(community.db, community.billing, code="AAA")
    await before.tariff("0.20000", "0.50000")
    await before.home()
    await community.write_old(
        "UPDATE public.microgrid_tariffs SET period_start = '0044-03-15 BC' WHERE esco = $1", before.esco
    )
    unread = await Community.make(community.db, community.billing, code="AAB")
    await unread.home()
    await community.write_old("UPDATE flows.escos SET time_zone = 'Mars/Olympus' WHERE id = $1", unread.esco)
    await solar_home(community, homes[0])
    settings = BillingSettings(
        database_url=SecretStr("postgresql://"), jwt_secret=SecretStr("x" * 32), billing_usage_source="roll_ups"
    )
    now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    worker = cast(jobs.BillingWorker, SimpleNamespace(db=community.billing, settings=settings, now=lambda: now))
    await jobs.start_due_runs(worker)
    started = "SELECT code FROM public.billing_runs AS run JOIN flows.escos AS esco ON esco.id = run.esco ORDER BY code"
    assert [row["code"] for row in await community.rows(started)] == ["AAA", "WLCE"]
    await jobs.credit_solar(worker)
    assert await community.value("SELECT credit_pence FROM public.monthly_solar_credits") == 1240  # 4 kW x 31 x 10p
    await jobs.sum_bands(worker)


@pytest.mark.parametrize("poison", list(POISONS)[:-1], ids=lambda poison: poison.__name__)
async def test_evidence_of_a_month_is_taken_beside_a_poisoned_account(
    community: Community, homes: list[Home], poison: Poison
) -> None:
    await poison(community, homes[2])
    await community.bill()
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    evidence = await take_evidence(community.billing, esco, OCTOBER, RunSettings(), now=NOVEMBER_3, by="a test")
    assert "1 accounts could not be billed" in evidence.problems
    assert str(homes[2].account_number) in evidence.files["accrued.csv"].decode()
