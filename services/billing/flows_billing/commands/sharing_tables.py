"""What `flows billing share` prints."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from rich.table import Table

from flows_billing.wording import format_quantity
from flows_shared.contracts.sharing import SharedGroup


def sharing_tables(group: SharedGroup) -> list[Table]:
    """The group beside its boundary, its members, and the half hours of a home where they were asked for."""
    tables = [_balance(group), _members(group)]
    return [*tables, _half_hours(group)] if group.home_half_hours else tables


def member_rows(groups: Iterable[SharedGroup]) -> Iterator[Mapping[str, object]]:
    for group in groups:
        for home in group.homes:
            yield {"group": group.name, **dict(home)}


def half_hour_rows(groups: Iterable[SharedGroup]) -> Iterator[Mapping[str, object]]:
    for group in groups:
        for half in group.home_half_hours:
            yield {"group": group.name, **dict(half), "timestamp": half.timestamp.isoformat()}


def write_csv(file: TextIO, rows: Iterable[Mapping[str, object]]) -> None:
    """With a header; nothing where there are no rows."""
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(file, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)


def _balance(group: SharedGroup) -> Table:
    missing = f", {group.generation_missing} without generation" if group.generation_missing else ""
    table = Table("energy", "kWh", title=f"{group.name}: {group.half_hours} half hours{missing}")
    for name in ("generation", "shared", "surplus", "consumption", "imported", "others", "residue"):
        kwh = getattr(group, f"{name}_kwh")
        table.add_row(name, "not known" if kwh is None else format_quantity(kwh))
    if group.residue_kwh is not None:
        table.caption = f"the boundary was measured in {group.boundary_known} half hours"
    return table


def _members(group: SharedGroup) -> Table:
    table = Table("home", "consumption", "shared", "imported", "surplus credited")
    for home in group.homes:
        energy = home.consumption_kwh, home.shared_kwh, home.imported_kwh, home.surplus_kwh
        table.add_row(home.plot, *map(format_quantity, energy))
    return table


def _half_hours(group: SharedGroup) -> Table:
    table = Table("half hour (UTC)", "generation", "consumption", "shared")
    for half in group.home_half_hours:
        energy = half.generation_kwh, half.consumption_kwh, half.shared_kwh
        table.add_row(f"{half.timestamp:%Y-%m-%d %H:%M}", *map(format_quantity, energy))
    return table
