"""`flows meter`: what people ask of one meter, over the gateway."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Annotated, Final

import typer

from flows_meter_sync.gateway import Answer, Gateway, at_gateway
from flows_meter_sync.settings import GatewaySettings
from flows_meter_sync.syncers import SYNCERS, syncer_names
from flows_shared.contracts.meters import SETTINGS
from flows_shared.db import JSON
from flows_shared.errors import FlowsError
from flows_shared.numbers import number_option, whole_option
from flows_shared.settings import load_settings
from flows_shared.vocabulary.meters import WriteKind, WriteStatus

POLL_SECONDS: Final = 0.5
FIRST_METRIC: Final = "SyncerSerial"  # every visit ends with a word on it
WRITE_ENDS: Final = (WriteStatus.CONFIRMED, WriteStatus.FAILED)

commands = typer.Typer(help="One meter, over the gateway: what is known of it, reads and writes.", no_args_is_help=True)

Serial = Annotated[str, typer.Argument(help="Of the meter.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Now = Annotated[bool, typer.Option("--now", help="Have the meter read first, and wait for it.")]
Wait = Annotated[float, typer.Option(parser=number_option(least=0), help="Seconds to wait for the meter.")]
Key = Annotated[str | None, typer.Option(help="Idempotency key: the same one asks for the same write.")]


class NotDone(FlowsError):
    """The meter did not do what it was asked, or not yet."""

    code = "meter.not_done"


@commands.command()
def read(serial: Serial, now: Now = False, wait: Wait = 60, as_json: AsJson = False) -> None:
    """Cumulative energy in kWh."""
    _show_metric(serial, "read", ["SyncerReads"], now, wait, as_json)


@commands.command()
def csq(serial: Serial, now: Now = False, wait: Wait = 60, as_json: AsJson = False) -> None:
    """Signal quality, 0 to 31."""
    _show_metric(serial, "csq", ["SyncerCsq"], now, wait, as_json)


@commands.command()
def balance(serial: Serial, now: Now = False, wait: Wait = 60, as_json: AsJson = False) -> None:
    """Money left on a prepay meter, GBP."""
    _show_metric(serial, "balance", ["SyncerPrepayBalance"], now, wait, as_json)


@commands.command()
def sync(
    serial: Serial,
    metrics: Annotated[list[str] | None, typer.Option("--metric", help="Only this, as Reads; can be repeated.")] = None,
    wait: Wait = 60,
    as_json: AsJson = False,
) -> None:
    """Have the meter read now, and show how each metric went; all but the half hours unless told otherwise."""
    names = syncer_names(metrics) if metrics else [name for name in SYNCERS if name != "SyncerProfileLog"]
    with _gateway(serial) as gateway:
        status = _sync(gateway, names, wait)
    _print(status, as_json, lambda: _metric_lines(status))


@commands.command()
def clock(
    serial: Serial,
    set_now: Annotated[bool, typer.Option("--set", help="Set it to ours.")] = False,
    now: Now = False,
    wait: Wait = 60,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """How many seconds the clock is off; or set it."""
    if set_now:
        _write(serial, WriteKind.CLOCK, None, key, wait, as_json)
    else:
        _show_metric(serial, "clock", ["SyncerClockDiff"], now, wait, as_json)


@commands.command()
def token(
    serial: Serial,
    digits: Annotated[str, typer.Argument(help="The 20 digits.", show_default=False)],
    amount_pence: Annotated[
        int | None, typer.Option(parser=whole_option(), help="What it is worth.", show_default=False)
    ] = None,
    wait: Wait = 60,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Send a top-up token; the same token is never sent again once the meter took it."""
    body = {"token": digits} | ({} if amount_pence is None else {"amount_pence": amount_pence})
    _write(serial, WriteKind.TOKEN, body, key or f"token {digits}", wait, as_json)


