"""`flows emop`, as people and programs call it."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from flows_meter_sync.emop import Frame, FrameReader, decode_frame, objects, read
from flows_meter_sync.emop.control import Nak, refusing
from flows_meter_sync.emop.explain import explain, split
from flows_meter_sync.emop.objects import OBJECTS, UNDETERMINED
from flows_meter_sync.emop.request_text import REQUESTS
from flows_meter_sync.emop_cli import commands

READ_SERIAL = "7e11000000000021ae42050160010000c02f"
VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text())["vectors"]
RESULTS = ("decoded", "frame")
DEADLINE_SECONDS = 60


def flows(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(commands, arguments, input=stdin, env={"COLUMNS": "200"})


def asked(*words: str) -> str:
    result = flows("encode", *words)
    assert result.exit_code == 0, result.output
    return result.output.strip()


def reply(data: bytes, control: int = 5) -> str:
    return Frame(0x21AE42, 0x0A1B2C, control, data).encode().hex()


def of_kind(kind: str, number: int = 0) -> bytes:
    return bytes.fromhex([vector for vector in VECTORS if vector["kind"] == kind][number]["hex"])


def test_every_published_example_decodes_to_the_published_json_and_back() -> None:
    """Through the real command, as a program would: lines in on stdin, lines out on stdout."""
    questions = [{key: value for key, value in vector.items() if key not in RESULTS} for vector in VECTORS]
    answers = filtered("decode", questions)
    assert len(answers) == len(VECTORS) == 1383
    for vector, answer in zip(VECTORS, answers, strict=True):
        if vector["kind"] == "invalid_frame":
            assert answer["error"] in {"length_or_crc": ("length", "truncated", "crc")}.get(
                vector["error"], (vector["error"],)
            )
        elif vector["kind"] == "price":
            assert Decimal(answer["decoded"]) == Decimal(vector["decoded"])
        else:
            assert answer == vector
    decoded = [answer for answer in answers if "decoded" in answer]
    back = filtered("encode", [{**answer, "hex": ""} for answer in decoded])
    for answer, line in zip(decoded, back, strict=True):
        padded = bytes.fromhex(answer["hex"]).ljust(84, b"\0").hex()
        assert line["hex"] == (padded if line["kind"].startswith("profile_log") else answer["hex"])


def filtered(command: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    program = "from flows_meter_sync.emop_cli import commands; commands()"
    done = subprocess.run(
        [sys.executable, "-c", program, command, "--jsonl"],
        input="\n".join(map(json.dumps, lines)),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_lines_come_from_files_too(tmp_path: Path) -> None:
    captured = tmp_path / "captured.jsonl"
    captured.write_text(json.dumps({"kind": "frame", "hex": READ_SERIAL}) + "\n\n")
    result = flows("decode", "--jsonl", str(captured), str(captured))
    assert result.exit_code == 0
    assert [json.loads(line)["decoded"]["crc16"] for line in result.output.splitlines()] == ["c02f", "c02f"]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[1, 2]",
        "[" * 100_000,
        "7",
        '{"kind": "frame"}',
        '{"kind": "frame", "hex": "7g"}',
        '{"kind": ["frame"], "hex": "7e"}',
        '{"kind": "message", "hex": "00", "object_id": "serial"}',
    ],
)
@pytest.mark.parametrize("command", ["decode", "encode"])
def test_line_that_is_none_is_answered_and_makes_the_status_1(command: str, line: str) -> None:
    result = flows(command, "--jsonl", stdin=f"{line}\n{json.dumps({'kind': 'frame', 'hex': READ_SERIAL[:-2]})}\n")
    assert result.exit_code == 1
    answers = [json.loads(answer) for answer in result.output.splitlines()]
    assert len(answers) == 2
    assert answers[0]["error"] == "not_rendered"
    assert answers[0]["reason"]


def test_bytes_that_break_a_rule_are_an_answer_and_the_status_stays_0() -> None:
    line = {"name": "cut", "kind": "frame", "hex": READ_SERIAL[:-2], "decoded": "what was there before"}
    result = flows("decode", "--jsonl", stdin=json.dumps(line))
    assert result.exit_code == 0
    answer = json.loads(result.output)
    assert (answer["name"], answer["error"]) == ("cut", "truncated")
    assert "decoded" not in answer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.decimals().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(vector=st.sampled_from(VECTORS), key=st.integers(0, 40), put=JSON)
def test_decoded_json_with_anything_in_any_place_is_encoded_or_refused(vector: Any, key: int, put: Any) -> None:
    line = json.loads(json.dumps(vector))
    places = list(places_in(line))
    holder, name = places[key % len(places)]
    holder[name] = put
    result = flows("encode", "--jsonl", stdin=json.dumps(line))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert set(json.loads(result.output)) & {"hex", "error"}


def places_in(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in list(items):
        yield value, name
        if isinstance(inner, (dict, list)):
            yield from places_in(inner)


def test_frame_is_shown_with_its_fields_object_and_crc() -> None:
    result = flows("decode", READ_SERIAL)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "7e                delimiter",
        "11                length: 17 bytes follow",
        "00000000          to device type 00, address 000000 (any meter)",
        "0021ae42          from device type 00, address 21ae42",
        "05                control: sequence number 5",
        "01                format 01: one object",
        "600100            object serial (read only)",
        "00                read",
        "c02f              CRC: right",
    ]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (reply(bytes.fromhex("01fff93900a4440000")), ["tariff_active_block_8_rate_1", "0.17572 GBP"]),
        (reply(bytes.fromhex("01ffc80200") + b"\xff\xff\xff\xff"), ["prepay_balance", "-0.00001 GBP"]),
        (reply(bytes.fromhex("01fffffc00") + bytes(16)), ["read_element_a", "Wh", "export_reactive 0"]),
        (reply(bytes.fromhex("01ffff100077")), ["backlight", "always_on_sp (119)"]),
        (reply(bytes.fromhex("01030700001122")), ["instantaneous_reactive_power", "1122"]),  # record not known
        (reply(bytes.fromhex("01abcdef001122")), ["not known", "1122"]),
        (reply(bytes.fromhex("010c070000f1")), ["InstantaneousVoltageRec", "has 2 bytes, not 1"]),
        (reply(bytes.fromhex("0180080000") + bytes.fromhex("1a0a0e0c1e0003")), ["2026-10-14 12:30:00Z"]),
        (reply(b"\x03" + of_kind("profile_log_1")), ["profile log 1", "import_b 14795889", "NOT valid", "padding"]),
        (reply(b"\x05" + of_kind("event_log")), ["sw_image_bad (32), set 238"]),
        (reply(b"\x14" + of_kind("three_phase_intervals")), ["every 30 minutes", "three_phase_total_active_import"]),
        (reply(bytes.fromhex("01600100"), refusing(5, Nak.SECURITY)), ["security not granted (code 6)", "refused"]),
        (reply(b"\x02\x11"), ["format 02: not known", "11"]),
    ],
)
def test_reply_is_shown_with_what_it_holds(raw: str, says: list[str]) -> None:
    result = flows("decode", raw)
    assert result.exit_code == 0
    assert [each for each in says if each not in result.output] == []


@pytest.mark.parametrize("twin", [True, False])
def test_profile_log_2_is_shown_as_its_times_fit_or_as_told(twin: bool) -> None:
    log = next(bytes.fromhex(each["hex"]) for each in VECTORS if each.get("is_twin_element") is twin)
    raw = reply(b"\x04" + log.ljust(84, b"\0"))
    assert ("active_export_b" in flows("decode", raw).output) is twin
    told = flows("decode", "--single-element" if twin else "--twin-element", raw)
    assert ("active_export_b" in told.output) is not twin


def test_broken_frame_is_shown_as_far_as_it_goes_with_the_rule_that_it_breaks() -> None:
    wrong = flows("decode", READ_SERIAL[:-1] + "e")
    assert wrong.exit_code == 1
    assert "c02e              CRC: wrong, it should be c02f" in wrong.output
    assert "Broken rule (crc)" in wrong.output
    cut = flows("decode", READ_SERIAL[:20])
    assert cut.exit_code == 1
    assert "17 bytes follow, but 9 do" in cut.output


def test_capture_of_several_frames_among_stray_bytes_is_shown_whole() -> None:
    result = flows("decode", stdin=f"00:ff {READ_SERIAL[:10]}\n{READ_SERIAL[10:]} 0x{READ_SERIAL}\n")
    assert result.output.count("CRC: right") == 2
    assert "00ff              no frame" in result.output
    assert result.exit_code == 1


@given(capture=st.binary(max_size=300))
def test_any_bytes_are_shown_and_none_is_left_out(capture: bytes) -> None:
    parts = [part for piece in split(capture) for part in explain(piece)]
    assert b"".join(part.raw for part in parts) == capture


@given(format_=st.sampled_from([1, 3, 4, 5, 0x14]), message=st.binary(max_size=120), twin=st.sampled_from([None, True]))
def test_any_message_is_shown(format_: int, message: bytes, twin: bool | None) -> None:
    raw = Frame(data=bytes((format_,)) + message).encode()
    assert b"".join(part.raw for part in explain(raw, twin)) == raw


@pytest.mark.parametrize(
    ("words", "data"),
    [
        ("read serial", "0160010000"),
        ("read FFFFFC", "01fffffc00"),
        ("read abcdef", "01abcdef00"),
        ("write tariff_future_standing_charge 0.40123", "01ffff2301bb9c0000"),
        ("write prepay_enabled_flag on", "01ffff0d0101"),
        ("write backlight always_on_sp", "01ffff100177"),
        ("write backlight 30", "01ffff10011e"),
        ("write time 2026-07-05T00:30+01:00", "01800800011a0704171e0006"),
        ("write tariff_future_activation_datetime 2000-01-01T00:01Z", "01ffff24013c000000"),
        ("write tariff_future_tou_flag 0", "01ffff4f0100"),
        ("write prepay_token_send 17529045713152741935", "01ffc80301" + b"17529045713152741935".hex()),
        ("write tariff_time_switch_element_b " + "00" * 80, "010d00ff01" + "00" * 80),
        ("write abcdef 0102", "01abcdef010102"),
        ("profile-log-1 2024-01-01T21:30Z", "032d25eb58"),
        ("profile-log-2 2024-01-01T21:30Z", "042d25eb58"),
        ("twin-profile-log-2 2024-01-01T21:30Z", "042d25eb58"),
        ("event-log 9", "05ffff4909"),
        ("intervals 2024-01-01T21:30Z 2024-01-02T01:30Z", "14002d25eb582d262398ffffffff"),
        ("intervals 2024-01-01T21:30Z 2024-01-02T01:30Z 1", "14012d25eb582d262398ffffffff"),
    ],
)
def test_request_in_words_is_the_frame(words: str, data: str) -> None:
    assert decode_frame(bytes.fromhex(asked(*words.split()))) == Frame(data=bytes.fromhex(data))


def test_thresholds_are_written_as_json() -> None:
    mask = json.dumps({f"rate{number}": number == 1 for number in range(1, 9)})
    assert decode_frame(bytes.fromhex(asked("write", "tariff_future_threshold_mask", mask))).data[-1] == 1


def test_frame_has_the_addresses_and_the_number_that_are_given() -> None:
    raw = asked("read", "serial", "--sequence", "3", "--destination", "0a1b2c", "--source", "000001")
    assert decode_frame(bytes.fromhex(raw))[:3] == (0x0A1B2C, 1, 3)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["encode"], "is no request"),
        (["encode", "raed", "serial"], "is no request"),
        (["encode", "read"], "read OBJECT"),
        (["encode", "read", "serail"], "close to serial"),
        (["encode", "write", "prepay_balance", "100"], "can only be read"),
        (["encode", "read", "prepay_token_send"], "can only be written"),
        (["encode", "write", "backlight", "bright"], "'bright' is no value of backlight"),
        (["encode", "write", "backlight", "256"], "does not fit"),
        (["encode", "write", "tariff_future_gas", "NaN"], "'NaN' is no value of tariff_future_gas"),
        (["encode", "write", "tariff_future_threshold_mask", "{}"], "is no value"),
        (["encode", "write", "tariff_future_threshold_mask", "7"], "is no value"),
        (["encode", "write", "time", "2026-07-05T00:30"], "is no value"),  # of which time zone?
        (["encode", "event-log", "ten"], "no value of number"),
        (["encode", "intervals", "2024-01-01T00:00Z", "2024-01-02T00:00Z"], "at most 4 hours"),
        (["encode", "read", "serial", "--destination", "1ffffffff"], "does not fit"),
        (["encode", "read", "serial", "--source", "xyz"], "no address"),
        (["decode", "7g"], "no hex"),
        (["decode", ""], "no bytes"),
        (["decode", "--jsonl", "no such file"], "no such file"),
    ],
)
def test_wrong_use_says_why_and_exits_with_2(arguments: list[str], says: str) -> None:
    result = flows(*arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.output.replace("│", " ").split())


def test_objects_are_listed_with_id_access_and_record() -> None:
    lines = flows("objects").output.splitlines()
    assert len(lines) == len(OBJECTS)
    assert "ffc803  w   prepay_token_send  PrepayTokenSendRec" in lines
    assert flows("objects", "switch").output.count("\n") == 3
    assert flows("objects", "nothing like it").exit_code == 1


@pytest.mark.parametrize("command", ["decode", "encode", "objects"])
def test_help_says_how_to_use_it(command: str) -> None:
    result = flows(command, "--help")
    assert result.exit_code == 0
    assert all(request in result.output for request in REQUESTS) or command != "encode"


def test_command_is_part_of_flows() -> None:
    flows_command = Path(sys.executable).with_name("flows")
    done = subprocess.run(
        [flows_command, "emop", "decode", READ_SERIAL],
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        env={**os.environ, "COLUMNS": "200"},
        check=True,
    )
    assert "object serial" in done.stdout


def test_undetermined_objects_are_read_as_bytes() -> None:
    for unknown in UNDETERMINED:
        assert read(unknown).value(b"\1\2") == b"\1\2"
    assert FrameReader().feed(bytes.fromhex(asked("read", UNDETERMINED[0].name))) == [
        Frame(data=read(objects.object_of(0x030700)).data)
    ]
