"""Reading the small languages of a query string from left to right."""

import re
from re import Pattern
from typing import Final, NoReturn

from flows_api.rest.errors import QueryStringWrong

QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
BARE: Final = re.compile(r"[\w $]+(?:-(?!>)[\w $]+)*")
IDENTIFIER: Final = re.compile(r"[\w $]+")
SPACE: Final = re.compile(r"[ \t]*")
FIELD_NAME: Final = "field name (* or [a..z0..9_$])"


class Scanner:
    """A text and how far it is read. `kind` names the text in errors, such as `select parameter`."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text
        self.position = 0

    @property
    def rest(self) -> str:
        return self.text[self.position :]

    @property
    def at_end(self) -> bool:
        return self.position == len(self.text)

    def sees(self, token: str) -> bool:
        return self.text.startswith(token, self.position)

    def take(self, token: str) -> bool:
        """Read the token if it stands here."""
        found = self.sees(token)
        if found:
            self.position += len(token)
        return found

    def match(self, pattern: Pattern[str]) -> str | None:
        """Read what the pattern matches here: its first group, or all of it."""
        found = pattern.match(self.text, self.position)
        if not found:
            return None
        self.position = found.end()
        return found[1] if pattern.groups else found[0]

    def skip_space(self) -> None:
        self.match(SPACE)

    def name(self) -> str:
        """A field's name: letters, digits, `_ $`, spaces and dashes within; anything in double quotes."""
        quoted = self.match(QUOTED)
        if quoted is not None:
            return unescape(quoted)
        bare = (self.match(BARE) or "").strip()
        return bare or self.fail(FIELD_NAME)

    def identifier(self) -> str:
        """The name of a type."""
        return (self.match(IDENTIFIER) or "").strip() or self.fail("letter or digit")

    def fail(self, expected: str) -> NoReturn:
        found = "end of input" if self.at_end else f'"{self.text[self.position]}"'
        raise QueryStringWrong(
            f'"failed to parse {self.kind} ({self.text})" (line 1, column {self.position + 1})',
            details=f"unexpected {found} expecting {expected}",
        )


def unescape(quoted: str) -> str:
    """The inside of a quoted text, where a backslash takes the next character as it is."""
    return re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
