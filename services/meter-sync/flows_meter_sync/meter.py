"""One meter over TCP: one request at a time, paced and tried again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flows_meter_sync.emop import EmopError, Exchange, Frame, FrameReader, Request
from flows_meter_sync.emop.errors import ReplyFromAnotherMeter
from flows_meter_sync.errors import (
    MeterError,
    MeterHungUp,
    MeterReset,
    MeterTimedOut,
    MeterUnreachable,
    is_worth_another_try,
)
from flows_meter_sync.proxy import Proxy
from flows_meter_sync.settings import SyncSettings
from flows_shared.errors import FlowsError

T = TypeVar("T")

SEQUENCES = 8


@dataclass(frozen=True, slots=True)
class ConnectionPolicy:
    """How a meter is to be treated."""

    pace_seconds: float
    connect_timeout_seconds: float
    read_timeout_seconds: float
    attempts: int
    keep_open: bool
    visit_seconds: float = 600

    @classmethod
    def of(cls, settings: SyncSettings) -> "ConnectionPolicy":
        return cls(
            settings.meter_sync_pace_seconds,
            settings.meter_sync_connect_timeout_seconds,
            settings.meter_sync_read_timeout_seconds,
            settings.meter_sync_attempts,
            settings.meter_sync_keep_open,
            settings.meter_sync_visit_seconds,
        )


class Connection(asyncio.Protocol):
    """One TCP connection, and the one request that is under way on it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.speaker: int | None = None
        self.reader = FrameReader()
        self.transport: asyncio.Transport | None = None
        self.exchange: Exchange[Any] | None = None
        self.values: list[object] = []
        self.answer: asyncio.Future[list[Any]] | None = None

    @property
    def is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    async def ask(self, exchange: Exchange[T], timeout_seconds: float) -> list[T]:
        """The values of all frames that answer the request."""
        if self.transport is None or not self.is_open:
            raise MeterHungUp(exchange.request.name)
        self.exchange, self.values, self.answer = exchange, [], self.loop.create_future()
        deadline = self.loop.call_later(timeout_seconds, self._give_up, timeout_seconds)
        try:
            self.transport.write(exchange.encode())
            return await self.answer
        finally:
            deadline.cancel()
            self.exchange = self.answer = None

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self.reader.feed(data):
                self._take(frame)
        except EmopError as error:
            self._fail(error)

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        if self.exchange is not None:
            lost = MeterHungUp if error is None else MeterReset
            self._fail(self._broken() or lost(self.exchange.request.name))

    def _take(self, frame: Frame) -> None:
        if self.exchange is None or self.answer is None or self.answer.done():
            return
        value = self.exchange.decode(frame)
        # Any meter is asked; who answered the first time has to be the one who answers from then on.
        if self.speaker not in (None, frame.source):
            raise ReplyFromAnotherMeter(self.speaker, frame.source)
        self.speaker = frame.source
        self.values.append(value)
        if self.exchange.request.ends(value):
            self.answer.set_result(self.values)

    def _give_up(self, seconds: float) -> None:
        if self.exchange is not None:
            self._fail(self._broken() or MeterTimedOut(self.exchange.request.name, seconds))

    def _fail(self, error: FlowsError) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(error)

    def _broken(self) -> EmopError | None:
        """What was wrong with the bytes that came, if any did."""
        try:
            self.reader.end()
        except EmopError as error:
            return error
        return None


class Meter:
    """Asks a meter, with a connection a request or with one that stays open.

    `check` is called before each request and may raise: nobody may talk to a meter without its lease. After use,
    `keeps_open` tells whether the meter can be asked again on the same connection. `rest` waits for so many seconds,
    with no connection open.
    """

    def __init__(
        self,
        host: str,
        port: int,
        policy: ConnectionPolicy,
        check: Callable[[], None] = lambda: None,
        proxy: Proxy | None = None,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.host, self.port, self.policy, self.check, self.proxy = host, port, policy, check, proxy
        self._rest = rest
        self.keeps_open = policy.keep_open
        self._answered_again = False
        self._connection: Connection | None = None
        self._speaker: int | None = None
        self._sequence = 0
        self._free_at = 0.0

    @property
    def has_answered(self) -> bool:
        """Whether it answered any request well."""
        return self._speaker is not None

    async def ask(self, request: Request[T], attempts: int | None = None) -> T:
        """The value that answers the request, after so many attempts at most."""
        return (await self.ask_all(request, attempts))[0]

    async def ask_all(self, request: Request[T], attempts: int | None = None) -> list[T]:
        """The values of all frames that answer the request."""
        left = attempts or self.policy.attempts
        while True:
            left -= 1
            try:
                return await self._try(request)
            except FlowsError as error:
                if not left or not is_worth_another_try(error):
                    raise

    async def ask_once(self, request: Request[T]) -> T:
        """As `ask`, but what goes over the wire goes once: where this fails, it may have been done."""
        self.check()
        if self._connection is not None and not self._connection.is_open:
            self.close()
        return (await self._exchange(request, self._connection or await self._connect()))[0]

    def close(self) -> None:
        """End the connection; another one has to wait for its time."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._free_at = asyncio.get_running_loop().time() + self.policy.pace_seconds

    async def _try(self, request: Request[T]) -> list[T]:
        self.check()
        if self._connection is None:
            return await self._exchange(request, await self._connect())
        try:
            answer = await self._exchange(request, self._connection)
        except (MeterHungUp, MeterReset, MeterTimedOut):
            if self._answered_again:
                raise
            self.keeps_open = False  # it never answered twice on a connection: that is its way, and no failure
            return await self._exchange(request, await self._connect())
        self._answered_again = True
        return answer

    async def _exchange(self, request: Request[T], connection: Connection) -> list[T]:
        self._sequence = (self._sequence + 1) % SEQUENCES
        keeps_open = False  # whatever comes late after a failure would be taken for the next answer
        try:
            answer = await connection.ask(Exchange(request, self._sequence), self.policy.read_timeout_seconds)
            self._speaker, keeps_open = connection.speaker, self.keeps_open
            return answer
        finally:
            if not keeps_open:
                self.close()

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        if (wait := self._free_at - loop.time()) > 0:
            await self._rest(wait)
            self.check()
        timeout = self.policy.connect_timeout_seconds
        place = f"{self.host}:{self.port}"
        try:
            async with asyncio.timeout(timeout):
                if self.proxy is None:
                    _, self._connection = await loop.create_connection(Connection, self.host, self.port)
                else:
                    way = await self.proxy.connect(self.host, self.port)
                    _, self._connection = await loop.create_connection(Connection, sock=way)
        except MeterError as error:
            raise self._away(error) from error.__cause__
        except TimeoutError as error:
            raise self._away(MeterUnreachable(place, f"no answer within {timeout:g} s")) from error
        except OSError as error:
            raise self._away(MeterUnreachable(place, error.strerror or error)) from error
        self._connection.speaker = self._speaker
        return self._connection

    def _away(self, error: MeterError) -> MeterError:
        self._free_at = asyncio.get_running_loop().time() + self.policy.pace_seconds
        return error
