"""Who moves out: the last bill, the closing read, the refund, and whose the home is then."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.community import OCTOBER, Community
from billing.corrections import credit_notes, due, esco_of, findings, invoices, owed
from billing.move_outs import OCTOBER_12, first_days, move_out
from billing.proofs import pay, printed
from flows_billing.closings.final import Closing, final_bill
from flows_billing.errors import AccountNotClosable, LastDayNotOver, UnknownAccount
from flows_billing.invoices.html import render_html
from flows_billing.invoices.pdf import render
from flows_billing.settings import RunSettings
from flows_shared.time import LONDON, Month, Period, local_midnight

NOVEMBER_20 = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
async def priced(community: Community) -> Community:
    await community.tariff("0.20000", "0.50000")
    return community


async def test_final_bill_is_for_the_days_of_the_month_until_the_move(priced: Community) -> None:
    home = await first_days(priced)
    done = await move_out(priced, home)
    assert (done.outcome, done.invoices, done.credit_notes) == ("billed", ("WLCE-000001",), ())
    invoice = await priced.invoice(home)
    assert (invoice["period_start"], invoice["period_end"]) == (date(2026, 10, 1), date(2026, 10, 11))
    # 10 days of 9.6 kWh: 96 kWh x 20p = 1920p, 10 x 50p = 500p
    assert (invoice["total_pence"], done.balance_pence, done.refund_pence) == (2420, 2420, None)
    [account] = await priced.rows("SELECT status, end_date FROM public.accounts WHERE id = $1", home.account)
    assert tuple(account) == ("closed", date(2026, 10, 10))
    assert await findings(priced) == []
    # The month's own run has nothing left to bill.
    await priced.bill()
    assert len(await invoices(priced, home)) == 1


async def test_asked_again_it_changes_nothing(priced: Community) -> None:
    home = await first_days(priced)
    first = await move_out(priced, home)
    again = await move_out(priced, home)
    assert (again.outcome, again.invoices, again.balance_pence) == ("billed", (), first.balance_pence)
    assert len(await invoices(priced, home)) == 1


async def test_closing_read_is_the_meters_count_at_the_end_of_the_day(priced: Community) -> None:
    home = await first_days(priced)
    register = home.registers["SINGLE"]
    # Read at noon on the 10th (UTC), so 22 half hours, 11:00 to 22:00 UTC, come after: 1000 + 22 x 0.2
    await priced.execute(
        "INSERT INTO flows.register_import VALUES ($1, '2026-10-10 12:00Z', 1000), ($1, '2026-10-12 12:00Z', 1009)",
        register,
    )
    done = await move_out(priced, home)
    [read] = done.reads
    assert (read.element, read.read, read.source) == ("SINGLE", Decimal("1004.400"), "meter")
    for said in (render_html(await printed(priced)).decode(),):
        assert "Closing read" in said
        assert "1,004.4 kWh (read by the meter)" in said
        assert "Final VAT invoice" in said


async def test_closing_read_over_estimated_half_hours_is_estimated(priced: Community) -> None:
    home = await first_days(priced)
    await priced.execute(
        "INSERT INTO flows.register_import VALUES ($1, '2026-10-10 12:00Z', 1000)", home.registers["SINGLE"]
    )
    await priced.execute(
        """WITH gone AS (DELETE FROM flows.register_interval_hh WHERE timestamp = '2026-10-10 18:00Z' RETURNING *)
           INSERT INTO flows.register_interval_estimates (register_id, timestamp, kwh, method)
           SELECT register_id, timestamp, kwh, 'linear' FROM gone"""
    )
    [read] = (await move_out(priced, home)).reads
    assert (read.read, read.source) == (Decimal("1004.400"), "estimated")
    assert (await priced.value("SELECT source FROM public.closing_reads")) == "estimated"


async def test_closing_read_is_that_of_the_meter_that_was_there_on_the_last_day(priced: Community) -> None:
    home = await first_days(priced)
    old = home.registers["SINGLE"]
    await priced.execute("INSERT INTO flows.register_import VALUES ($1, '2026-10-10 23:00Z', 1000)", old)
    other = await priced.home()
    replace = "UPDATE flows.meter_registers SET end_time = '2026-10-11 10:00Z', replaced_by = $2 WHERE register_id = $1"
    await priced.execute(replace, old, other.meter)
    begin = "UPDATE flows.meter_registers SET start_time = '2026-10-11 10:00Z' WHERE register_id = $1"
    await priced.execute(begin, other.registers["SINGLE"])
    await priced.execute("DELETE FROM public.customer_accounts WHERE account = $1", other.account)
    await priced.execute("DELETE FROM public.accounts WHERE id = $1", other.account)
    move = "UPDATE public.properties SET supply_meter = $2 WHERE supply_meter = $1"
    await priced.execute(move, other.meter, None)
    await priced.execute(move, home.meter, other.meter)
    [read] = (await move_out(priced, home)).reads
    assert (read.register, read.read) == (old, Decimal("1000.000"))


async def test_customers_own_read_goes_before_the_meters(priced: Community) -> None:
    home = await first_days(priced)
    done = await move_out(priced, home, reads={"SINGLE": Decimal("1234.5")})
    assert [(read.read, read.source) for read in done.reads] == [(Decimal("1234.5"), "customer")]
    assert "1,234.5 kWh (read by you)" in render_html(await printed(priced)).decode()
    with pytest.raises(AccountNotClosable, match="no register B"):
        await move_out(priced, home, reads={"B": Decimal(1)})


async def test_credit_is_paid_back_once_and_said_on_the_bill(priced: Community) -> None:
    home, other = await first_days(priced), await first_days(priced)
    await move_out(priced, other)  # makes the ledger's accounts
    await priced.execute(
        """INSERT INTO public.ledger_accounts (esco, code, name, type, account)
           SELECT $1, 'receivable', 'Owed by the customer', 'asset', $2""",
        priced.esco,
        home.account,
    )
    await pay(priced, home, 3000)
    done = await move_out(priced, home)  # 2420p
    assert (done.refund_pence, done.balance_pence, await owed(priced, home)) == (580, 0, 0)
    again = await move_out(priced, home)
    assert (again.refund_pence, await owed(priced, home)) == (580, 0)
    assert await priced.value("SELECT count(*) FROM public.ledger_entries WHERE kind = 'refund'") == 1
    text = render_html(await printed(priced, "WLCE-000002")).decode()
    assert "You are £5.80 in credit. We pay it back to you." in text
    assert render(await printed(priced, "WLCE-000002"))


async def test_empty_home_is_billed_to_its_owner(priced: Community) -> None:
    home = await first_days(priced, days=31)
    owner = await priced.customer(fullname="Olu Owner")
    await priced.party(home, owner, role="owner")
    done = await move_out(priced, home)
    assert done.next_account is not None
    await priced.bill()
    made = await priced.rows("SELECT customer, period_start, period_end FROM public.invoices ORDER BY period_start")
    assert [tuple(row) for row in made] == [
        (home.customer, date(2026, 10, 1), date(2026, 10, 11)),
        (owner, date(2026, 10, 11), date(2026, 11, 1)),
    ]


async def test_owners_own_account_takes_over_and_no_other_is_opened(priced: Community) -> None:
    home = await first_days(priced, days=31)
    premises = await priced.value("SELECT property FROM public.accounts WHERE id = $1", home.account)
    owner = await priced.customer(fullname="Olu Owner")
    account = await priced.value(
        """INSERT INTO public.accounts (property, type, status, start_date)
           VALUES ($1, 'supply', 'open', '2025-01-01') RETURNING id""",
        premises,
    )
    await priced.execute(
        "INSERT INTO public.customer_accounts (customer, account, role) VALUES ($1, $2, 'owner')", owner, account
    )
    done = await move_out(priced, home)
    number = await priced.value("SELECT account_number FROM public.accounts WHERE id = $1", account)
    assert done.next_account == number
    await priced.bill()
    [invoice] = await priced.rows("SELECT * FROM public.invoices WHERE account = $1", account)
    assert (invoice["period_start"], invoice["period_end"]) == (date(2026, 10, 11), date(2026, 11, 1))


async def test_move_out_that_is_told_late_corrects_what_was_billed_after(priced: Community) -> None:
    home = await first_days(priced, days=31)
    await priced.bill()  # 298 x 20p + 31 x 50p = 7510p
    done = await move_out(priced, home, now=NOVEMBER_20)
    assert (done.outcome, done.invoices, done.credit_notes) == ("billed", ("WLCE-000002",), ("WLCE-C000001",))
    assert await invoices(priced, home) == [("WLCE-000001", "void", 7510), ("WLCE-000002", "issued", 2420)]
    [note] = await credit_notes(priced)
    assert (note["reason"], note["causes"]) == ("The account ended on 2026-10-10.", ["days"])
    assert await due(priced) == []
    assert (await printed(priced, "WLCE-000002")).is_final
    assert await findings(priced) == []


async def test_months_after_the_last_day_are_credited_whole(priced: Community) -> None:
    home = await first_days(priced, days=31)
    await priced.measure(home.registers["SINGLE"], Month(2026, 11).period(LONDON), "0.2")
    await priced.bill()
    await priced.bill(Month(2026, 11), now=datetime(2026, 12, 1, 9, tzinfo=UTC))
    done = await move_out(priced, home, now=datetime(2026, 12, 5, 9, tzinfo=UTC))
    assert done.credit_notes == ("WLCE-C000001", "WLCE-C000002")
    assert [status for _, status, _ in await invoices(priced, home)] == ["void", "void", "issued"]
    assert await owed(priced, home) == done.balance_pence == 2420


async def test_missing_half_hours_keep_the_bill_and_the_refund_back_until_they_come(priced: Community) -> None:
    home = await first_days(priced, days=9)
    done = await move_out(priced, home)
    assert (done.outcome, done.details, done.invoices) == ("failed", "48 of 480 half hours are missing", ())
    tenth = Period(local_midnight(date(2026, 10, 10), LONDON), local_midnight(date(2026, 10, 11), LONDON))
    await priced.measure(home.registers["SINGLE"], tenth, "0.2")
    assert (await move_out(priced, home)).invoices == ("WLCE-000001",)


async def test_months_end_that_is_not_billed_yet_is_billed_with_the_last_days(priced: Community) -> None:
    home = await first_days(priced, days=31)
    period = Period(OCTOBER.period(LONDON).end, local_midnight(date(2026, 11, 6), LONDON))
    await priced.measure(home.registers["SINGLE"], period, "0.2")
    done = await move_out(priced, home, date(2026, 11, 5), now=NOVEMBER_20)
    assert done.invoices == ("WLCE-000001", "WLCE-000002")
    # November: 5 x 9.6 = 48 kWh x 20p = 960p, 250p
    assert [pence for *_, pence in await invoices(priced, home)] == [7510, 1210]


async def test_joint_occupiers_are_named_and_the_first_pays(priced: Community) -> None:
    home = await first_days(priced, fullname="Jo Bloggs")
    await priced.party(home, await priced.customer(fullname="Sam Bloggs"))
    await move_out(priced, home)
    invoice = await printed(priced)
    assert invoice.customer == "Jo Bloggs and Sam Bloggs"
    assert (await priced.invoice(home))["customer"] == home.customer


async def test_what_cannot_be_closed_is_refused(priced: Community) -> None:
    home = await first_days(priced)
    with pytest.raises(LastDayNotOver, match="2026-10-12 is not over"):
        await move_out(priced, home, date(2026, 10, 12))
    with pytest.raises(AccountNotClosable, match="it starts on 2026-10-01"):
        await move_out(priced, home, date(2026, 9, 30))
    await move_out(priced, home)
    with pytest.raises(AccountNotClosable, match="it was closed on 2026-10-10"):
        await move_out(priced, home, date(2026, 10, 9))
    unknown = Closing(1, date(2026, 10, 10), {}, "a test")
    with pytest.raises(UnknownAccount):
        await final_bill(priced.billing, await esco_of(priced), unknown, RunSettings(), OCTOBER_12)
