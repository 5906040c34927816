"""Half hours as the bytes that `COPY ... (FORMAT binary)` takes.

Made for all rows at once: asyncpg encodes row by row, and that alone costs more than PostgreSQL's own work.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from flows_meter_sync.energy import KWH_STEPS
from flows_meter_sync.intervals.series import MISSING, IntervalSeries
from flows_shared.time import HALF_HOUR

POSTGRES_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
CHUNK_BYTES: Final = 1 << 18

# One row of (register_id uuid, timestamp timestamptz, kwh numeric): each field is its length and its value.
# A numeric is digits of base 10,000, here always two, before and after the point; PostgreSQL strips zeros.
ROW: Final = np.dtype(
    [
        ("fields", ">i2"),
        ("id_length", ">i4"),
        ("id", "V16"),
        ("timestamp_length", ">i4"),
        ("timestamp", ">i8"),
        ("kwh_length", ">i4"),
        ("digits", ">i2"),
        ("weight", ">i2"),
        ("sign", ">i2"),
        ("scale", ">i2"),
        ("whole", ">i2"),
        ("fraction", ">i2"),
    ]
)


def encode_rows(runs: Sequence[IntervalSeries]) -> bytes:
    """The COPY data of all half hours of the runs that are not missing."""
    counts = np.array([len(run.energy) for run in runs])
    energy = np.fromiter((value for run in runs for value in run.energy), np.int64, counts.sum())
    starts = np.array([microseconds(run.start) for run in runs])
    position = np.arange(len(energy)) - np.repeat(counts.cumsum() - counts, counts)

    rows = np.zeros(len(energy), ROW)
    rows["fields"], rows["digits"] = 3, 2
    rows["id_length"], rows["timestamp_length"], rows["kwh_length"] = 16, 8, 12
    rows["id"] = np.repeat(np.array([run.register_id.bytes for run in runs], "V16"), counts)
    rows["timestamp"] = np.repeat(starts, counts) + position * (HALF_HOUR // MICROSECOND)
    rows["whole"], rows["fraction"] = np.divmod(energy, KWH_STEPS)
    rows["scale"] = np.where(energy % 10 == 0, 3, 4)
    known: bytes = rows[energy != MISSING].tobytes()
    return HEADER + known + TRAILER


def microseconds(at: datetime) -> int:
    """How PostgreSQL holds an instant."""
    return (at - POSTGRES_EPOCH) // MICROSECOND


def decode_timestamps(data: bytes) -> list[datetime]:
    """The instants of `timestamptz_send`, one after the other."""
    return [POSTGRES_EPOCH + MICROSECOND * int(value) for value in np.frombuffer(data, ">i8")]


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    """The data in pieces, so that PostgreSQL works on the first while the next are sent."""
    for start in range(0, len(data), CHUNK_BYTES):
        yield data[start : start + CHUNK_BYTES]
