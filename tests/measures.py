"""Counts of the code, as `make measures` prints them: what is meant to stay small, and what is meant to be none."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path
from statistics import median
from typing import Final, TypeVar

N = TypeVar("N", bound=ast.AST)
TESTS: Final = Path(__file__).parent
SERVICES: Final = tuple(sorted(TESTS.parent.glob("services/*/flows_*")))
PACKAGES: Final = (TESTS.parent / "shared" / "flows_shared", *SERVICES)
BROAD: Final = {"Exception", "BaseException", "None"}


class File:
    """A file of Python and what stands in it; `room` is the file or folder at the top of its package."""

    def __init__(self, package: Path, path: Path) -> None:
        parts = path.relative_to(package).with_suffix("").parts
        self.package, self.module, self.room = package.name, ".".join(parts), parts[0]
        text = path.read_text()
        self.lines, self.nodes = text.count("\n"), list(ast.walk(ast.parse(text)))
        self.imports = [(each.module or "", one.name) for each in self.all(ast.ImportFrom) for one in each.names]

    def all(self, *kinds: type[N]) -> list[N]:
        return [node for node in self.nodes if isinstance(node, kinds)]

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [*self.all(ast.FunctionDef), *self.all(ast.AsyncFunctionDef)]


@cache
def files(*packages: Path) -> list[File]:
    return [File(package, path) for package in packages for path in sorted(package.rglob("*.py"))]


def count(text: str, *kinds: type[ast.AST]) -> int:
    """How often services have something of these kinds, or a case with a pattern, that is written like this."""
    found = [each for file in files(*SERVICES) for each in file.all(*kinds)]
    return sum(ast.unparse(getattr(each, "pattern", each)) == text for each in found)


def per_thousand(number: int) -> float:
    return round(1000 * number / sum(file.lines for file in files(*SERVICES)), 3)


def broad_excepts() -> int:
    caught = [each.type for file in files(*SERVICES) for each in file.all(ast.ExceptHandler)]
    kinds = [each.elts if isinstance(each, ast.Tuple) else [each] for each in caught]
    return sum(any(one is None or ast.unparse(one) in BROAD for one in several) for several in kinds)


def medians() -> tuple[float, float]:
    """Lines of a function, and of a file."""
    found = [each for file in files(*PACKAGES) for each in file.functions()]
    lines = [(each.end_lineno or each.lineno) - each.lineno + 1 for each in found]
    return median(lines), median(file.lines for file in files(*PACKAGES))


def same_fields() -> list[str]:
    """Classes of different packages whose fields, two or more, have the same names."""
    alike: defaultdict[frozenset[str], dict[str, str]] = defaultdict(dict)
    for file in files(*PACKAGES):
        for each in file.all(ast.ClassDef):
            fields = frozenset(ast.unparse(one.target) for one in each.body if isinstance(one, ast.AnnAssign))
            alike[fields][file.package] = f"{file.package}.{file.module}.{each.name}"
    return [" = ".join(sorted(same.values())) for fields, same in alike.items() if len(fields) > 1 and len(same) > 1]


def in_cycles(package: Path) -> list[str]:
    """Rooms that import themselves by way of others."""
    uses: dict[str, set[str]] = {file.room: set() for file in files(package)}
    for file in files(package):
        named = [f"{module}.{name}".split(".") for module, name in file.imports]
        uses[file.room] |= {parts[1] for parts in named if parts[0] == package.name} & uses.keys() - {file.room}
    for middle in uses:
        for reached in uses.values():
            reached |= uses[middle] if middle in reached else set()
    return sorted(f"{package.name}.{room}" for room, reached in uses.items() if room in reached)


def imported_fixtures() -> list[str]:
    """Those that a module of tests has from another one, and not from a conftest."""
    made = [(file.module, each.name, each.decorator_list) for file in files(TESTS) for each in file.functions()]
    fixtures = {(module, name) for module, name, marks in made if "fixture" in "".join(map(ast.unparse, marks))}
    users = [file for file in files(TESTS) if not file.module.endswith("conftest")]
    return [f"{file.module}: {name}" for file in users for module, name in file.imports if (module, name) in fixtures]


if __name__ == "__main__":
    many = count("Any", ast.Name, ast.alias), broad_excepts()
    print("Any: {}, broad except: {}; per 1,000 lines of services".format(*many), *map(per_thousand, many))
    print("lines of a function and of a file, median:", *medians())
    print("ctx: dict[str, Any]:", count("ctx: dict[str, Any]", ast.arg), " case _:", count("_", ast.match_case))
    print("folders in cycles:", *(room for package in PACKAGES for room in in_cycles(package)))
    print("classes of different packages with the same fields:", len(same_fields()), *same_fields(), sep="\n  ")
    print("fixtures imported between test modules:", len(imported_fixtures()), *imported_fixtures(), sep="\n  ")
