"""`flows emop`: frames shown to people and turned into JSON, and the other way; meters asked without a database."""

import json
import re
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import zip_longest
from pathlib import Path
from typing import IO, Annotated, TypeVar

import typer

from flows_meter_sync.emop import AskedWrongly, EmopError, Exchange, FrameReader, decode_frame
from flows_meter_sync.emop.control import FIXED_SEQUENCE
from flows_meter_sync.emop.errors import NotRendered
from flows_meter_sync.emop.explain import Part, explain, split
from flows_meter_sync.emop.frame import ANY_METER, CLIENT
from flows_meter_sync.emop.objects import OBJECTS
from flows_meter_sync.emop.rendering import decode_line, encode_line
from flows_meter_sync.emop.request_text import REQUESTS, request_of, usage
from flows_shared.numbers import number_option, whole, whole_option

BYTES_A_ROW = 8
FAILED = 1
PORT = 8080
MOST_PORT = 65_535
SEGMENT_BYTES = 4096
STDIN = "-"
RESULTS = ("decoded", "frame", "error", "reason")
HOW_TO_ASK = "\n\n".join(("Requests:", *map(usage, REQUESTS)))

T = TypeVar("T")
Line = dict[str, object]

commands = typer.Typer(
    help="Decode and encode EMOP, the meters' protocol. Exit status: 0 done, 1 something is wrong with what was given, "
    "2 wrong use.",
    no_args_is_help=True,
)
JsonLines = Annotated[bool, typer.Option("--jsonl", help="Lines of JSON in (from files, or stdin), lines of JSON out.")]


@commands.command()
def decode(
    given: Annotated[
        list[str] | None,
        typer.Argument(metavar="HEX", help="Bytes in hex, with any spaces or colons; else from stdin."),
    ] = None,
    jsonl: JsonLines = False,
    twin: Annotated[
        bool | None,
        typer.Option(
            "--twin-element/--single-element",
            help="Whose profile log 2 it is; the frame does not say. [default: what its times fit]",
        ),
    ] = None,
) -> None:
    """Show what every byte of a frame means, and whether its CRC is right.

    A capture may hold several frames, with stray bytes between them. Exits with 1 where bytes are no frame.

    With --jsonl, HEX is a file: each line has a `kind` and a `hex` (and an `object_id`, `record` or
    `is_twin_element` where the kind needs it), and comes back with what it says as `decoded` (and `frame`), or with
    the rule that it breaks as `error` and a sentence as `reason`. Exits with 1 where a line is no such line.
    """
    if jsonl:
        _answer_lines(given or [], _decoded)
        return
    broken = False
    for number, raw in enumerate(split(_bytes(given))):
        if number:
            typer.echo()
        _show(explain(raw, twin))
        try:
            decode_frame(raw)
        except EmopError as error:
            typer.echo(f"Broken rule ({error.rule}): {error}")
            broken = True
    if broken:
        raise typer.Exit(FAILED)


@commands.command(epilog=HOW_TO_ASK)
def encode(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="REQUEST", help="What to ask, in words: see below.")
    ] = None,
    jsonl: JsonLines = False,
    sequence: Annotated[
        int, typer.Option(parser=whole_option(least=0, most=7), help="The number that the answer echoes.")
    ] = FIXED_SEQUENCE,
    destination: Annotated[str, typer.Option(help="The meter's address in hex; 000000 is any.")] = f"{ANY_METER:06x}",
    source: Annotated[str, typer.Option(help="Our address in hex.")] = f"{CLIENT:06x}",
) -> None:
    """Print the frame of a request in hex, as `flows emop encode read serial`.

    With --jsonl, REQUEST is a file of lines as `flows emop decode --jsonl` prints them: each comes back with the bytes
    of what it says is `decoded` as `hex`, or with an `error` and a `reason`.
    """
    if jsonl:
        _answer_lines(words or [], _encoded)
        return
    with _as_wrong_use():
        exchange = Exchange(request_of(words or []), sequence, _address(destination), _address(source))
        typer.echo(exchange.encode().hex())


@commands.command(epilog=HOW_TO_ASK)
def ask(
    meter: Annotated[str, typer.Argument(metavar="HOST[:PORT]", help="Where the meter listens; port 8080 is usual.")],
    words: Annotated[list[str], typer.Argument(metavar="REQUEST...", help="What to ask, in words: see below.")],
    timeout_seconds: Annotated[
        float, typer.Option(parser=number_option(least=0.1), help="How long to wait for each part of the answer.")
    ] = 10,
) -> None:
    """Ask a meter directly and show each frame of its answer, bytes of unknown objects too.

    Nothing of Flows has to run. Exits with 1 where no right answer comes, and says why.
    """
    with _as_wrong_use():
        exchange = Exchange(request_of(words))
    try:
        for number, raw in enumerate(_answers(_place(meter), exchange, timeout_seconds)):
            if number:
                typer.echo()
            _show(explain(raw, words[0].startswith("twin") or None))
    except (OSError, EmopError) as error:
        typer.echo(f"{meter}: {error}", err=True)
        raise typer.Exit(FAILED) from None


