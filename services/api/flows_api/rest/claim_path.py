"""Where a token's role stands: `.role`, `.groups[0]`, `$.realm["my roles"]`, `.groups[?(@ == "admin")]`,
`$.groups[?search(@, "^ad")]`, after RFC 9535 and the notation that PostgREST had before it.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

Step: TypeAlias = Callable[[object], Iterator[object]]

KEY: Final = re.compile(r"""\.([A-Za-z0-9_$@-]+)|\."((?:[^"\\]|\\.)+)"|\[\s*(?:"([^"]*)"|'([^']*)')\s*\]""")
INDEX: Final = re.compile(r"\[\s*(-?[0-9]+)\s*\]")
TEST: Final = re.compile(r"""\[\s*\?\s*\(?\s*@\s*(==\^|\^==|\*==|==|!=)\s*(?:"([^"]*)"|'([^']*)')\s*\)?\s*\]""")
TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "==": lambda value, text: value == text,
    "!=": lambda value, text: value != text,
    "^==": lambda value, text: value.startswith(text),
    "==^": lambda value, text: value.endswith(text),
    "*==": lambda value, text: text in value,
}
SEARCH: Final = re.compile(r"""\[\s*\?\s*\(?\s*search\(\s*@\s*,\s*(?:"([^"]*)"|'([^']*)')\s*\)\s*\)?\s*\]""")


@dataclass(frozen=True)
class ClaimPath:
    text: str
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises a `ValueError` that says where it cannot be read."""
        position, steps = (1 if text.startswith("$") else 0), []
        while position < len(text):
            if found := KEY.match(text, position):
                steps.append(_of_key(next(group for group in found.groups() if group is not None)))
            elif found := INDEX.match(text, position):
                steps.append(_of_index(int(found[1])))
            elif found := TEST.match(text, position):
                steps.append(_of_test(TESTS[found[1]], found[2] if found[2] is not None else found[3]))
            elif found := SEARCH.match(text, position):
                steps.append(_of_search(found[1] if found[1] is not None else found[2]))
            else:
                raise ValueError(f"failed to parse the role claim key ({text}) at {text[position:]!r}")
            position = found.end()
        return cls(text, tuple(steps))

    def find(self, claims: object) -> str | None:
        """The first value that is found; what is no text is shown as JSON."""
        values = [claims]
        for step in self.steps:
            values = [found for value in values for found in step(value)]
        if not values:
            return None
        return values[0] if isinstance(values[0], str) else json.dumps(values[0])


def _of_key(name: str) -> Step:
    def step(value: object) -> Iterator[object]:
        if isinstance(value, dict) and name in value:
            yield value[name]

    return step


def _of_index(index: int) -> Step:
    def step(value: object) -> Iterator[object]:
        if isinstance(value, list) and -len(value) <= index < len(value):
            yield value[index]

    return step


def _of_search(pattern: str) -> Step:
    """Raises a `ValueError` where it is no regular expression."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} in the role claim key is no regular expression: {error}") from None
    return _of_test(lambda value, _: compiled.search(value) is not None, pattern)


def _of_test(test: Callable[[str, str], bool], text: str) -> Step:
    def step(value: object) -> Iterator[object]:
        for item in value if isinstance(value, list) else ():
            if isinstance(item, str) and test(item, text):
                yield item

    return step
