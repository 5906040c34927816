"""Meters on sockets: each listens at its own place and answers one request after the other."""

import asyncio
import resource
import select
import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Self, cast

from flows_meter_sync.emop import Frame, FrameReader
from flows_meter_sync.emop.control import Nak
from flows_meter_sync.emop.errors import FrameCrcWrong
from flows_meter_sync.simulator.config import MeterConfig
from flows_meter_sync.simulator.errors import MeterTwice, PlaceTaken
from flows_meter_sync.simulator.faults import Sent
from flows_meter_sync.simulator.meter import SimulatedMeter
from flows_shared.time import utc_now

BACKLOG = 16
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST, as a refusing meter does

HUNG_UP = getattr(select, "POLLRDHUP", select.POLLHUP)  # the first exists on Linux


class Simulator:
    """Serves meters from `start` to `stop`, or as a context manager; `meters` are by serial."""

    def __init__(self, configs: Iterable[MeterConfig], now: Callable[[], datetime] = utc_now) -> None:
        self.meters: dict[str, SimulatedMeter] = {}
        for config in configs:
            if config.serial in self.meters:
                raise MeterTwice(config.serial)
            self.meters[config.serial] = SimulatedMeter(config, now)
        self._listeners: dict[str, _Listener] = {}

    async def start(self) -> Self:
        """Listen at every meter's place; all or none of them."""
        _allow_open_files(3 * len(self.meters) + 256)
        for meter in self.meters.values():
            meter.prepare()
        try:
            for serial, meter in self.meters.items():
                self._listeners[serial] = listener = _Listener(meter)
                await listener.start()
        except OSError as error:
            await self.stop()
            raise PlaceTaken(meter.config.address, meter.config.port, error) from error
        return self

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        for listener in self._listeners.values():
            listener.stop()
        self._listeners.clear()
        await asyncio.sleep(0)  # lets the loop close the sockets

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def place(self, serial: str) -> tuple[str, int]:
        """Address and port at which a meter listens."""
        return self._listeners[serial].place

    @property
    def refused(self) -> int:
        """Connections refused by all meters."""
        return sum(meter.counters.refused for meter in self.meters.values())


class _Listener:
    """The place of one meter, and the connections to it."""

    def __init__(self, meter: SimulatedMeter) -> None:
        self.meter, self.loop = meter, asyncio.get_running_loop()
        self.place = (meter.config.address, meter.config.port)
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None
        self._rests_until = 0.0

    async def start(self) -> None:
        listening = socket.socket()
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(self.place)
        except OSError:
            listening.close()
            raise
        self.place = listening.getsockname()
        self._server = await self.loop.create_server(lambda: _Connection(self), sock=listening, backlog=BACKLOG)

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.transport.abort()

    def admits(self, connection: "_Connection") -> bool:
        """Count a new connection, or refuse it."""
        self.meter.counters.connections += 1
        if self.meter.refuses_connection() or self._is_busy() or self._is_resting():
            self.meter.counters.refused += 1
            return False
        self._connections.add(connection)
        return True

    def leave(self, connection: "_Connection") -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._rests_until = self.loop.time() + self.meter.config.rest_seconds

    def _is_busy(self) -> bool:
        return self.meter.config.one_connection and any(not each.was_left for each in self._connections)

    def _is_resting(self) -> bool:
        rests = self.meter.config.rest_seconds > 0
        return self.loop.time() < self._rests_until or (rests and any(each.was_left for each in self._connections))


class _Connection(asyncio.Protocol):
    """One client's connection to a meter."""

    transport: asyncio.Transport

    def __init__(self, listener: _Listener) -> None:
        self.listener, self.meter, self.loop = listener, listener.meter, listener.loop
        self.reader = FrameReader()

    @property
    def was_left(self) -> bool:
        """One side has closed it, but the loop has not come to that yet."""
        if self.transport.is_closing():
            return True
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket").fileno(), HUNG_UP)
        return bool(poll.poll(0))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none
        if not self.listener.admits(self):
            self._reset()

    def data_received(self, data: bytes) -> None:
        try:
            frames = self.reader.feed(data)
        except FrameCrcWrong as error:
            refusal = self.meter.refuse(Frame(*error.frame), Nak.CRC)
            self._later(self._write, Sent(refusal.encode()))
            return
        for frame in frames:
            self._later(self._answer, frame)

    def connection_lost(self, _error: Exception | None) -> None:
        self.listener.leave(self)

    def _later(self, act: Callable[..., None], argument: Frame | Sent) -> None:
        if self.meter.latency_ms:
            self.loop.call_later(self.meter.latency_ms / 1000, act, argument)
        else:
            act(argument)

    def _answer(self, frame: Frame) -> None:
        self._write(self.meter.send(frame))

    def _write(self, sent: Sent) -> None:
        if self.transport.is_closing():
            return
        if sent.resets:
            self._reset()
            return
        if self.meter.faults.slow_byte_seconds:
            self._write_slowly(sent)
            return
        if sent.wire:
            self.transport.write(sent.wire)
        if sent.closes or not self.meter.config.keep_open:
            self.transport.close()

    def _reset(self) -> None:
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.transport.abort()

    def _write_slowly(self, sent: Sent) -> None:
        if sent.wire and not self.transport.is_closing():
            self.transport.write(sent.wire[:1])
            rest = sent._replace(wire=sent.wire[1:])
            self.loop.call_later(self.meter.faults.slow_byte_seconds, self._write_slowly, rest)
        elif sent.closes or not self.meter.config.keep_open:
            self.transport.close()


def _allow_open_files(count: int) -> None:
    """As many as the system lets us have without being asked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
