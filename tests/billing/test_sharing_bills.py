"""Bills of shared energy that a person can check with a pencil, by each method."""

from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from billing.community import OCTOBER, Community, Home
from billing.corrections import due, rebilled
from billing.proofs import findings, preview, printed
from billing.sharers import FIRST_OF_OCTOBER, make_group
from billing.time_of_use import night_and_day
from flows_billing.invoices.explain import explain
from flows_shared.time import LONDON, Period, local_day

pytestmark = pytest.mark.usefixtures("tariff")


@pytest.fixture
async def tariff(community: Community) -> None:
    await community.tariff("0.30000", "0.50000")


async def homes(community: Community, *kwh: str) -> list[Home]:
    """With this energy in every half hour of October."""
    made = [await community.home(fullname=f"Sharer {number}") for number in range(len(kwh))]
    for home, each in zip(made, kwh, strict=True):
        await community.measure_month(home, kwh=each)
    return made


async def test_proportional_shares_follow_consumption_half_hour_by_half_hour(community: Community) -> None:
    small, big = await homes(community, "0.1", "0.3")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(small)
    await group.member(big)
    await group.generate("0.2", FIRST_OF_OCTOBER)
    await community.bill()
    # On 48 half hours 200 Wh for 100 + 300 Wh: 50 and 150 Wh each time, so 2.4 and 7.2 kWh of 149 and 447.
    assert await community.lines(small) == [
        ("Electricity", Decimal("146.6"), "0.30000", 4398),  # 146.6 x 30p
        ("Shared energy, electricity", Decimal("2.4"), "0.12000", 29),  # 28.8p
        ("Standing charge", Decimal(31), "0.50000", 1550),
    ]
    assert await community.lines(big) == [
        ("Electricity", Decimal("439.8"), "0.30000", 13194),
        ("Shared energy, electricity", Decimal("7.2"), "0.12000", 86),  # 86.4p
        ("Standing charge", Decimal(31), "0.50000", 1550),
    ]
    invoice = await community.invoice(small)
    # 4398 + 29 + 1550 = 5977p, all with VAT at 5%: 5977 x 5 / 105 = 284.6
    assert (invoice["net_pence"], invoice["vat_pence"], invoice["total_pence"]) == (5692, 285, 5977)
    assert await findings(community) == []


async def test_fixed_coefficients_leave_as_surplus_what_a_member_cannot_use(community: Community) -> None:
    small, big = await homes(community, "0.1", "0.3")
    group = await make_group(community, "fixed", "0.12000", "0.05000")
    await group.member(small, coefficient="0.6", surplus_ratio="0.25")
    await group.member(big, coefficient="0.4")
    await group.generate("0.4", FIRST_OF_OCTOBER)
    await community.bill()
    # Rights of 240 and 160 Wh. The first can use 100, so 140 Wh are surplus; the second uses all of its 160.
    assert await community.lines(small) == [
        ("Electricity", Decimal("144.2"), "0.30000", 4326),  # 149 - 48 x 0.1
        ("Shared energy, electricity", Decimal("4.8"), "0.12000", 58),  # 57.6p
        ("Standing charge", Decimal(31), "0.50000", 1550),
        ("Surplus of shared energy", Decimal("1.68"), "-0.05000", -8),  # 48 x 140 Wh x 25%; 8.4p
    ]
    assert (await community.lines(big))[:2] == [
        ("Electricity", Decimal("439.32"), "0.30000", 13180),  # 447 - 48 x 0.16; 13179.6p
        ("Shared energy, electricity", Decimal("7.68"), "0.12000", 92),  # 92.16p
    ]
    assert await findings(community) == []


async def test_fixed_coefficients_that_redistribute_give_the_rest_to_who_still_imports(community: Community) -> None:
    small, big, middle = await homes(community, "0.1", "0.3", "0.2")
    group = await make_group(community, "fixed", "0.12000", redistribute=True)
    for home, coefficient in ((small, "0.6"), (big, "0.2"), (middle, "0.2")):
        await group.member(home, coefficient=coefficient)
    await group.generate("0.4", FIRST_OF_OCTOBER)
    await community.bill()
    # Rights of 240, 80, 80 Wh. 140 Wh are left over for those who lack 220 and 120 Wh: 90.59 and 49.41 -> 91 and 49.
    shared = [(await community.lines(home))[1][1] for home in (small, big, middle)]
    assert shared == [Decimal("4.8"), 48 * Decimal("0.171"), 48 * Decimal("0.129")]
    assert await findings(community) == []


