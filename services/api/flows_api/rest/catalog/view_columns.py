"""Which column of which table stands behind each column of a view.

PostgreSQL keeps a view as the tree of its query, and in it, for every column that is passed through, the relation and
the number of the column that it comes from. A view upon a view is followed down to the table; one that was replaced by
a view upon itself leads nowhere.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import asyncpg

RULES = """
    SELECT relation.oid AS view, rule.ev_action::text AS tree,
           (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
             WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped) AS columns
      FROM pg_class AS relation
      JOIN pg_rewrite AS rule ON rule.ev_class = relation.oid AND rule.rulename = '_RETURN'
     WHERE relation.relkind IN ('v', 'm')
       AND relation.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
"""

TOKEN: Final = re.compile(r"\\.|\{TARGETENTRY|[{}]", re.DOTALL)
ORIGIN: Final = re.compile(r":resno (\d+) .*:resorigtbl (\d+) :resorigcol (\d+) :resjunk false", re.DOTALL)

Place: TypeAlias = tuple[int, int]  # a relation and the number of its column

# For each view: table and column number -> the view's columns that show it, in their order.
Origins: TypeAlias = Mapping[int, Mapping[Place, Sequence[str]]]


async def load_origins(db: "asyncpg.Connection[asyncpg.Record]") -> Origins:
    rows = await db.fetch(RULES)
    direct = {row["view"]: _direct_origins(row["tree"]) for row in rows}
    names = {row["view"]: row["columns"] or [] for row in rows}
    ends: dict[Place, Place | None] = {}
    found: dict[int, dict[Place, list[str]]] = {}
    for view, columns in direct.items():
        shown: defaultdict[Place, list[str]] = defaultdict(list)
        for number in sorted(columns):
            origin = _follow(columns[number], direct, ends)
            if origin and number <= len(names[view]):
                shown[origin].append(names[view][number - 1])
        found[view] = shown
    return found


def _follow(origin: Place, direct: Mapping[int, Mapping[int, Place]], ends: dict[Place, Place | None]) -> Place | None:
    """The table's column at the end, None where there is none; `ends` keeps what was found for every place passed."""
    passed: set[Place] = set()
    place: Place | None = origin
    while place is not None and place[0] in direct and place not in ends:
        passed.add(place)
        further = direct[place[0]].get(place[1])
        place = None if further in passed else further
    end = ends.get(place, place) if place is not None else None
    ends.update(dict.fromkeys(passed, end))
    return end


@lru_cache(maxsize=1024)
def _direct_origins(tree: str) -> Mapping[int, Place]:
    """Column number -> where it comes from. Kept: most views are as they were when a schema is read again."""
    return dict(_entries(tree))


def _entries(tree: str) -> Iterator[tuple[int, Place]]:
    """By the entries of the outermost query's own list."""
    depth, inner_end = 0, 0
    entry: int | None = None
    for token in TOKEN.finditer(tree):
        text = token[0]
        if text.startswith("\\"):
            continue
        if text == "}":
            depth -= 1
            if depth == 2:
                inner_end = token.end()
            elif depth == 1 and entry is not None:
                found = ORIGIN.search(tree, inner_end if inner_end > entry else entry, token.start())
                if found and int(found[2]):
                    yield int(found[1]), (int(found[2]), int(found[3]))
                entry = None
        else:
            if depth == 1:
                entry = token.start() if text == "{TARGETENTRY" else None
            depth += 1