@commands.command("objects")
def list_objects(
    part: Annotated[str, typer.Argument(help="Only objects whose name or id has this in it.")] = "",
) -> None:
    """List the objects that meters have: id, access, name and record."""
    found = [known for known in OBJECTS.values() if part.lower() in f"{known.id:06x} {known.name}"]
    for known in sorted(found, key=lambda known: known.id):
        typer.echo(f"{known.id:06x}  {known.access:<2}  {known.name}  {known.record.name}")
    if not found:
        raise typer.Exit(FAILED)


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.partition(":")
    if not host or not re.fullmatch("[0-9]{0,5}", port) or int(port or PORT) > MOST_PORT:
        raise typer.BadParameter(f"a meter is at HOST or HOST:PORT, not '{text}'")
    return host, int(port or PORT)


def _answers(place: tuple[str, int], exchange: Exchange[T], timeout_seconds: float) -> Iterator[bytes]:
    """The frames that answer, each shown before it is judged: a refusal has bytes too."""
    reader = FrameReader()
    with socket.create_connection(place, timeout_seconds) as connection:
        connection.sendall(exchange.encode())
        while segment := connection.recv(SEGMENT_BYTES):
            for frame in reader.feed(segment):
                yield frame.encode()
                if exchange.request.ends(exchange.decode(frame)):
                    return
    reader.end()
    raise ConnectionError("the meter closed the connection before it answered")


def _bytes(given: Sequence[str] | None) -> bytes:
    if not given and sys.stdin.isatty():
        raise typer.BadParameter("give bytes in hex, or a capture on stdin")
    text = " ".join(given or sys.stdin)
    try:
        raw = bytes.fromhex(text.replace(":", " ").replace("0x", " "))
    except ValueError as error:
        raise typer.BadParameter(f"this is no hex: {error}") from None
    if not raw:
        raise typer.BadParameter("there are no bytes")
    return raw


def _address(text: str) -> int:
    try:
        return whole(text.removeprefix("0x"), 16)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no address in hex") from None


@contextmanager
def _as_wrong_use() -> Iterator[None]:
    try:
        yield
    except AskedWrongly as error:
        raise typer.BadParameter(str(error)) from None


def _show(parts: Iterable[Part]) -> None:
    for raw, meaning in parts:
        rows = [raw[at : at + BYTES_A_ROW].hex() for at in range(0, len(raw), BYTES_A_ROW)]
        for row, line in zip_longest(rows, meaning.split("\n") if raw else [], fillvalue=""):
            typer.echo(f"{row:<{2 * BYTES_A_ROW}}  {line}".rstrip())


def _answer_lines(files: Sequence[str], answer: Callable[[Line], Line]) -> None:
    """Each line's answer at once; what we cannot have meant makes the exit status, what meters sent does not."""
    failed = False
    for text in _lines_of(files):
        line: Line = {}
        try:
            line = _parsed(text)
            said = answer(line)
        except EmopError as error:
            said = {"error": error.rule, "reason": str(error)}
            failed = failed or isinstance(error, AskedWrongly)
        rest = {key: value for key, value in line.items() if key not in RESULTS}
        typer.echo(json.dumps(rest | said))
    if failed:
        raise typer.Exit(FAILED)


def _decoded(line: Line) -> Line:
    return dict(decode_line(line))


def _encoded(line: Line) -> Line:
    return {"hex": encode_line(line).hex()}


def _lines_of(files: Sequence[str]) -> Iterator[str]:
    for name in files or [STDIN]:
        try:
            with _opened(name) as lines:
                yield from filter(str.strip, lines)
        except OSError as error:
            raise typer.BadParameter(f"{name}: {error.strerror}") from error


def _opened(name: str) -> AbstractContextManager[IO[str]]:
    if name == STDIN:
        return nullcontext(typer.get_text_stream("stdin", encoding="utf-8", errors="replace"))
    return Path(name).open(encoding="utf-8", errors="replace")


def _parsed(text: str) -> Line:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotRendered(f"this line is no JSON: {error}") from None
    if not isinstance(line, dict):
        raise NotRendered("a line is a JSON object with a kind")
    return line
