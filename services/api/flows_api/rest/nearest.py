"""The name that was probably meant: by the letters two names share, then by the changes between them."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from math import sqrt
from typing import Final

GRAM_SIZES: Final = (3, 2)
CANDIDATES: Final = 50
LONGEST: Final = 200
SURE: Final = 0.75
LIKELY: Final = 0.33


def nearest(name: str, names: Iterable[str], least: float = SURE) -> str | None:
    """The best of the names, from a likeness of `least` on; 1 is equality."""
    return next(iter(by_likeness(name, names, least)), (0.0, None))[1]


def by_likeness(name: str, names: Iterable[str], least: float = LIKELY) -> list[tuple[float, str]]:
    """The names that are like it, the best first. What is longer than names are is compared with none."""
    known = list(dict.fromkeys(names))
    wanted = name.lower()
    exact = [candidate for candidate in known if candidate.lower() == wanted]
    if exact:
        return [(1.0, exact[0])]
    if len(wanted) > LONGEST:
        return []
    for size in GRAM_SIZES:
        alike = sorted(((_cosine(wanted, candidate.lower(), size), candidate) for candidate in known), reverse=True)
        found = [each for score, each in alike[:CANDIDATES] if score > 0 and _may_be_close(wanted, each, least)]
        scored = [(_closeness(wanted, candidate.lower()), candidate) for candidate in found]
        scored.sort(key=lambda pair: -pair[0])
        if result := [pair for pair in scored if pair[0] >= least]:
            return result
    return []


def _cosine(one: str, other: str, size: int) -> float:
    first, second = _grams(one, size), _grams(other, size)
    shared = sum(count * second[gram] for gram, count in first.items())
    if not shared:
        return 0.0
    return shared / sqrt(sum(n * n for n in first.values()) * sum(n * n for n in second.values()))


@lru_cache(maxsize=4096)
def _grams(name: str, size: int) -> Counter[str]:
    letters = f"-{''.join(character for character in name if character.isalnum() or character in ' ,')}-"
    return Counter(letters[at : at + size] for at in range(max(len(letters) - size + 1, 1)))


def _may_be_close(one: str, other: str, least: float) -> bool:
    """Their lengths alone say how many letters there are to insert or delete, at least."""
    shorter, longer = sorted((len(one), len(other)))
    return shorter >= least * longer


def _closeness(one: str, other: str) -> float:
    return 1 - _changes(one, other) / max(len(one), len(other), 1)


def _changes(one: str, other: str) -> int:
    """Letters to insert, delete or replace."""
    previous = list(range(len(other) + 1))
    for row, a in enumerate(one, 1):
        current = [row]
        for column, b in enumerate(other, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (a != b)))
        previous = current
    return previous[-1]
