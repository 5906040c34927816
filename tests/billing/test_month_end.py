"""The evidence of a month: every account, number, balance and decision, in files that tell if they were changed."""

import asyncio
import csv
import hashlib
import io
import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from billing.community import NOVEMBER_3, OCTOBER, Community, Home
from billing.corrections import NOVEMBER_20, esco_of, rebilled
from databases import RoleUrl
from flows_billing.errors import MonthUnfinished
from flows_billing.month_end.evidence import MANIFEST, SUMMARY, Evidence, zipped
from flows_billing.month_end.take import take_evidence
from flows_billing.payments import record
from flows_billing.proof.prove import prove_month
from flows_billing.settings import RunSettings
from flows_billing.stores.communities import find_escos
from flows_shared.contracts.money import GiftArguments, PaymentArguments, ReversalArguments, WriteOffArguments
from flows_shared.time import Month, Period
from processes import FlowsProcess

FLOWS = str(Path(sys.executable).with_name("flows"))
LAST_DAY = Period(datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
ONE_DAY = date(2026, 10, 31)


async def measured_home(community: Community, **home: Any) -> Home:
    """A home of one day, 48 half hours of 0.2 kWh: 9.6 kWh."""
    made = await community.home(start_date=ONE_DAY, **home)
    await community.measure(made.registers["SINGLE"], LAST_DAY, "0.2")
    return made


async def take(community: Community, month: Month = OCTOBER, now: datetime = NOVEMBER_3) -> Evidence:
    async with community.billing.connection() as connection:
        [esco] = await find_escos(connection, [community.esco])
    return await take_evidence(community.billing, esco, month, RunSettings(), now=now, by="a test")


def rows(evidence: Evidence, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(evidence.files[f"{name}.csv"].decode())))


