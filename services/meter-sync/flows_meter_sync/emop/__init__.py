"""EMOP, the meters' protocol: bytes in, values out. No sockets and no clock.

exchange = Exchange(read(objects.PREPAY_BALANCE), sequence=3)
socket.send(exchange.encode())
for frame in reader.feed(socket.recv()):
    balance = exchange.decode(frame)
"""

from flows_meter_sync.emop.errors import AnsweredWrongly, AskedWrongly, EmopError, NotAcknowledged
from flows_meter_sync.emop.frame import Frame, FrameReader, decode_frame
from flows_meter_sync.emop.messages import (
    Exchange,
    Request,
    check_serial,
    read,
    read_event_log,
    read_intervals,
    read_profile_log_1,
    read_profile_log_2,
    read_twin_profile_log_2,
    write,
)

__all__ = [
    "AnsweredWrongly",
    "AskedWrongly",
    "EmopError",
    "Exchange",
    "Frame",
    "FrameReader",
    "NotAcknowledged",
    "Request",
    "check_serial",
    "decode_frame",
    "read",
    "read_event_log",
    "read_intervals",
    "read_profile_log_1",
    "read_profile_log_2",
    "read_twin_profile_log_2",
    "write",
]
