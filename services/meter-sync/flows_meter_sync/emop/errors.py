"""What can go wrong with EMOP, one class a rule: asked wrongly by us, or answered wrongly by the meter."""

from collections.abc import Sequence
from typing import ClassVar

from flows_shared.errors import FlowsError


class EmopError(FlowsError):
    """The root of the protocol's errors; `rule` is the short name of the rule that was broken."""

    code = "emop"
    rule: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        cls.code = f"emop.{cls.rule}"


class AskedWrongly(EmopError):
    """We asked for, or wanted to send, what the protocol does not allow: asking again changes nothing."""

    rule = "asked_wrongly"


class AnsweredWrongly(EmopError):
    """What came is not a right answer: never a reading; asking again may help."""

    rule = "answered_wrongly"


# Asked wrongly


class ValueOutOfRange(AskedWrongly):
    """A value does not fit the field that it is written to."""

    rule = "value_out_of_range"

    def __init__(self, record: str, value: object) -> None:
        super().__init__(f"{value} does not fit a {record}")


class ObjectNotReadable(AskedWrongly):
    """The object can only be written."""

    rule = "object_not_readable"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} can only be written")


class ObjectNotWritable(AskedWrongly):
    """The object can only be read."""

    rule = "object_not_writable"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} can only be read")


class ObjectNotKnown(AskedWrongly):
    """Objects are named as published, or by their id in hex."""

    rule = "object_not_known"

    def __init__(self, text: str, close: Sequence[str]) -> None:
        hint = f"; close to {', '.join(close)}" if close else ""
        super().__init__(f"'{text}' is neither an object's name nor an id of six hex digits{hint}")


class ValueNotUnderstood(AskedWrongly):
    """A value is written as it is shown."""

    rule = "value_not_understood"

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"'{text}' is no value of {name}")


class RequestNotUnderstood(AskedWrongly):
    """A request has a name and what belongs to it."""

    rule = "words_not_understood"


class PeriodNotAllowed(AskedWrongly):
    """Three-phase intervals are asked for at most four hours at once."""

    rule = "period_not_allowed"

    def __init__(self, start: object, end: object, hours: int) -> None:
        super().__init__(f"intervals are asked for more than 0 and at most {hours} hours, not {start} to {end}")


class DataTooLong(AskedWrongly):
    """A frame has one length byte."""

    rule = "data_too_long"

    def __init__(self, length: int, most: int) -> None:
        super().__init__(f"a frame carries at most {most} bytes of data, not {length}")


class RateTooHigh(AskedWrongly):
    """A rate is at most 1 GBP: more is a mistake of units."""

    rule = "rate_too_high"

    def __init__(self, name: str, rate: object) -> None:
        super().__init__(f"a rate is at least 0 and at most 1 GBP with at most 5 decimals: {name} is {rate}")


class NotRendered(AskedWrongly):
    """What should be encoded does not have the shape that decoding gives."""

    rule = "not_rendered"


# Answered wrongly: the frame


class FrameError(AnsweredWrongly):
    """The bytes are not a frame."""

    rule = "frame"


class FrameDelimiterWrong(FrameError):
    """A frame starts with the delimiter."""

    rule = "format"

    def __init__(self, found: int) -> None:
        super().__init__(f"a frame starts with 7e, not {found:02x}")


class FrameLengthWrong(FrameError):
    """The length byte counts the bytes after the delimiter, at least 12."""

    rule = "length"


class FrameTruncated(FrameLengthWrong):
    """Fewer bytes came than the length byte says."""

    rule = "truncated"


class FrameCrcWrong(FrameError):
    """The last two bytes are the CRC of what is between the delimiter and them."""

    rule = "crc"

    def __init__(self, computed: int, found: int, frame: tuple[int, int, int, bytes]) -> None:
        super().__init__(f"the CRC is {computed:04x}, but the frame says {found:04x}")
        self.frame = frame
        """Destination, source, control and data, as far as they can be trusted."""


# Answered wrongly: the reply


class ReplyNotForUs(AnsweredWrongly):
    """The reply's destination is not the source of the request."""

    rule = "reply_not_for_us"

    def __init__(self, ours: int, destination: int) -> None:
        super().__init__(f"asked as {ours:06x}, but the reply is for {destination:06x}")


class ReplyFromAnotherMeter(AnsweredWrongly):
    """The reply's source address is not the meter that was asked."""

    rule = "reply_from_another_meter"

    def __init__(self, asked: int, answered: int) -> None:
        super().__init__(f"asked meter {asked:06x}, but {answered:06x} answered")
        self.asked, self.answered = asked, answered


class SerialOfAnotherMeter(AnsweredWrongly):
    """The meter at this address has another serial than the one we look for."""

    rule = "serial_of_another_meter"

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected meter {expected}, but {found or 'one without a serial'} answered")
        self.expected, self.found = expected, found


class ReplyOutOfSequence(AnsweredWrongly):
    """The reply does not echo the sequence number: it may be a late answer to an earlier request."""

    rule = "reply_out_of_sequence"

    def __init__(self, asked: int, answered: int) -> None:
        super().__init__(f"asked with sequence number {asked}, but the reply has {answered}")


class ReplyToAnotherRequest(AnsweredWrongly):
    """The reply does not echo the format, the object id and the flag, or the timestamp, of the request."""

    rule = "reply_to_another_request"

    def __init__(self, expected: bytes, found: bytes) -> None:
        super().__init__(f"the reply's data should start with {expected.hex()}, but starts with {found.hex()}")


class RecordLengthWrong(AnsweredWrongly):
    """A record has its length."""

    rule = "record_length"

    def __init__(self, record: str, expected: int, found: int) -> None:
        super().__init__(f"a {record} has {expected} bytes, not {found}")


class RecordValueWrong(AnsweredWrongly):
    """A record's bytes have no meaning: such as a 13th month, or a serial that is not text."""

    rule = "record_value"

    def __init__(self, record: str, value: object) -> None:
        super().__init__(f"{value} is not a {record}")


class IntervalFramesWrong(AnsweredWrongly):
    """Frames of intervals come in order, and every block is whole."""

    rule = "interval_frames"


# Answered wrongly: not acknowledged


class NotAcknowledged(AnsweredWrongly):
    """The meter refused the request, with a code."""

    rule = "not_acknowledged"
    meaning: ClassVar[str] = "not acknowledged"

    def __init__(self, nak: int) -> None:
        super().__init__(f"the meter refused: {self.meaning} (code {nak})")
        self.nak = nak


class RequestCrcRefused(NotAcknowledged):
    """Code 1."""

    rule = "refused_crc"
    meaning = "CRC error"


class RequestFormatRefused(NotAcknowledged):
    """Code 2."""

    rule = "refused_format"
    meaning = "format error"


class RequestLengthRefused(NotAcknowledged):
    """Code 3."""

    rule = "refused_length"
    meaning = "frame length incorrect"


class RequestPayloadRefused(NotAcknowledged):
    """Code 4."""

    rule = "refused_payload"
    meaning = "maximum data payload exceeded"


class ObjectUnknown(NotAcknowledged):
    """Code 5."""

    rule = "object_unknown"
    meaning = "object id unknown"


class SecurityNotGranted(NotAcknowledged):
    """Code 6; also the answer to a write of a read-only object."""

    rule = "security_not_granted"
    meaning = "security not granted"


class RequestAddressRefused(NotAcknowledged):
    """Code 7."""

    rule = "refused_address"
    meaning = "frame address incorrect"