async def test_every_live_account_is_billed_or_has_its_reason(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    billed = await measured_home(community)
    prepay = await measured_home(community, payment_method="prepay")
    silent = await community.home(start_date=ONE_DAY)
    solar = await measured_home(community, type="solar")
    await community.home(start_date=date(2026, 11, 1))
    await community.bill()
    late = await measured_home(community)
    found = await take(community)
    outcomes = {row["account_number"]: (row["outcome"], row["reason"]) for row in rows(found, "accounts")}
    assert outcomes == {
        str(billed.account_number): ("billed", ""),
        str(prepay.account_number): ("skipped", "prepay"),
        str(silent.account_number): ("failed", "readings_missing"),
        str(solar.account_number): ("not_billed", "no_supply"),
        str(late.account_number): ("not_billed", "not_in_run"),
    }
    assert "1 accounts could not be billed" in found.problems
    assert "1 accounts have neither an invoice nor an outcome of a run" in found.problems


async def test_unbilled_energy_is_accrued_at_its_tariff_and_nothing_is_stored(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    home, gappy = await measured_home(community), await measured_home(community)
    silent = await community.home(start_date=ONE_DAY)
    await community.execute(
        "DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp < '2026-10-31 12:00Z'",
        gappy.registers["SINGLE"],
    )
    found = rows(await take(community), "accrued")
    # 9.6 kWh x 10p + 1 day x 50p = 146p with VAT: 146 x 5 / 105 = 6.95 -> 7p. Of the next, 24 half hours: 48p + 50p.
    assert [tuple(row.values()) for row in found] == [
        ("2026-10", str(home.account_number), "9.6", "139", "7", "146", "rated", ""),
        ("2026-10", str(gappy.account_number), "4.8", "", "", "98", "flat rates", "readings_missing"),
        ("2026-10", str(silent.account_number), "0", "", "", "50", "flat rates", "readings_missing"),
    ]
    assert await community.value("SELECT count(*) FROM public.invoices") == 0
    await community.bill()
    november = rows(await take(community, Month(2026, 11), datetime(2026, 12, 3, tzinfo=UTC)), "accrued")
    of_october = [row for row in november if row["month"] == "2026-10"]
    assert [row["account_number"] for row in of_october] == [str(gappy.account_number), str(silent.account_number)]


async def test_accrual_is_as_of_the_months_end_whenever_it_is_taken(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    home, corrected = await measured_home(community), await measured_home(community)
    before = rows(await take(community), "accrued")
    await community.bill()  # on 3 November
    assert [row["total_pence"] for row in before] == ["146", "146"]
    after = await take(community)
    assert rows(after, "accrued") == before  # 9.6 kWh x 10p + 50p each: of October, billed in November
    november, december = Month(2026, 11), datetime(2026, 12, 3, tzinfo=UTC)

    async def of_october() -> list[dict[str, str]]:
        listed = rows(await take(community, november, december), "accrued")
        return [row for row in listed if row["month"] == "2026-10"]

    assert await of_october() == []
    # Taken back in December, it was still billed at the end of November.
    await community.measure_more(corrected, "1.2", "2026-10-31 12:00Z")
    await rebilled(community, confirm=True, now=december)
    assert await of_october() == []
    assert home.account_number != corrected.account_number


async def test_credit_notes_have_numbers_of_their_own_and_none_is_missing(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    home = await measured_home(community)
    await community.bill()
    await community.measure_more(home, "1.2", "2026-10-31 12:00Z")
    await rebilled(community, confirm=True)
    found = await take(community)
    assert [(row["series"], row["expected"], row["found"], row["missing"]) for row in rows(found, "numbers")] == [
        ("invoice", "2", "2", ""),
        ("credit_note", "1", "1", ""),
    ]
    assert found.problems == []


async def test_prepay_meter_that_took_nothing_for_its_energy_is_to_be_looked_at(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    await community.tariff("0.20000", "0.60000", period_start=date(2026, 10, 16))
    silent = await measured_home(community, prepay_meter=True)
    stuck = await measured_home(community, prepay_meter=True)
    await community.execute(
        "INSERT INTO flows.meter_prepay_balance (meter_id, timestamp, balance) VALUES ($1, '2026-09-30 20:00Z', 5)",
        stuck.meter,
    )
    found = await take(community)
    # 15 days x 50p, 16 days x 60p, and 9.6 kWh of the 31st x 20p: 750 + 960 + 192 = 1902p
    assert [(row["used_pence"], row["energy_pence"]) for row in rows(found, "prepay")] == [("", "1902"), ("0", "1902")]
    assert found.problems[-2:] == [
        "1 prepay meters reported no balance before or within the month: they used £19.02",
        "1 prepay meters took £0.00 from their balances, and £19.02 by their energy",
    ]
    assert silent.meter != stuck.meter


async def test_correction_that_is_too_old_is_no_exception_once_a_person_has_decided(community: Community) -> None:
    await community.tariff("0.10000", "0.50000", period_start=date(2025, 1, 1))
    october = Month(2025, 10)
    home = await community.home(start_date=date(2025, 10, 31))
    day = Period(datetime(2025, 10, 31, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC))
    await community.measure(home.registers["SINGLE"], day, "0.2")
    await community.bill(october, now=datetime(2025, 11, 3, 9, tzinfo=UTC))
    await community.measure_more(home, "7.2", "2025-10-31 12:00Z")
    esco = await esco_of(community)

    async def problems() -> list[str]:
        proof = await prove_month(community.billing, esco, october, RunSettings(), NOVEMBER_20)
        return [f"{part.name}: {problem.check}" for part in proof.parts for problem in part.problems]

    assert await problems() == ["corrections: too old"]
    assert (await take(community, october)).problems == [
        "1 invoices are to be corrected, or left as they are by a decision"
    ]
    await community.execute(
        """INSERT INTO public.correction_decisions (account, invoice, reason, approved_by)
           SELECT account, id, 'Too long ago', 'The board' FROM public.invoices"""
    )
    assert await problems() == []
    assert (await take(community, october)).problems == []
    await community.measure_more(home, "8.2", "2025-10-31 12:00Z")  # something else than was decided upon
    assert await problems() == ["corrections: too old"]


async def test_numbers_are_complete_with_their_voids_and_a_hole_is_a_problem(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    for _ in range(3):
        await measured_home(community)
    await community.bill()
    await community.execute("UPDATE public.invoices SET status = 'void' WHERE number = 'WLCE-000002'")
    sound = await take(community)
    [series] = rows(sound, "numbers")
    assert (series["expected"], series["found"], series["void"], series["missing"]) == ("3", "3", "1", "")
    assert [row["number"] for row in rows(sound, "voids")] == ["WLCE-000002"]
    await community.execute("UPDATE public.invoice_series SET last_number = 4")
    assert "numbers of series invoice are missing: 4" in (await take(community)).problems


async def test_decisions_by_hand_name_who_recorded_and_who_approved_them(community: Community) -> None:
    home = await community.home()
    today = Month.of(datetime.now(UTC).date())
    async with community.billing.transaction() as transaction:
        paid = await record.record_payment(
            transaction, home.account, "a", PaymentArguments(amount_pence=900, method="cash")
        )
        await record.record_reversal(transaction, paid.id, ReversalArguments(reason="Bad cheque"))
        await record.record_gift(transaction, home.account, "b", GiftArguments(amount_pence=1, reason="=SUM(A1)"))
    topup = (
        "INSERT INTO public.topups (meter, amount_pence, source, status, notes) VALUES ($1, 5, 'adjustment', $2, 'N')"
    )
    await community.execute(topup, home.meter, "completed")
    owed = PaymentArguments(amount_pence=900, method="card")
    async with community.billing.transaction() as transaction:
        taken = await record.record_payment(transaction, home.account, "c", owed)
        await record.record_reversal(transaction, taken.id, ReversalArguments(reason="Charged back"))
    await community.execute(
        """INSERT INTO public.write_offs (account, amount_pence, reason, approved_by, written_off_on)
           VALUES ($1, 3, 'Moved away', 'The board', current_date)""",
        home.account,
    )
    after = datetime.combine(today.next().first_day, datetime.min.time(), UTC).replace(day=2)
    found = rows(await take(community, today, after), "exceptions")
    assert {(row["kind"], row["amount_pence"], row["reason"], row["approved_by"]) for row in found} == {
        ("payment_by_hand", "900", "cash", ""),
        ("payment_reversed", "900", "Bad cheque", ""),
        ("payment_by_hand", "900", "card", ""),
        ("payment_reversed", "900", "Charged back", ""),
        ("gift", "1", "'=SUM(A1)", ""),
        ("meter_adjustment", "5", "000001: N", ""),
        ("write_offs", "3", "Moved away", "The board"),
    }
    assert {row["recorded_by"] for row in found if row["kind"] != "meter_adjustment"} >= {"flows_billing"}
    assert all(row["recorded_by"] for row in found)


async def test_meters_balances_stand_beside_what_the_ledger_put_on_them(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    home = await measured_home(community, prepay_meter=True)
    for at, balance in (("2026-09-30 20:00Z", "4.00"), ("2026-10-31 22:00Z", "2.90"), ("2026-11-02 08:00Z", "1.00")):
        await community.execute(
            """INSERT INTO flows.meter_prepay_balance (meter_id, timestamp, balance)
               VALUES ($1, $2::text::timestamptz, $3)""",
            home.meter,
            at,
            Decimal(balance),
        )
    await community.execute(
        """INSERT INTO public.topups (meter, amount_pence, source, status, used_at)
           VALUES ($1, 1500, 'payment', 'completed', '2026-10-15')""",
        home.meter,
    )
    [meter] = rows(await take(community), "prepay")
    # 400p + 1,500p - 290p = 1,610p used; 9.6 kWh x 10p + 31 days x 50p = 1,646p by the energy.
    assert (meter["opening_pence"], meter["topups_pence"], meter["closing_pence"]) == ("400", "1500", "290")
    assert (meter["used_pence"], meter["energy_pence"], meter["difference_pence"]) == ("1610", "1646", "-36")
    assert meter["ledger_topups_pence"] == "1500"


async def test_ledger_sums_to_zero_and_accounts_reconcile(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    home = await measured_home(community)
    await community.bill()
    async with community.billing.transaction() as transaction:
        asked = PaymentArguments(amount_pence=100, method="cash", received_on=date(2026, 11, 20))
        await record.record_payment(transaction, home.account, "a", asked)
        owed = WriteOffArguments(amount_pence=46, reason="R", approved_by="B", written_off_on=date(2026, 11, 21))
        await record.record_write_off(transaction, home.account, "b", owed)
    found = await take(community, Month(2026, 11), datetime(2026, 12, 3, tzinfo=UTC))
    closing = {row["code"]: int(row["closing_pence"]) for row in rows(found, "ledger")}
    assert closing == {"bank": 100, "bad_debts": 46, "receivable": 0, "sales": -139, "vat": -7}
    [account] = rows(found, "receivables")
    assert [account[f"{name}_pence"] for name in ("invoiced", "paid", "written_off", "closing")] == [
        "146", "-100", "-46", "0"
    ]  # fmt: skip
    assert rows(found, "checks") == []


async def test_same_books_make_the_same_files_and_the_manifest_tells_them_apart(community: Community) -> None:
    await community.tariff("0.10000", "0.50000")
    await measured_home(community)
    await community.bill()
    first, second = await take(community), await take(community)
    assert zipped(first) == zipped(second)
    manifest = json.loads(first.files[MANIFEST])
    assert (manifest["community"], manifest["month"], manifest["taken_by"]) == ("WLCE", "2026-10", "a test")
    listed = {file["name"]: file["sha256"] for file in manifest["files"]}
    assert listed.keys() == first.files.keys() - {MANIFEST}
    for name, digest in listed.items():
        assert hashlib.sha256(first.files[name]).hexdigest() == digest
    assert "Nothing: all controls agree." in first.files[SUMMARY].decode()


async def test_month_that_is_not_over_has_no_evidence(community: Community) -> None:
    with pytest.raises(MonthUnfinished):
        await take(community, Month(2026, 11))


async def test_command_writes_the_files_once(
    community: Community, settings_env: dict[str, str], role_url: RoleUrl, tmp_path: Path
) -> None:
    await community.tariff("0.10000", "0.50000")
    await measured_home(community)
    await community.bill()
    variables = {**settings_env, "FLOWS_DATABASE_URL": role_url("flows_billing")}
    arguments = [FLOWS, "billing", "evidence", "2026-10", "--esco", "wlce", "--output", str(tmp_path / "books")]

    async def run() -> tuple[int, str]:
        with FlowsProcess(arguments, variables, tmp_path / "flows.log") as process:
            code = await asyncio.to_thread(process.process.wait, 60)
        return code, process.log.read_text()

    code, said = await run()
    assert code == 0, said
    written = tmp_path / "books" / "WLCE-2026-10"
    manifest = (written / MANIFEST).read_bytes()
    assert hashlib.sha256(manifest).hexdigest() in said
    assert {path.name for path in written.iterdir()} == {
        *(file["name"] for file in json.loads(manifest)["files"]),
        MANIFEST,
    }
    code, said = await run()
    assert (code, "never written over" in said) == (1, True), said
