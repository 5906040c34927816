"""Numbers that look like chance and are always the same for the same seed."""

from zlib import crc32

_MASK = 0xFFFFFFFFFFFFFFFF
_STEPS = 1 << 53  # what a float tells apart; more would round up to 1


def seed_of(*parts: object) -> int:
    """A seed from anything that has a text."""
    return crc32(":".join(map(str, parts)).encode())


def noise(seed: int, number: int) -> float:
    """Between 0 and 1 (below it), by the finaliser of splitmix64."""
    mixed = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03) & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    return (mixed >> 11) / _STEPS


def between(low: float, high: float, seed: int, number: int = 0) -> float:
    return low + (high - low) * noise(seed, number)