@commands.command()
def tariff(
    serial: Serial,
    activate_at: Annotated[str | None, typer.Option(help="Send a future tariff for this ISO time.")] = None,
    unit_rate: Annotated[str | None, typer.Option(help="GBP a kWh, of element A or the only one.")] = None,
    unit_rate_b: Annotated[str | None, typer.Option(help="Of element B; the same as A where not given.")] = None,
    standing_charge: Annotated[str | None, typer.Option(help="GBP a day.")] = None,
    emergency_credit: Annotated[str, typer.Option(help="GBP.")] = "0",
    ecredit_availability: Annotated[str, typer.Option(help="GBP.")] = "0",
    debt_recovery_rate: Annotated[str, typer.Option(help="GBP.")] = "0",
    now: Now = False,
    wait: Wait = 60,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """The prices in the meter, and those to come; or send those to come."""
    if activate_at is None:
        _show_metric(serial, "tariff", ["SyncerTariffsActive", "SyncerTariffsFuture"], now, wait, as_json)
        return
    body = {
        "unit_rate_a": unit_rate,
        "unit_rate_b": unit_rate_b or unit_rate,
        "standing_charge": standing_charge,
        "emergency_credit": emergency_credit,
        "ecredit_availability": ecredit_availability,
        "debt_recovery_rate": debt_recovery_rate,
        "activation_at": activate_at,
    }
    _write(serial, WriteKind.TARIFF, body, key, wait, as_json)


@commands.command()
def profile(
    serial: Serial,
    start: Annotated[str | None, typer.Option(help="ISO time; two days ago where not given.")] = None,
    end: Annotated[str | None, typer.Option(help="ISO time; now where not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Half-hourly energy."""
    with _gateway(serial) as gateway:
        rows = gateway.get("profile", start=start, end=end)
    _print(rows, as_json, lambda: _table(rows, ("start", "element", "nature", "kwh", "source")))


@commands.command()
def events(
    serial: Serial,
    limit: Annotated[int, typer.Option(parser=whole_option(least=1, most=1000), help="How many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """What the meter noted, newest first."""
    with _gateway(serial) as gateway:
        rows = gateway.get("events", limit=limit)
    _print(rows, as_json, lambda: _table(rows, ("at", "type", "name", "count")))


@commands.command()
def exchange(
    serial: Serial,
    new_serial: Annotated[str, typer.Argument(help="Of the meter that took its place.", show_default=False)],
    at: Annotated[str, typer.Option(help="ISO time of the exchange.")],
    closing: Annotated[list[str] | None, typer.Option(help="What the old meter had counted: kWh, or A=kWh.")] = None,
    opening: Annotated[list[str] | None, typer.Option(help="What the new meter had counted: kWh, or A=kWh.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a new meter in the place of an old one: its registers go on in the old one's circuits and home."""
    body: JSON = {
        "new_serial": new_serial,
        "exchanged_at": at,
        "closing_reads": _by_element(closing or []),
        "opening_reads": _by_element(opening or []),
    }
    with _gateway(serial) as gateway:
        done = gateway.post("exchange", body)
    _print(done, as_json, lambda: _table(done["registers"], ("element", "nature", "start_time", "register_id")))


@contextmanager
def _gateway(serial: str) -> Iterator[Gateway]:
    with at_gateway(load_settings(GatewaySettings), serial) as gateway:
        yield gateway


def _by_element(reads: Sequence[str]) -> dict[str, str]:
    """Reads by element; one without a name is that of a meter with a single one."""
    named = (read.rpartition("=") for read in reads)
    return {element.upper() or "SINGLE": kwh for element, _, kwh in named}


def _show_metric(serial: str, what: str, metrics: Sequence[str], now: bool, wait: float, as_json: bool) -> None:
    with _gateway(serial) as gateway:
        if now:
            _sync(gateway, metrics, wait)
        values = gateway.get(what)
    _print(values, as_json, lambda: _lines(values))


def _sync(gateway: Gateway, metrics: Sequence[str], wait: float) -> Answer:
    """Have these read, and wait for the visit's end; how all metrics have gone."""
    before = _attempt(gateway.get("sync"))
    gateway.post("sync", {"metrics": [FIRST_METRIC, *(name for name in metrics if name != FIRST_METRIC)]})
    return _until(lambda: gateway.get("sync"), lambda status: _attempt(status) != before, wait, "was not read")


def _attempt(status: Answer) -> str | None:
    return next((row["last_attempt_at"] for row in status["metrics"] if row["metric"] == FIRST_METRIC), None)


def _write(serial: str, kind: WriteKind, body: JSON, key: str | None, wait: float, as_json: bool) -> None:
    with _gateway(serial) as gateway:
        asked = gateway.post(SETTINGS[kind].path, body, key)
        path = f"commands/{asked['id']}"
        command = _until(lambda: gateway.get(path), lambda found: found["status"] in WRITE_ENDS, wait, "is still tried")
    _print(command, as_json, lambda: _lines(command))
    if command["status"] == WriteStatus.FAILED:
        raise NotDone(command["last_error"])


def _until(ask: Callable[[], Answer], done: Callable[[Answer], bool], wait: float, what: str) -> Answer:
    deadline = time.monotonic() + wait
    while not done(answer := ask()):
        if time.monotonic() >= deadline:
            reason = answer.get("last_error") or answer.get("health_details")
            raise NotDone(f"after {wait:g} s it {what}" + (f"; the last word was: {reason}" if reason else ""))
        time.sleep(POLL_SECONDS)
    return answer


def _print(answer: object, as_json: bool, lines: Callable[[], Iterator[str]]) -> None:
    for line in [json.dumps(answer)] if as_json else lines():
        typer.echo(line)


def _lines(values: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """Each name with its value; what there is not is left out."""
    width = max(map(len, values), default=0)
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}"
            yield from _lines(value, indent + "  ")
        elif value not in (None, ""):
            yield f"{indent}{name:<{width}}  {_shown(value)}"


def _metric_lines(status: Answer) -> Iterator[str]:
    yield from _lines({name: value for name, value in status.items() if name != "metrics"})
    for row in status["metrics"]:
        outcome = row["last_error"] or f"{row['readings']} values"
        yield f"{row['metric']:<30}{_shown(row['last_attempt_at'])}  {outcome}"


def _table(rows: Sequence[Mapping[str, object]], names: Sequence[str]) -> Iterator[str]:
    shown = [list(names), *([_shown(row[name]) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for cells in shown:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _shown(value: object) -> str:
    """Times to the second, in UTC."""
    if value is None:
        return ""
    if isinstance(value, str) and "T" in value:
        with suppress(ValueError):
            return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M:%SZ}"
    return str(value)
