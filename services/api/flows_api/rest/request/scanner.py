"""Reading the small languages of a query string from left to right, remembering what could have stood where it failed.

Clients show these errors to people, so they read as PostgREST's do: the furthest place that was reached, what stands
there, and everything that was tried at that place.
"""

import re
from re import Pattern
from typing import Final, NoReturn

from flows_api.rest.errors import QueryStringWrong
from flows_api.rest.request.limits import Limits, TooMuchAsked

QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
WORD: Final = re.compile(r"[\w $]+")
SPACE: Final = re.compile(r"[ \t]*")
DIGITS: Final = re.compile(r"-?[0-9]+")
JSON_KEY: Final = re.compile(r"[^(\-:.,>)]+")
FIELD_NAME: Final = "field name (* or [a..z0..9_$])"
JSON_KEY_NAME: Final = "any non reserved character different from: .,>()"
END: Final = "end of input"
DELIMITER: Final = "delimiter (.)"


class Miss:
    """Something that was looked for and not found; `found` is what was there, as the error shows it.

    `of_end`: the end of the text was looked for.
    """

    __slots__ = ("expected", "found", "of_end", "position")

    def __init__(self, position: int, found: str, expected: str | None, *, of_end: bool = False) -> None:
        self.position = position
        self.found = found
        self.expected = expected
        self.of_end = of_end


class Scanner:
    """A text and how far it is read. `kind` names the text in errors, such as `select parameter`."""

    def __init__(self, kind: str, text: str, limits: Limits, shown: str | None = None) -> None:
        self.kind = kind
        self.limits = limits
        self.text = text
        self.shown = text if shown is None else shown
        self.position = 0
        self.misses: list[Miss] = []
        self.depth = 0
        self.terms = 1
        self.embeds = 0

    def starts(self, *tokens: str) -> bool:
        """Whether one of them stands here, which no error will tell of."""
        return self.text.startswith(tokens, self.position)

    def take(self, token: str) -> bool:
        """Read the token if it stands here."""
        if self.text.startswith(token, self.position):
            self.position += len(token)
            return True
        self.miss(f'"{token}"', self._first_difference(token))
        return False

    def sees(self, token: str) -> bool:
        """Whether the token stands here; it is left unread."""
        found = self.take(token)
        if found:
            self.position -= len(token)
        return found

    def another(self) -> bool:
        """Past the comma before a further term, which is counted."""
        if not self.comma():
            return False
        self.terms += 1
        if self.terms > self.limits.terms:
            raise TooMuchAsked(self.kind, f"more than {self.limits.terms} terms")
        return True

    def comma(self) -> bool:
        """Past one, nothing that was missed before it is the furthest place any more."""
        found = self.take(",")
        if found:
            self.misses.clear()
        return found

    def at_end(self) -> bool:
        if self.position == len(self.text):
            return True
        self.misses.append(Miss(self.position, f"'{self.text[self.position]}'", END, of_end=True))
        return False

    def match(self, pattern: Pattern[str]) -> str | None:
        """Read what the pattern matches here: its first group, or all of it."""
        found = pattern.match(self.text, self.position)
        if not found:
            return None
        self.position = found.end()
        return found[1] if pattern.groups else found[0]

    def skip_space(self) -> None:
        self.match(SPACE)

    def delimiter(self) -> bool:
        if self.text.startswith(".", self.position):
            self.position += 1
            return True
        self.miss(DELIMITER)
        return False

    def quoted(self) -> str | None:
        """A text in double quotes, where a backslash takes the next character as it is."""
        found = self.match(QUOTED)
        return None if found is None else unescape(found)

    def name(self) -> str:
        """A field's name: letters, digits, `_ $`, spaces and dashes within; anything in double quotes."""
        start, quoted = self.position, self.quoted()
        if quoted is not None:
            return self._short(quoted)
        if self.text.startswith('"', self.position):
            self.position = len(self.text)
            self.fail('"\\""')
        words = [self.match(WORD)]
        if words[0] is None:
            self.fail(FIELD_NAME)
        while self._dash():
            self._check_length(self.position - start)
            words.append(self.match(WORD))
            if words[-1] is None:
                self.miss("letter")
                self.fail("digit")
        for expected in ("letter", "digit", '"-"'):
            self.miss(expected)
        return self._short("-".join((word or "").strip() for word in words))

    def starts_name(self) -> bool:
        return bool(WORD.match(self.text, self.position) or QUOTED.match(self.text, self.position))

    def optional_name(self) -> str | None:
        """A name, or nothing read where none stands here."""
        mark = self.position
        try:
            return self.name()
        except QueryStringWrong:
            self.position = mark
            return None

    def identifier(self) -> str:
        """The name of a type, or of a text search configuration."""
        word = self.match(WORD)
        self.miss("letter")
        self.miss("digit")
        return self._short(word.strip()) if word is not None else self.fail(None)

    def json_key(self) -> str:
        start, quoted = self.position, self.quoted()
        if quoted is not None:
            return self._short(quoted)
        parts = [self.match(JSON_KEY)]
        while parts[-1] is not None and self._dash():
            self._check_length(self.position - start)
            parts.append(self.match(JSON_KEY))
        if parts[-1] is None:
            self.fail(JSON_KEY_NAME)
        return self._short("-".join((part or "").strip() for part in parts))

    def _short(self, name: str) -> str:
        self._check_length(len(name))
        return name

    def _check_length(self, length: int) -> None:
        if length > self.limits.name_length:
            raise TooMuchAsked(self.kind, f"a name of more than {self.limits.name_length} characters")

    def _dash(self) -> bool:
        """A dash that is not the start of an arrow."""
        found = self.text.startswith("-", self.position) and not self.text.startswith("->", self.position)
        self.position += found
        return found

    def miss(self, expected: str | None, found: str | None = None) -> None:
        here = self.text[self.position : self.position + 1] if found is None else found
        self.misses.append(Miss(self.position, f'"{here}"' if here else END, expected))

    def call_misses(self, since: int, label: str) -> None:
        """What was tried since then is one thing to the reader."""
        for miss in self.misses[since:]:
            miss.expected = label

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > self.limits.depth:
            raise TooMuchAsked(self.kind, f"nested deeper than {self.limits.depth} levels")

    def embedded(self) -> None:
        """A relation within the one that is read, which `depth` counts too."""
        self.depth += 1
        self.embeds += 1
        if self.depth > self.limits.embed_depth:
            raise TooMuchAsked(self.kind, f"relations within relations, deeper than {self.limits.embed_depth} levels")
        if self.embeds > self.limits.embeds:
            raise TooMuchAsked(self.kind, f"more than {self.limits.embeds} related relations")

    def fail(self, expected: str | None) -> NoReturn:
        self.miss(expected)
        self.refuse()

    def refuse(self) -> NoReturn:
        """Raise what is known about the furthest place."""
        place = max(miss.position for miss in self.misses)
        misses = [miss for miss in self.misses if miss.position == place]
        # The test for the end prevails over the others.
        found = next((miss.found for miss in misses if miss.of_end), misses[0].found)
        expected = list(dict.fromkeys(miss.expected for miss in misses if miss.expected))
        details = f"unexpected {found}"
        if expected:
            details += f" expecting {' or '.join(filter(None, (', '.join(expected[:-1]), expected[-1])))}"
        raise QueryStringWrong(
            f'"failed to parse {self.kind} ({self.shown})" (line 1, column {place + 1})', details=details
        )

    def _first_difference(self, token: str) -> str:
        here = self.text[self.position : self.position + len(token)]
        return next((b for a, b in zip(token, here, strict=False) if a != b), "")


def unescape(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