async def test_priority_serves_the_first_whole_and_shares_the_rest_in_proportion(community: Community) -> None:
    first, second, third = await homes(community, "0.1", "0.1", "0.3")
    group = await make_group(community, "priority", "0.12000")
    for home, priority in ((first, 1), (second, 2), (third, 2)):
        await group.member(home, priority=priority)
    await group.generate("0.2", FIRST_OF_OCTOBER)
    await community.bill()
    # 100 Wh to the first; of the other 100 Wh a quarter and three quarters, by 100 and 300 Wh consumed.
    shared = [(await community.lines(home))[1][1] for home in (first, second, third)]
    assert shared == [Decimal("4.8"), Decimal("1.2"), Decimal("3.6")]
    assert await findings(community) == []


async def test_shared_energy_leaves_the_band_in_which_it_was_shared(community: Community) -> None:
    await community.execute("DELETE FROM public.microgrid_tariffs")
    await night_and_day(community)  # night 10p until 07:00, else 30p
    [home] = await homes(community, "0.1")
    group = await make_group(community, "proportional", "0.05000")
    await group.member(home)
    night = Period(
        FIRST_OF_OCTOBER.start, FIRST_OF_OCTOBER.start + 2 * (local_day(date(2026, 10, 1), LONDON).duration / 48)
    )
    await group.generate("0.08", night)
    await community.bill()
    lines = {line[0]: line[1:] for line in await community.lines(home)}
    # 31 nights of 14 half hours and the two that come twice on the 25th: 436 x 0.1 = 43.6 kWh, less 2 x 80 Wh
    assert lines["Electricity, night"] == (Decimal("43.44"), "0.10000", 434)
    assert lines["Shared energy, electricity, night"] == (Decimal("0.16"), "0.05000", 1)
    assert lines["Electricity, standard"][0] == Decimal("105.4")  # 1,054 half hours, none of them shared
    assert await findings(community) == []


async def test_two_elements_split_a_share_by_what_each_measured(community: Community) -> None:
    home = await community.home(elements=("A", "B"))
    await community.measure(home.registers["A"], OCTOBER.period(LONDON), "0.1")
    await community.measure(home.registers["B"], OCTOBER.period(LONDON), "0.3")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(home)
    await group.generate("0.2", FIRST_OF_OCTOBER)
    await community.bill()
    lines = {line[0]: line[1] for line in await community.lines(home)}
    assert lines["Shared energy, electricity, element A"] == Decimal("2.4")  # 50 of 200 Wh, 48 times
    assert lines["Shared energy, heat, element B"] == Decimal("7.2")
    assert await findings(community) == []


