"""The control byte: a sequence number that is echoed, and how the meter says no.

Which bits carry the acknowledgement is not known from public material but for bit 7, which today's client takes as
"not acknowledged". Bits 4..6 for its code are our choice, and this file is the only place that knows.
"""

from enum import IntEnum

from flows_meter_sync.emop import errors

SEQUENCE_MASK = 0x07
REFUSED = 0x80
CODE_SHIFT = 4
CODE_MASK = 0x07
FIXED_SEQUENCE = 5  # what today's clients send with every request


class Nak(IntEnum):
    """Why a meter refuses a request."""

    UNSPECIFIED = 0
    CRC = 1
    FORMAT = 2
    LENGTH = 3
    PAYLOAD = 4
    OBJECT_UNKNOWN = 5
    SECURITY = 6
    ADDRESS = 7


ERRORS: dict[Nak, type[errors.NotAcknowledged]] = {
    Nak.UNSPECIFIED: errors.NotAcknowledged,
    Nak.CRC: errors.RequestCrcRefused,
    Nak.FORMAT: errors.RequestFormatRefused,
    Nak.LENGTH: errors.RequestLengthRefused,
    Nak.PAYLOAD: errors.RequestPayloadRefused,
    Nak.OBJECT_UNKNOWN: errors.ObjectUnknown,
    Nak.SECURITY: errors.SecurityNotGranted,
    Nak.ADDRESS: errors.RequestAddressRefused,
}


def sequence_of(control: int) -> int:
    """The sequence number, 0 to 7."""
    return control & SEQUENCE_MASK


def refusing(sequence: int, nak: Nak) -> int:
    """The control byte of an answer that refuses the request with this sequence number."""
    return REFUSED | nak << CODE_SHIFT | sequence & SEQUENCE_MASK


def refusal(control: int) -> errors.NotAcknowledged | None:
    """Why the answer refuses, or None where it does not."""
    if not control & REFUSED:
        return None
    nak = Nak(control >> CODE_SHIFT & CODE_MASK)
    return ERRORS[nak](nak)
