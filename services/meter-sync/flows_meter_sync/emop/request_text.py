"""Requests as a person writes them: `read serial`, `write backlight always_on_sp`, `event-log 0`."""

import inspect
from collections.abc import Callable, Sequence
from datetime import datetime

from flows_meter_sync.emop import messages
from flows_meter_sync.emop.errors import RequestNotUnderstood, ValueNotUnderstood
from flows_meter_sync.emop.intervals import TOTALS
from flows_meter_sync.emop.messages import AnyRequest
from flows_meter_sync.emop.objects import object_named
from flows_shared.numbers import whole
from flows_shared.time import as_utc


def _read(object_: str) -> AnyRequest:
    return messages.read(object_named(object_))


def _write(object_: str, value: str) -> AnyRequest:
    known = object_named(object_)
    try:
        return messages.write(known, known.parse(value))
    except (TypeError, ValueError):
        raise ValueNotUnderstood(known.name, value) from None


def _profile_log_1(start: str) -> AnyRequest:
    return messages.read_profile_log_1(_instant(start))


def _profile_log_2(start: str) -> AnyRequest:
    return messages.read_profile_log_2(_instant(start))


def _twin_profile_log_2(start: str) -> AnyRequest:
    return messages.read_twin_profile_log_2(_instant(start))


def _event_log(page: str) -> AnyRequest:
    return messages.read_event_log(_number(page))


def _intervals(start: str, end: str, profile: str = str(TOTALS)) -> AnyRequest:
    return messages.read_intervals(_instant(start), _instant(end), _number(profile))


REQUESTS: dict[str, Callable[..., AnyRequest]] = {
    "read": _read,
    "write": _write,
    "profile-log-1": _profile_log_1,
    "profile-log-2": _profile_log_2,
    "twin-profile-log-2": _twin_profile_log_2,
    "event-log": _event_log,
    "intervals": _intervals,
}


def request_of(words: Sequence[str]) -> AnyRequest:
    """The request that the words say; an `AskedWrongly` says what is not understood."""
    kind, *arguments = words or ("",)
    if kind not in REQUESTS:
        raise RequestNotUnderstood(f"'{kind}' is no request: there are {', '.join(REQUESTS)}")
    ask = REQUESTS[kind]
    try:
        inspect.signature(ask).bind(*arguments)
    except TypeError:
        raise RequestNotUnderstood(f"this request is written: {usage(kind)}") from None
    return ask(*arguments)


def usage(kind: str) -> str:
    """How a kind of request is written, as `event-log PAGE`."""
    parameters = inspect.signature(REQUESTS[kind]).parameters.values()
    names = ((each.name.rstrip("_").upper(), each.default is each.empty) for each in parameters)
    return " ".join((kind, *(name if is_needed else f"[{name}]" for name, is_needed in names)))


def _instant(text: str) -> datetime:
    try:
        return as_utc(datetime.fromisoformat(text))
    except ValueError:
        raise ValueNotUnderstood("time, as 2026-10-14T00:00Z", text) from None


def _number(text: str) -> int:
    try:
        return whole(text)
    except ValueError:
        raise ValueNotUnderstood("number", text) from None