async def test_member_from_the_middle_of_the_month_shares_from_that_day(community: Community) -> None:
    before, late = await homes(community, "0.1", "0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(before)
    await group.member(late, start_date=date(2026, 10, 21))
    await group.generate("0.1", OCTOBER.period(LONDON))
    await community.bill()
    # Alone for 20 days: all of 960 x 100 Wh; then half of each of the 530 half hours.
    assert [line[1] for line in await community.lines(before) if line[0].startswith("Shared")] == [
        Decimal(96) + Decimal("26.5")
    ]
    assert await community.lines(late) == [
        ("Electricity", Decimal("96.0"), "0.30000", 2880),
        ("Electricity", Decimal("26.5"), "0.30000", 795),
        ("Shared energy, electricity", Decimal("26.5"), "0.12000", 318),
        ("Standing charge", Decimal(20), "0.50000", 1000),
        ("Standing charge", Decimal(11), "0.50000", 550),
    ]
    assert await findings(community) == []


async def test_internal_rate_that_changes_bills_each_part_at_its_own(community: Community) -> None:
    [home] = await homes(community, "0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.terms("proportional", "0.10000", period_start=date(2026, 10, 11))
    await group.member(home)
    await group.generate("0.1", OCTOBER.period(LONDON))
    await community.bill()
    assert [line[1:] for line in await community.lines(home) if line[0].startswith("Shared")] == [
        (Decimal("48.0"), "0.12000", 576),
        (Decimal("101.0"), "0.10000", 1010),
    ]
    assert await findings(community) == []


async def test_half_hours_that_the_generation_meter_lacks_keep_members_from_being_billed(community: Community) -> None:
    member, stranger = await homes(community, "0.1", "0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(member)
    await group.generate("0.1", FIRST_OF_OCTOBER)
    await community.execute(
        "DELETE FROM flows.register_interval_hh WHERE register_id = $1 AND timestamp < $2",
        group.generation,
        FIRST_OF_OCTOBER.end,
    )
    await community.bill()
    assert await community.outcome(member) == (
        "failed",
        "generation_missing",
        "48 half hours of what Sun Club generated are missing",
    )
    assert (await community.outcome(stranger))[0] == "billed"


async def test_coefficients_of_more_than_all_are_refused_with_the_day(community: Community) -> None:
    one, two = await homes(community, "0.1", "0.1")
    group = await make_group(community, "fixed", "0.12000")
    await group.member(one, coefficient="0.6")
    await group.member(two, coefficient="0.6", start_date=date(2026, 10, 9))
    await group.generate("0.1", FIRST_OF_OCTOBER)
    await community.bill()
    outcome, reason, details = await community.outcome(one)
    assert (outcome, reason) == ("failed", "sharing_invalid")
    assert "on 2026-10-09" in str(details)


async def test_residue_is_what_the_boundary_let_in_and_nobody_measured(community: Community) -> None:
    site = await community.value(
        "INSERT INTO flows.sites_new (name, code, esco) VALUES ('Sun Street', 'SUN', $1) RETURNING id", community.esco
    )
    member, _other = await homes(community, "0.3", "0.1")
    await community.execute("UPDATE public.properties SET site = $1", site)
    group = await make_group(community, "proportional", "0.12000", site=site)
    await group.member(member)
    came, went = await group.meter("boundary_import"), await group.meter("boundary_export")
    await group.generate("0.2", FIRST_OF_OCTOBER)
    await community.measure(came, OCTOBER.period(LONDON), "0.41")
    await community.measure(went, FIRST_OF_OCTOBER, "0.2")
    await community.bill()
    [balance] = await community.rows("SELECT * FROM public.sharing_balances")
    # Known for the 48 half hours in which both boundary meters measured: 200 + 410 - 200 - 300 - 100 = 10 Wh each.
    assert (balance["half_hours"], balance["half_hours_with_boundary"]) == (1490, 48)
    assert balance["residue_kwh"] == Decimal("0.48")
    assert (balance["generation_kwh"], balance["shared_kwh"], balance["surplus_kwh"]) == (
        Decimal("9.6"),
        Decimal("9.6"),
        0,
    )
    assert (balance["consumption_kwh"], balance["others_kwh"]) == (Decimal(447), Decimal(149))


async def test_preview_explanation_and_record_speak_of_the_same_kwh(community: Community) -> None:
    [home] = await homes(community, "0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(home)
    await group.generate("0.05", FIRST_OF_OCTOBER)
    looked = await preview(community)
    await community.bill()
    assert [line.amount_pence for line in looked.accounts[0].lines] == [line[3] for line in await community.lines(home)]
    [month] = await community.rows("SELECT * FROM public.sharing_months")
    assert (month["consumption_kwh"], month["shared_kwh"], month["imported_kwh"]) == (
        149,
        Decimal("2.4"),
        Decimal("146.6"),
    )
    said = explain(await printed(community))
    assert said.lines[1].arithmetic == "2.4 kWh x 12p = 28.8p -> 29p"
    assert "what was shared of 1490 half hours" in said.lines[1].source
    assert "the terms of Sun Club from 2026-01-01" in said.lines[1].source
    assert any("what Sun Club generated" in sentence for sentence in said.sentences)


async def test_late_reading_of_the_generation_is_found_by_verify(community: Community) -> None:
    [home] = await homes(community, "0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(home)
    await group.generate("0.05", FIRST_OF_OCTOBER)
    await community.bill()
    assert await findings(community) == []
    await community.execute(
        "UPDATE flows.register_interval_hh SET kwh = 0.06 WHERE register_id = $1 AND kwh > 0", group.generation
    )
    [finding] = await findings(community)
    assert (finding.check, finding.expected, finding.found) == (
        "shared energy from 2026-10-01",
        "2.88 kWh shared, 0 kWh of surplus",
        "2.4 kWh shared, 0 kWh of surplus",
    )


async def test_terms_and_parts_that_were_billed_do_not_change(community: Community) -> None:
    [home] = await homes(community, "0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(home)
    await group.generate("0.05", FIRST_OF_OCTOBER)
    await community.execute("UPDATE public.sharing_terms SET internal_rate = 0.13")
    await community.bill()
    for change in (
        "UPDATE public.sharing_terms SET internal_rate = 0.14",
        "UPDATE public.sharing_members SET coefficient = 0.5",
        "DELETE FROM public.sharing_members",
        "DELETE FROM public.sharing_meters",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await community.execute(change)
    await community.execute("UPDATE public.sharing_members SET end_date = '2026-10-31'")


async def test_home_shares_in_one_group_at_a_time(community: Community) -> None:
    [home] = await homes(community, "0.1")
    group = await make_group(community, "proportional", "0.12000")
    await group.member(home, end_date=date(2026, 10, 31))
    with pytest.raises(asyncpg.ExclusionViolationError):
        await group.member(home, start_date=date(2026, 10, 31))
    await group.member(home, start_date=date(2026, 11, 1))


async def test_surplus_is_taxed_as_its_owners_export(community: Community) -> None:
    [home] = await homes(community, "0.1")
    await community.execute(
        "INSERT INTO public.vat_registrations (customer, valid_from, vat_number) VALUES ($1, '2026-01-01', 'GB1')",
        home.customer,
    )
    group = await make_group(community, "proportional", "0.12000", "0.05000")
    await group.member(home, surplus_ratio="1")
    await group.generate("1.1", FIRST_OF_OCTOBER)
    await community.bill()
    [row] = await community.rows("SELECT * FROM public.invoice_lines WHERE kind = 'export_credit'")
    assert (row["quantity"], row["amount_pence"]) == (48, -240)  # 48 x 1 kWh x 5p
    assert (row["vat_rate"], row["vat_reason"]) == (Decimal("0.2000"), "exporter_registered")
    assert await findings(community) == []


async def test_late_reading_of_one_member_is_listed_and_put_right_for_all(community: Community) -> None:
    late, steady = await homes(community, "0.1", "0.1")
    group = await make_group(community, "proportional", "0.12000")
    for home in (late, steady):
        await group.member(home)
    await group.generate("0.1", FIRST_OF_OCTOBER)
    await community.bill()
    assert await due(community) == []
    await community.execute(
        "UPDATE flows.register_interval_hh SET kwh = 0.3 WHERE register_id = $1 AND timestamp < $2",
        late.registers["SINGLE"],
        FIRST_OF_OCTOBER.end,
    )
    assert {(row["number"], row["cause"]) for row in await due(community)} == {
        ("WLCE-000001", "readings"),
        ("WLCE-000001", "sharing"),
        ("WLCE-000002", "sharing"),
    }
    done = await rebilled(community, confirm=True)
    assert [account.outcome for account in done.accounts] == ["corrected", "corrected"]
    # 100 Wh for 300 + 100 Wh: 75 and 25 instead of 50 each, 48 times
    shared = await community.rows(
        """SELECT invoice.number, line.quantity
             FROM public.invoice_lines AS line JOIN public.invoices AS invoice ON invoice.id = line.invoice
            WHERE line.kind = 'shared_energy' AND invoice.status <> 'void' ORDER BY invoice.number"""
    )
    assert [row["quantity"] for row in shared] == [Decimal("3.6"), Decimal("1.2")]
    assert await due(community) == []
    assert await findings(community) == []
