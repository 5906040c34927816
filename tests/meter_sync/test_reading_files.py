"""Half hours in CSV files: the field's and ours, in and out, with a word on every row."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from databases import RoleUrl
from flows_meter_sync.estimation.methods import Method
from flows_meter_sync.files import field, own
from flows_meter_sync.files.exports import export_field, export_own
from flows_meter_sync.files.field import Wh
from flows_meter_sync.files.imports import import_files
from flows_meter_sync.files.rows import RowOutcome
from flows_meter_sync.readings.estimate import estimate_missing
from flows_shared.contracts.readings import NamedFile
from flows_shared.readings import HalfHourRow, write_csv
from flows_shared.time import Period
from meter_sync.readings import MONDAY, Home, instant

NOW = datetime(2026, 2, 1, tzinfo=UTC)
TWO_DAYS = Period(MONDAY, MONDAY + timedelta(days=2))


def named(name: str, text: str) -> NamedFile:
    return NamedFile(name=name, text=text)


def field_file(serial: str, first: int, *counts: str, out: str = "0") -> NamedFile:
    """A file of the field with these Wh from a half hour on."""
    rows = "".join(f"{instant(first + n):%Y-%m-%d %H:%M:%S}+0000,{wh},{out}\n" for n, wh in enumerate(counts))
    text = f'"created_at","{serial}","{serial}_rev"\n{rows}'
    return named(field.name_of(serial, None, instant(first).date()), text)


async def take(home: Home, *files: NamedFile, wh: Wh = Wh.AUTO) -> list[RowOutcome]:
    return await import_files(home.own, files, NOW, wh)


def said(outcomes: list[RowOutcome]) -> list[tuple[int, str]]:
    return [(each.place.line, each.outcome) for each in outcomes]


async def test_counts_of_the_fields_files_become_the_half_hours_between_them(home: Home) -> None:
    outcomes = await take(home, field_file(home.serial, 0, "4000100", "4000350", "4000350", "4001000"))
    assert said(outcomes) == [(2, "taken"), (3, "taken"), (4, "taken"), (5, "waits")]
    assert await home.values() == {
        instant(0): (Decimal("0.250"), "imported"),
        instant(1): (Decimal("0.000"), "imported"),
        instant(2): (Decimal("0.650"), "imported"),
    }
    details = await home.fetch("SELECT DISTINCT detail FROM flows.register_interval_sources")
    assert details == [(f"{home.serial}-20260105.csv",)]


async def test_last_half_hour_of_a_day_comes_with_the_next_days_file(home: Home) -> None:
    day = [str(5_000_000 + 10 * number) for number in range(48)]
    assert said(await take(home, field_file(home.serial, 0, *day)))[-1] == (49, "waits")
    await take(home, field_file(home.serial, 48, "5000600", "5000610"))
    values = await home.values()
    assert (len(values), values[instant(47)][0]) == (49, Decimal("0.13"))


async def test_same_file_twice_changes_nothing_and_says_so(home: Home) -> None:
    file = field_file(home.serial, 0, "4000100", "4000350", "4000900")
    await take(home, file)
    before = await home.values()
    assert said(await take(home, file)) == [(2, "there already"), (3, "there already"), (4, "waits")]
    assert await home.values() == before


async def test_bad_rows_are_refused_and_the_good_ones_taken(home: Home) -> None:
    header = f'"created_at","{home.serial}","{home.serial}_rev"\n'
    rows = [
        "2026-01-05 00:00:00+0000,1000,0",
        "2026-01-05 00:30:00+0000,1200,0",
        "yesterday,1300,0",
        "2026-01-05 01:10:00+0000,1300,0",
        "2026-01-05 02:00:00+0000,many,0",
        "2026-01-05 02:30:00+0000,NA,NA",
        "2026-01-05 03:00:00+0000,1500",
        "2026-01-05 03:30:00+0000,2000,0",
        "2026-01-05 04:00:00+0000,2100,0",
        "2026-03-05 04:00:00+0000,2100,0",
    ]
    outcomes = await take(home, named(f"{home.serial}-20260105.csv", header + "\n".join(rows)), wh=Wh.COUNTS)
    assert [each.outcome for each in outcomes] == (
        ["taken", "waits"] + ["refused"] * 5 + ["taken", "waits"] + ["refused"]
    )
    assert [each.details for each in outcomes if each.outcome == "refused"] == [
        "'yesterday' is no time like 2026-10-25 00:30:00+00:00",
        "2026-01-05 01:10:00+0000 is not on the half hour",
        "'many' is no number of Wh from 0 to 4294967295",
        "the row has no reading",
        "a row has a time, Wh in and Wh out, not 2 fields",
        "it has not been yet",
    ]
    assert [kwh for kwh, _ in (await home.values()).values()] == [Decimal("0.2"), Decimal("0.1")]


@pytest.mark.parametrize("at", ["10:07:00Z", "10:00:03Z", "10:00:00.000001Z", "10:07:00+00:07:30"])
async def test_line_off_the_clock_is_named_and_the_rest_is_kept(home: Home, at: str) -> None:
    rows = [f"{home.serial},SINGLE,2026-01-05T{time},0.1" for time in ("10:00:00Z", at, "10:30:00Z")]
    outcomes = await take(home, named("ours.csv", "\n".join(["serial,element,start,kwh", *rows])))
    assert said(outcomes) == [(2, "taken"), (3, "refused"), (4, "taken")]
    assert outcomes[1].details == f"2026-01-05T{at} is not on the half hour"
    assert list(await home.values()) == [instant(20), instant(21)]


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:30:00-12:00", "9999-12-31T23:30:00Z", "infinity"]
)
async def test_time_at_the_end_of_time_is_refused(home: Home, at: str) -> None:
    rows = f"serial,element,start,kwh\n{home.serial},SINGLE,{at},0.1"
    assert said(await take(home, named("ours.csv", rows))) == [(2, "refused")]


async def test_reading_that_is_held_is_not_overwritten_by_a_file(home: Home) -> None:
    await home.add(instant(0), 1_000)
    [outcome, _] = await take(home, field_file(home.serial, 0, "1000000", "1000250"))
    assert (outcome.outcome, outcome.details) == (
        "refused",
        f"{home.serial} 2026-01-05 00:00Z 0.25 kWh, but 0.1 kWh is held",
    )
    assert await home.values() == {instant(0): (Decimal("0.1"), "measured")}


@pytest.mark.parametrize(
    ("numbers", "energy", "counted"),
    [
        (["500"] * 48, "24.000", "0.000"),
        (["100", "350", "900"], "1.350", "0.800"),
        (["250", "130", "700"], "1.080", "0.450"),
        (["1000", "0", "1300"], "2.300", "0.300"),
        (["500"], "0.500", "0.000"),
    ],
)
async def test_file_whose_numbers_can_be_counts_or_energy_is_refused_with_both_readings_of_it(
    home: Home, numbers: list[str], energy: str, counted: str
) -> None:
    [outcome] = await take(home, field_file(home.serial, 0, *numbers))
    assert (outcome.outcome, outcome.details) == (
        "refused",
        f"its numbers can be energy, {energy} kWh, or counts, {counted} kWh: "
        "say which they are, by --wh energy or --wh counts, over the API by wh=energy or wh=counts",
    )
    assert await home.values() == {}


async def test_one_file_that_has_to_be_asked_about_holds_up_no_other(home: Home) -> None:
    outcomes = await take(
        home, field_file(home.serial, 0, "500", "500"), field_file(home.serial, 48, "4000000", "4000100")
    )
    assert said(outcomes) == [(1, "refused"), (2, "taken"), (3, "waits")]


async def test_file_that_is_the_same_either_way_is_taken(home: Home) -> None:
    assert said(await take(home, field_file(home.serial, 0, "0", "0"))) == [(2, "taken"), (3, "waits")]


async def test_what_the_numbers_are_can_be_said(home: Home) -> None:
    await take(home, field_file(home.serial, 0, "100", "200"), wh=Wh.ENERGY)
    assert [kwh for kwh, _ in (await home.values()).values()] == [Decimal("0.1"), Decimal("0.2")]


async def test_files_of_the_two_elements_go_to_their_registers(home: Home) -> None:
    await home.execute("UPDATE flows.meter_registers SET element = 'A'")
    [(b,)] = await home.fetch(
        """INSERT INTO flows.meter_registers (meter_id, element, nature, start_time)
           SELECT meter_id, 'B', 'solar', start_time FROM flows.meter_registers RETURNING register_id"""
    )
    header = f'"created_at","{home.serial}","{home.serial}_rev"\n'
    rows = header + "2026-01-05 00:00:00+0000,1000,500\n2026-01-05 00:30:00+0000,1200,900\n"
    files = [named(f"{home.serial}-{element}-20260105.csv", rows) for element in ("A", "B")]
    outcomes = await take(home, *files, wh=Wh.COUNTS)
    assert [each.outcome for each in outcomes] == ["taken", "waits"] * 2
    stored = await home.fetch("SELECT register_id, kwh FROM flows.register_interval_hh ORDER BY kwh")
    assert stored == [(home.register_id, Decimal("0.2")), (b, Decimal("0.4"))]
    unmarked = await take(home, field_file(home.serial, 0, "4001000", "4001200"))
    assert unmarked[0].details == f"{home.serial} has elements A and B: the file's name has to say which it is of"


@pytest.mark.parametrize("name", ["notes.csv", "EML1-20261345.csv"])
async def test_file_that_is_none_of_ours_is_refused_by_name(home: Home, name: str) -> None:
    [outcome] = await take(home, named(name, "a,b\n1,2\n"))
    assert outcome.outcome == "refused"
    assert name in outcome.details


async def test_our_file_goes_out_and_into_another_database_as_it_was(home: Home) -> None:
    await home.add(instant(0), 1_000, 2_345, 0)
    async with home.own.connection() as connection:
        text = await export_own(connection, await home.registers(), TWO_DAYS)
    before = await home.values()
    await home.execute("DELETE FROM flows.register_interval_hh")
    outcomes = await take(home, named("readings.csv", text))
    assert [each.outcome for each in outcomes] == ["taken"] * 3
    assert {at: kwh for at, (kwh, _) in (await home.values()).items()} == {at: kwh for at, (kwh, _) in before.items()}


async def test_estimate_in_our_file_is_no_reading(home: Home) -> None:
    text = write_csv([HalfHourRow(home.serial, "SINGLE", instant(0), Decimal("0.1"), "estimated")])
    [outcome] = await take(home, named("readings.csv", text))
    assert (outcome.outcome, outcome.details) == ("refused", "it is an estimate, not a reading")


async def test_fields_files_go_out_and_in_as_they_were_over_a_gap(home: Home) -> None:
    await home.add(instant(0), *[1_000] * 20)
    await home.add(instant(23), *[2_000] * 40)
    await home.read(instant(4), "7000.4")
    await home.read(instant(30) + timedelta(minutes=15), "7010")
    async with home.own.connection() as connection:
        files = await export_field(connection, await home.registers(), TWO_DAYS)
    assert [file.name for file in files] == [f"{home.serial}-20260105.csv", f"{home.serial}-20260106.csv"]
    assert files[0].text.splitlines()[:2] == [
        f'"created_at","{home.serial}","{home.serial}_rev"',
        "2026-01-05 00:00:00+0000,7000000,0",
    ]
    before = await home.values()
    await home.execute("DELETE FROM flows.register_interval_hh")
    await take(home, *files)
    assert {at: kwh for at, (kwh, _) in (await home.values()).items()} == {at: kwh for at, (kwh, _) in before.items()}


def test_names_of_the_field_are_read_with_element_and_marks() -> None:
    assert field.parse_name("EML123-A-20261025_st.csv") == ("EML123", "A", datetime(2026, 10, 25, tzinfo=UTC).date())
    assert field.parse_name("EML123-20261025.csv") == ("EML123", None, datetime(2026, 10, 25, tzinfo=UTC).date())
    assert field.parse_name("EML123-C-20261025.csv") is None


def test_command_reports_every_row_and_fails_where_one_is_refused(
    home: Home, role_url: RoleUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows_meter_sync.cli import commands

    monkeypatch.setenv("FLOWS_DATABASE_URL", role_url("flows_meter_sync"))
    file = field_file(home.serial, 0, "1000000", "1000250", "much")
    (tmp_path / file.name).write_text(file.text)
    result = CliRunner().invoke(commands, ["readings", "import", str(tmp_path / file.name), "--json"])
    assert [row["outcome"] for row in json.loads(result.stdout)] == ["taken", "waits", "refused"]
    assert str(result.exception) == "1 of 3 rows were refused"
    day = ["--serial", home.serial, "--since", "2026-01-05", "--until", "2026-01-06"]
    [gap] = json.loads(CliRunner().invoke(commands, ["readings", "gaps", *day, "--json"]).stdout)
    assert (gap["half_hours"], gap["estimated"]) == (47, 0)
    estimated = CliRunner().invoke(commands, ["readings", "estimate", *day, "--json"])
    assert json.loads(estimated.stdout)[0]["methods"] == "weekday_average"
    assert CliRunner().invoke(commands, ["readings", "validate", *day]).stdout == "No reading looks wrong\n"
    exported = CliRunner().invoke(commands, ["readings", "export", *day, "--out", str(tmp_path / "out")])
    assert exported.exit_code == 0, exported.output
    [written] = (tmp_path / "out").iterdir()
    assert len(written.read_text().splitlines()) == 1 + 48


def drops(serial: str) -> NamedFile:
    """A count that drops to 0 and recovers: 100 Wh, then 200 Wh in two half hours, then 100 Wh."""
    return field_file(serial, 0, "7000000", "7000100", "0", "7000300", "7000400")


async def test_count_that_drops_and_recovers_is_no_energy(home: Home) -> None:
    outcomes = await take(home, drops(home.serial))
    assert [(each.outcome, each.details) for each in outcomes[1:3]] == [
        ("refused", "the count went down: 7000100 to 0 Wh"),
        ("refused", "the count went up by more than the fuse lets through: 0 to 7000300 Wh"),
    ]
    assert await home.values() == {
        instant(0): (Decimal("0.1"), "imported"),
        instant(3): (Decimal("0.1"), "imported"),
    }


async def test_open_stretch_of_a_file_is_estimated_from_the_counts_around_it(home: Home) -> None:
    await take(home, drops(home.serial))
    [found] = await estimate_missing(home.own, await home.registers(), Period(instant(0), instant(4)), Method.AUTO)
    assert [(each.timestamp, each.energy) for each in found.estimates] == [(instant(1), 1_000), (instant(2), 1_000)]
    assert sum(kwh for kwh, _ in (await home.values()).values()) == Decimal("0.4")


@pytest.mark.parametrize("cut", range(1, 5))
@pytest.mark.parametrize("counts", [
    ("7000000", "7000100", "0", "7000300", "7000400"),
    ("7000000", "7000100", "6900000", "7000300", "7000400"),
    ("7000000", "7000100", "9000000", "7000300", "7000400"),
])  # fmt: skip
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "second half first"])
async def test_file_in_two_halves_gives_what_it_gives_whole(
    home: Home, counts: tuple[str, ...], cut: int, backwards: bool
) -> None:
    halves = [field_file(home.serial, 0, *counts[:cut]), field_file(home.serial, cut, *counts[cut:])]
    for half in reversed(halves) if backwards else halves:
        await take(home, half, wh=Wh.COUNTS)
    assert {at: kwh for at, (kwh, _) in (await home.values()).items()} == {
        instant(0): Decimal("0.1"),
        instant(3): Decimal("0.1"),
    }


async def test_rows_in_any_order_are_counts_in_the_order_of_time(home: Home) -> None:
    file = drops(home.serial)
    header, *rows = file.text.splitlines()
    outcomes = await take(home, named(file.name, "\n".join([header, *reversed(rows)])))
    assert said(outcomes) == [(2, "waits"), (3, "taken"), (4, "refused"), (5, "refused"), (6, "taken")]
    assert sum(kwh for kwh, _ in (await home.values()).values()) == Decimal("0.2")


async def test_instant_that_comes_twice_counts_once(home: Home) -> None:
    file = field_file(home.serial, 0, "7000000", "7000100")
    again = file.text.splitlines()[2]
    other = again.replace("7000100", "7000200")
    outcomes = await take(home, named(file.name, f"{file.text}{again}\n{other}\n"))
    assert said(outcomes) == [(2, "taken"), (3, "waits"), (4, "there already"), (5, "refused")]
    assert await home.values() == {instant(0): (Decimal("0.1"), "imported")}


@pytest.mark.parametrize(
    "number", ["NaN", "inf", "1e9", "7000.123", "-5", "4294967296", "9223372036854775808", "٧٠٠٠٠٠٠", "7 000 000"]
)
async def test_what_is_no_number_of_wh_is_refused_and_the_others_are_taken(home: Home, number: str) -> None:
    outcomes = await take(home, field_file(home.serial, 0, "7000000", "7000100", number, "7000300", "7000400"))
    assert said(outcomes) == [(2, "taken"), (3, "waits"), (4, "refused"), (5, "taken"), (6, "waits")]
    assert "is no number of Wh from 0 to 4294967295" in outcomes[2].details


@pytest.mark.parametrize("text", ["", "\n", '"created_at","{serial}","{serial}_rev"\n'])
async def test_file_without_rows_takes_nothing(home: Home, text: str) -> None:
    outcomes = await take(home, named(f"{home.serial}-20260105.csv", text.replace("{serial}", home.serial)))
    assert {each.outcome for each in outcomes} <= {"refused"}
    assert await home.values() == {}


@pytest.mark.parametrize(("kwh", "outcome"), [("12.65", "taken"), ("12.6501", "refused"), ("7000.3", "refused")])
async def test_energy_above_what_the_fuse_lets_through_is_refused(home: Home, kwh: str, outcome: str) -> None:
    text = write_csv([HalfHourRow(home.serial, "SINGLE", instant(0), Decimal(kwh), "measured")])
    assert [each.outcome for each in await take(home, named("readings.csv", text))] == [outcome]
    if kwh == "7000.3":
        [said] = await take(home, named("readings.csv", text))
        assert said.details == "7000.300 kWh is more than the fuse lets through in half an hour: 12.650 kWh"


async def test_three_phase_meter_takes_three_times_as_much(home: Home) -> None:
    await home.execute("UPDATE flows.meter_registry SET hardware = 'P1.ax'")
    rows = [HalfHourRow(home.serial, "SINGLE", instant(at), Decimal(kwh), "measured") for at, kwh in ((0, 37), (1, 38))]
    outcomes = await take(home, named("readings.csv", write_csv(rows)))
    assert [each.outcome for each in outcomes] == ["taken", "refused"]


@pytest.mark.parametrize("row", [
    "{serial},SINGLE,2026-01-05T00:00:00Z,1e999999",
    "{serial},SINGLE,2026-01-05T00:00:00Z,NaN",
    "{serial},SINGLE,2026-01-05T00:00:00Z,-0.1",
    "{serial},SINGLE,2026-01-05T00:00:00Z,1_0",
    "{serial},SINGLE,2026-01-05T00:00:00Z,٠.٥",
    "{serial},SINGLE,0001-01-01T00:00:00+14:00,0.1",
    "{serial},SINGLE,9999-12-31T23:30:00Z,0.1",
    "{serial}\0,SINGLE,2026-01-05T00:00:00Z,0.1",
    "İ🔌,SINGLE,2026-01-05T00:00:00Z,0.1",
])  # fmt: skip
async def test_row_at_the_edge_of_what_can_be_written_stops_no_good_one(home: Home, row: str) -> None:
    good = f"{home.serial},SINGLE,2026-01-05T01:00:00Z,0.1"
    text = "\n".join(["serial,element,start,kwh", row.replace("{serial}", home.serial), good])
    assert said(await take(home, named("readings.csv", text))) == [(2, "refused"), (3, "taken")]


async def test_field_that_no_reader_can_hold_refuses_its_file_alone(home: Home) -> None:
    long = named("long.csv", "serial,element,start,kwh\n" + "1" * 200_000)
    outcomes = await take(home, long, field_file(home.serial, 0, "7000000", "7000100"))
    assert said(outcomes) == [(2, "refused"), (2, "taken"), (3, "waits")]


async def test_last_row_of_half_a_file_is_refused(home: Home) -> None:
    """0.125 kWh that was cut is 0.1."""
    rows = [HalfHourRow(home.serial, "SINGLE", instant(at), Decimal("0.125"), "measured") for at in (0, 1)]
    text = write_csv(rows)
    half = text[: text.rindex("0.125") + len("0.1")]
    outcomes = await take(home, named("readings.csv", half))
    assert said(outcomes) == [(2, "taken"), (3, "refused")]
    assert outcomes[1].details == "a row has serial, element, start, kwh, source, not 4 fields"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
async def test_quote_that_is_not_closed_spoils_its_own_row_alone(home: Home, line_end: str) -> None:
    rows = [f"{home.serial},SINGLE,{instant(n):%Y-%m-%dT%H:%M}Z,0.1,measured" for n in range(4)]
    rows[1] = f'"{rows[1]}'
    text = line_end.join([",".join(own.HEADER), *rows, ""])
    outcomes = await take(home, named("readings (1).csv", text))
    assert said(outcomes) == [(2, "taken"), (3, "refused"), (4, "taken"), (5, "taken")]
    assert "cannot be read" in outcomes[1].details
    assert sum(kwh for kwh, _ in (await home.values()).values()) == Decimal("0.3")


@pytest.mark.parametrize("kwh", ["1_0", "1e999999", "0.1\0", "NaN", "1e-999999", "\u0661"])
async def test_what_is_no_number_of_kwh_is_refused_and_the_others_are_taken(home: Home, kwh: str) -> None:
    rows = [f"{home.serial},SINGLE,{instant(n):%Y-%m-%dT%H:%M}Z,{said}" for n, said in enumerate([kwh, "0.2"])]
    outcomes = await take(home, named("ours.csv", "\n".join([",".join(own.HEADER[:4]), *rows])))
    assert said(outcomes) == [(2, "refused"), (3, "taken")]
    assert [kwh for kwh, _ in (await home.values()).values()] == [Decimal("0.2")]


def test_file_of_the_field_that_a_browser_saved_twice_is_one_of_the_field() -> None:
    named = field.parse_name("EML2137580826-20261025 (1).csv")
    assert named == field.FieldName("EML2137580826", None, date(2026, 10, 25))
