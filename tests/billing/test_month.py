"""A month of 500 accounts of every kind, computed twice: by a run, and from half hours by one statement of SQL."""

from decimal import Decimal
from pathlib import Path

import pytest

from billing.community import Community
from billing.proofs import findings

MADE = Path(__file__).with_name("month_made.sql").read_text()
AGAIN = Path(__file__).with_name("month_again.sql").read_text()


@pytest.fixture
async def month(community: Community) -> Community:
    async with community.db.transaction() as transaction:
        await transaction.execute("SELECT flows.ensure_interval_partitions('2026-09-30', '2026-11-01')")
        await transaction.execute(MADE)
        await transaction.execute("ANALYZE")
    return community


async def test_month_of_500_accounts_of_every_kind_is_equal_to_the_penny_by_another_way(month: Community) -> None:
    run = await month.bill()
    assert (run.accounts, run.billed) == (500, 500)
    billed = {
        row["account"]: tuple(row)[1:]
        for row in await month.rows("SELECT account, net_pence, vat_pence, benchmark_pence FROM public.invoices")
    }
    expected = {row["account"]: tuple(row)[1:] for row in await month.rows(AGAIN)}
    kinds = {row["account"]: row["kind"] for row in await month.rows("SELECT account, kind FROM household")}
    wrong = [(kinds[account], billed[account], expected.get(account)) for account in billed]
    assert [row for row in wrong if row[1] != row[2]] == []
    assert len(expected) == 500
    assert await findings(month) == []
    await _assert_every_rule_was_met(month)


async def _assert_every_rule_was_met(month: Community) -> None:
    """Otherwise a kind of account may have proved nothing."""
    lines = await month.rows("SELECT * FROM public.invoice_lines")
    assert {line["kind"] for line in lines} == {
        *("energy", "shared_energy", "standing_charge", "export_credit", "minimum_charge")
    }
    assert {line["band"] for line in lines} == {None, "weekend", "night", "winter peak", "standard"}
    assert {line["vat_reason"] for line in lines} == {
        *("domestic", "business", "small_quantity", "mixed_use", "mixed_qualifying", "mixed_other", "no_certificate"),
        *("exporter_registered", "exporter_not_registered"),
    }
    assert {line["vat_rate"] for line in lines} == {Decimal("0.0000"), Decimal("0.0500"), Decimal("0.2000")}
    assert {line["includes_vat"] for line in lines} == {True, False}
    assert sum(line["estimated"] for line in lines) > 1000
    assert any(line["block_from_kwh"] for line in lines)
    meters = await month.rows("SELECT register_id, replaced_by FROM flows.meter_registers")
    exchanged = {meter["register_id"] for meter in meters if meter["replaced_by"]}
    shared = {line["register"] for line in lines if line["kind"] == "shared_energy"}
    assert len(shared & exchanged) == 10  # what the meters before an exchange measured was shared too
    assert len(shared) == 120  # of 100 homes: ten have two elements, ten two meters
    starts = await month.rows("SELECT DISTINCT period_start FROM public.invoices")
    assert len(starts) > 10
