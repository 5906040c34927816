"""How records are declared: one declaration gives decode, encode and, with the names of its fields, the rendering.

A record's value is a NamedTuple whose fields have the names that published tools use.
"""

import struct
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, Self, TypeAlias, TypeVar, get_type_hints

from flows_meter_sync.emop.errors import RecordLengthWrong, ValueOutOfRange

T = TypeVar("T", bound=NamedTuple)


class NamedInt(int):
    """A number that mostly has a name; one without stays the number that it is."""

    names: ClassVar[Mapping[int, str]] = {}

    def __init_subclass__(cls, names: Mapping[int, str]) -> None:
        cls.names = names

    @property
    def name(self) -> str:
        return self.names.get(self, f"unknown_{int(self)}")

    @classmethod
    def named(cls, name: str) -> Self:
        """The number with this name; a `KeyError` where there is none."""
        return cls({value: key for key, value in cls.names.items()}[name])

    def __repr__(self) -> str:
        return f"<{self.name} {int(self)}>"


class Record(Protocol[T]):
    """A named layout of bytes."""

    name: str
    build: type[T]

    def decode(self, payload: bytes) -> T: ...
    def encode(self, value: T) -> bytes: ...


AnyRecord: TypeAlias = Record[Any]  # one whose value has a type that only a table knows


class Field(NamedTuple):
    """One field of a `Struct`: its format in `struct`, and what its raw value is made into and from."""

    code: str
    decode: Callable[[Any], object] | None = None
    encode: Callable[[Any], object] | None = None


U8, U16, U32, S32 = Field("B"), Field("H"), Field("I"), Field("i")


def raw(size: int) -> Field:
    """Bytes whose meaning is not known."""
    return Field(f"{size}s")


def named(kind: type[NamedInt]) -> Field:
    """A byte that has names for its values."""
    return Field("B", kind)


class Struct(Generic[T]):
    """Fields of fixed size one after the other, little-endian."""

    def __init__(self, name: str, build: type[T], *fields: Field) -> None:
        self.name, self.build = name, build
        layout = struct.Struct("<" + "".join(field.code for field in fields))
        self.size = layout.size
        self._unpack, self._iter_unpack, self._pack = layout.unpack, layout.iter_unpack, layout.pack
        self._make: Callable[[Iterable[object]], T] = partial(tuple.__new__, build)  # `_make` counts them again
        self._decoders = [(index, field.decode) for index, field in enumerate(fields) if field.decode]
        self._encoders = [(index, field.encode) for index, field in enumerate(fields) if field.encode]

    def decode(self, payload: bytes) -> T:
        try:
            values = self._unpack(payload)
        except struct.error:
            raise RecordLengthWrong(self.name, self.size, len(payload)) from None
        return self._make(values) if not self._decoders else self._convert(values)

    def decode_many(self, payload: bytes) -> list[T]:
        """Records one after the other; what is left over and too short for one is padding."""
        whole = payload[: len(payload) // self.size * self.size]
        return [self._convert(values) for values in self._iter_unpack(whole)]

    def encode(self, value: T) -> bytes:
        values = list(value)
        for index, encode in self._encoders:
            values[index] = encode(values[index])
        try:
            return self._pack(*values)
        except struct.error:
            raise ValueOutOfRange(self.name, value) from None

    def _convert(self, values: tuple[object, ...]) -> T:
        converted: list[object] = list(values)
        for index, decode in self._decoders:
            converted[index] = decode(converted[index])
        return self._make(converted)


class Bits(Generic[T]):
    """Fields of some bits each, one unless `widths` says more, from the first byte's highest bit."""

    def __init__(self, name: str, build: type[T], widths: Mapping[str, int] | None = None) -> None:
        self.name, self.build = name, build
        hints = get_type_hints(build)
        sizes = {field: (widths or {}).get(field, 1) for field in hints}
        total = sum(sizes.values())
        self.size = total // 8
        self._places: list[tuple[int, int, type]] = []  # bits to the right, mask, kind
        for field, kind in hints.items():
            total -= sizes[field]
            self._places.append((total, (1 << sizes[field]) - 1, kind))
        self._make: Callable[[Iterable[object]], T] = build._make
        self.decode, self.encode = lru_cache(4096)(self._decode), lru_cache(4096)(self._encode)

    @property
    def field(self) -> Field:
        """This record as a field of another."""
        return Field(f"{self.size}s", self.decode, self.encode)

    def _encode(self, value: T) -> bytes:
        number = 0
        for (shift, mask, _), part in zip(self._places, value, strict=True):
            bits = int.from_bytes(part, "big") if isinstance(part, bytes) else int(part)
            if bits & ~mask:
                raise ValueOutOfRange(self.name, value)
            number |= bits << shift
        return number.to_bytes(self.size, "big")

    def _decode(self, payload: bytes) -> T:
        if len(payload) != self.size:
            raise RecordLengthWrong(self.name, self.size, len(payload))
        number = int.from_bytes(payload, "big")
        return self._make(_of_bits(number >> shift & mask, mask, kind) for shift, mask, kind in self._places)


class Whole(Generic[T]):
    """One field that is the whole payload, of one size or of any."""

    def __init__(
        self,
        name: str,
        build: type[T],
        decode: Callable[[bytes], object] = bytes,
        encode: Callable[[Any], bytes] = bytes,
        size: int | None = None,
    ) -> None:
        self.name, self.build, self.size = name, build, size
        self._of_bytes, self._to_bytes = decode, encode

    def decode(self, payload: bytes) -> T:
        if self.size is not None and len(payload) != self.size:
            raise RecordLengthWrong(self.name, self.size, len(payload))
        return self.build._make((self._of_bytes(payload),))

    def encode(self, value: T) -> bytes:
        try:
            payload = self._to_bytes(value[0])
        except ValueError:
            raise ValueOutOfRange(self.name, value) from None
        if self.size is not None and len(payload) != self.size:
            raise ValueOutOfRange(self.name, value)
        return payload


def _of_bits(bits: int, mask: int, kind: type) -> object:
    return bits.to_bytes(mask.bit_length() // 8, "big") if kind is bytes else kind(bits)


def render(value: object) -> Any:
    """A record's value as dicts, lists, numbers and text."""
    if isinstance(value, NamedInt):
        return {"name": value.name, "value": int(value)}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {field.rstrip("_"): render(part) for field, part in zip(value._fields, value, strict=True)}
    return [render(part) for part in value] if isinstance(value, (list, tuple)) else value


def build(kind: Any, rendered: Any) -> Any:
    """The value of a kind from what `render` made of it."""
    if isinstance(kind, type) and issubclass(kind, NamedInt):
        return kind(rendered["value"])
    if kind is bytes:
        return bytes.fromhex(rendered)
    if hasattr(kind, "_fields"):
        hints = get_type_hints(kind)
        return kind(*(build(hints[field], rendered[field.rstrip("_")]) for field in kind._fields))
    return tuple(rendered) if isinstance(rendered, list) else rendered
