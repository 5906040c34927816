"""A column as requests name it: `column->json->>path`."""

from dataclasses import dataclass

from flows_api.rest.request.limits import TooMuchAsked
from flows_api.rest.request.scanner import DIGITS, Scanner

NUMBER_ENDS = ("->", "::", ".", ",")


@dataclass(frozen=True)
class JsonStep:
    """`->key`, `->0`, or with two arrows where the value is wanted as text."""

    as_text: bool
    key: str | int


@dataclass(frozen=True)
class FieldName:
    name: str
    path: tuple[JsonStep, ...] = ()


def parse_field(scanner: Scanner) -> FieldName:
    scanner.skip_space()
    name = scanner.name()
    path = parse_json_path(scanner)
    scanner.skip_space()
    return FieldName(name, path)


def parse_json_path(scanner: Scanner) -> tuple[JsonStep, ...]:
    steps: list[JsonStep] = []
    while True:
        as_text = scanner.take("->>")
        if not as_text and not scanner.take("->"):
            return tuple(steps)
        if len(steps) == scanner.limits.depth:
            raise TooMuchAsked(scanner.kind, f"a path of more than {scanner.limits.depth} steps")
        steps.append(JsonStep(as_text, _json_operand(scanner)))


def _json_operand(scanner: Scanner) -> str | int:
    start = scanner.position
    digits = scanner.match(DIGITS)
    if digits is not None:
        scanner.miss("digit")
        if any(scanner.sees(end) for end in NUMBER_ENDS) or scanner.at_end():
            return int(digits[:18])
        if digits.startswith("-"):
            scanner.refuse()
    elif scanner.take("-"):
        scanner.fail("digit")
    else:
        scanner.miss("digit")
    scanner.position = start
    return scanner.json_key()
