"""What came of a group's month, for people: each member, the group beside its boundary, and a home's half hours."""

from asyncio import to_thread
from collections.abc import Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from flows_billing.sharing.allocation import UNKNOWN, Allocation, allocate_month, kwh
from flows_billing.stores.sharing import read_series, sharing_in
from flows_shared.contracts.sharing import SharedGroup, SharedHalfHour, SharedHome
from flows_shared.db import Connection
from flows_shared.time import Month

HOMES = """
    SELECT property.id, property.plot FROM public.properties AS property WHERE property.id = ANY($1) ORDER BY plot, id
"""
HOME_OF_ACCOUNT = "SELECT property FROM public.accounts WHERE id = $1"


async def share_month(
    db: Connection, esco: UUID, month: Month, zone: ZoneInfo, *, account: UUID | None = None
) -> list[SharedGroup]:
    """The month of each of the community's groups, with every half hour of an account's home. Nothing is stored."""
    home = await db.fetchval(HOME_OF_ACCOUNT, account) if account else None
    groups = []
    for group in (await sharing_in(db, esco, month)).groups:
        readings = await read_series(db, group, month, zone)
        found = await to_thread(allocate_month, group, readings, month, zone)
        plots = {row["id"]: row["plot"] for row in await db.fetch(HOMES, list(found.shared_by_home))}
        groups.append(_group(found, plots, home))
    return groups


def _group(found: Allocation, plots: dict[UUID, str], home: UUID | None) -> SharedGroup:
    residues = [residue for residue in _residues(found) if residue is not None]
    surplus = sum(found.surplus(number) for number in range(len(found.shared)))
    return SharedGroup(
        group=found.group.id,
        name=found.group.name,
        half_hours=len(found.shared),
        generation_missing=found.generation.count(UNKNOWN),
        generation_kwh=kwh(sum(wh for wh in found.generation if wh != UNKNOWN)),
        consumption_kwh=kwh(sum(found.consumption)),
        shared_kwh=kwh(sum(found.shared)),
        imported_kwh=kwh(sum(found.consumption) - sum(found.shared)),
        surplus_kwh=kwh(surplus),
        others_kwh=kwh(sum(found.others)),
        boundary_known=len(residues),
        residue_kwh=kwh(sum(residues)) if residues else None,
        homes=tuple(_home(found, home, plot) for home, plot in plots.items()),
        home_half_hours=tuple(_half_hours(found, home)) if home in found.shared_by_home else (),
    )


def _residues(found: Allocation) -> Iterator[int | None]:
    """Wh that came in and were measured by nobody inside; none where the boundary is not known."""
    came, went = found.boundary()
    for number, (generated, consumed, others) in enumerate(
        zip(found.generation, found.consumption, found.others, strict=True)
    ):
        known = UNKNOWN not in (came[number], went[number])
        yield max(0, generated) + came[number] - went[number] - consumed - others if known else None


def _home(found: Allocation, home: UUID, plot: str) -> SharedHome:
    shared, surplus = found.shared_by_home[home], found.surplus_by_home.get(home, ())
    consumed = found.consumed_by_home[home]
    return SharedHome(
        home=home,
        plot=plot,
        consumption_kwh=kwh(consumed),
        shared_kwh=kwh(sum(shared)),
        imported_kwh=kwh(consumed - sum(shared)),
        surplus_kwh=kwh(sum(surplus)),
    )


def _half_hours(found: Allocation, home: UUID) -> Iterator[SharedHalfHour]:
    registers = found.readings.homes.get(home, {}).values()
    times = found.readings.period.half_hours()
    for number, (at, shared) in enumerate(zip(times, found.shared_by_home[home], strict=True)):
        consumed = sum(series[number] for series in registers)
        yield SharedHalfHour(
            timestamp=at,
            generation_kwh=kwh(max(0, found.generation[number])),
            consumption_kwh=kwh(consumed),
            shared_kwh=kwh(shared),
        )
