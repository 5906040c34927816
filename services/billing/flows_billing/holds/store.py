"""What holds bills, and the holds themselves, in the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from flows_billing.communities.esco import Esco
from flows_billing.errors import NothingHeld
from flows_billing.holds.rules import HOLD_REASONS, ReadsAround, Spike, reads_hold, spike_hold
from flows_billing.outcomes import NotBilled
from flows_billing.rating.bill import Measured
from flows_billing.rating.plan import Plan
from flows_billing.rating.shared_energy import Shared
from flows_billing.usage.metered import UsageKey, half_hours_touched
from flows_shared.db import Connection
from flows_shared.time import Month, Period
from flows_shared.vocabulary.billing import SharingMeterRole

# A value that was put right since is no spike any more, before it is checked again.
SPIKES: Final = """
    SELECT flag.register_id, flag.timestamp, flag.kwh, string_agg(flag.details, ', ' ORDER BY flag.rule) AS details
      FROM flows.register_interval_flags AS flag
      JOIN flows.register_interval_hh AS hh
        ON hh.register_id = flag.register_id AND hh.timestamp = flag.timestamp AND hh.kwh = flag.kwh
     WHERE flag.register_id = ANY($1) AND flag.timestamp >= $2 AND flag.timestamp < $3
       AND flag.rule IN ('spike', 'above_fuse')
     GROUP BY flag.register_id, flag.timestamp, flag.kwh
"""
# The sums of whole spans are known: so only the half hours outside the reads are looked up, by key.
READS: Final = """
    SELECT span.number - 1 AS number, first.timestamp AS first_at, first.read AS first,
           last.timestamp AS last_at, last.read AS last,
           coalesce(before.of_all, 0) AS before, coalesce(before.of_whole, 0) AS before_whole,
           coalesce(after.of_all, 0) AS after, coalesce(after.of_whole, 0) AS after_whole
      FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[])
           WITH ORDINALITY AS span (register_id, starts_at, ends_at, number)
     CROSS JOIN LATERAL (SELECT timestamp, read FROM flows.register_import AS held
                          WHERE held.register_id = span.register_id
                            AND timestamp >= span.starts_at AND timestamp <= span.ends_at
                          ORDER BY timestamp LIMIT 1) AS first
     CROSS JOIN LATERAL (SELECT timestamp, read FROM flows.register_import AS held
                          WHERE held.register_id = span.register_id
                            AND timestamp > first.timestamp AND timestamp <= span.ends_at
                          ORDER BY timestamp DESC LIMIT 1) AS last
      LEFT JOIN LATERAL (SELECT sum(kwh) AS of_all,
                                sum(kwh) FILTER (WHERE timestamp + interval '30 minutes' <= first.timestamp) AS of_whole
                           FROM flows.register_intervals AS hh
                          WHERE hh.register_id = span.register_id
                            AND timestamp >= span.starts_at AND timestamp < first.timestamp) AS before ON true
      LEFT JOIN LATERAL (SELECT sum(kwh) AS of_all, sum(kwh) FILTER (WHERE timestamp >= last.timestamp) AS of_whole
                           FROM flows.register_intervals AS hh
                          WHERE hh.register_id = span.register_id
                            AND timestamp > last.timestamp - interval '30 minutes'
                            AND timestamp < span.ends_at) AS after ON true
"""
RELEASED: Final = """
    SELECT account, reason, details FROM public.bill_holds
     WHERE account = ANY($1) AND month = $2 AND released_at IS NOT NULL
"""
KEEP: Final = """
    INSERT INTO public.bill_holds AS held (account, month, reason, details)
    SELECT row.account, $1, row.reason, row.details
      FROM unnest($2::uuid[], $3::text[], $4::text[]) AS row (account, reason, details)
        ON CONFLICT (account, month, reason) DO UPDATE SET details = excluded.details
     WHERE held.details <> excluded.details
"""
OPEN: Final = """
    SELECT hold.id, account.account_number, hold.month, hold.reason, hold.details
      FROM public.bill_holds AS hold
      JOIN public.accounts AS account ON account.id = hold.account
      JOIN public.properties AS property ON property.id = account.property
     WHERE property.esco = $1 AND hold.released_at IS NULL
     ORDER BY hold.month, account.account_number, hold.reason
"""
RELEASE: Final = """
    UPDATE public.bill_holds SET release_reason = $3
     WHERE account = $1 AND month = $2 AND released_at IS NULL
    RETURNING reason
"""


@dataclass(frozen=True, slots=True)
class CountingRegister:
    """A register that counts on an account's bill for some time: of its home, or generating for its group."""

    account: UUID
    register: UUID
    time: Period
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A bill that waits."""

    id: UUID
    account_number: int
    month: Month
    reason: str
    details: str


async def find_holds(
    db: Connection, esco: Esco, month: Month, plans: Sequence[Plan], measured: Measured
) -> dict[UUID, NotBilled]:
    """By account, why its bill waits: what is found now and nobody has released."""
    spikes = await _spikes(db, month, plans, measured, esco) if esco.hold_spikes else {}
    reads = await _reads(db, plans, measured) if esco.hold_read_kwh is not None else {}
    found: defaultdict[UUID, list[NotBilled]] = defaultdict(list)
    for account in {plan.account.id for plan in plans}:
        tolerance = esco.hold_read_kwh or Decimal(0)
        holds = spike_hold(spikes.get(account, ())), reads_hold(reads.get(account, ()), tolerance)
        found[account] += [hold for hold in holds if hold]
    return await unreleased(db, month, {account: holds for account, holds in found.items() if holds})


async def unreleased(db: Connection, month: Month, found: Mapping[UUID, Sequence[NotBilled]]) -> dict[UUID, NotBilled]:
    """The first of each account's that no person has seen as it is and released."""
    rows = await db.fetch(RELEASED, list(found), month.first_day) if found else []
    released = {tuple(row) for row in rows}
    left = {
        account: [hold for hold in holds if (account, hold.reason, hold.details) not in released]
        for account, holds in found.items()
    }
    return {account: holds[0] for account, holds in left.items() if holds}


async def keep_holds(db: Connection, month: Month, outcomes: Mapping[UUID, object]) -> None:
    """Of the outcomes those that hold a bill, in the transaction that stores them."""
    rows = [
        (account, outcome.reason, outcome.details)
        for account, outcome in outcomes.items()
        if isinstance(outcome, NotBilled) and outcome.reason in HOLD_REASONS
    ]
    if rows:
        await db.execute(KEEP, month.first_day, *zip(*rows, strict=True))


async def open_holds(db: Connection, esco: UUID) -> list[Hold]:
    rows = await db.fetch(OPEN, esco)
    return [Hold(id, number, Month.of(month), reason, details) for id, number, month, reason, details in rows]


async def release_holds(db: Connection, account: UUID, month: Month, reason: str) -> list[str]:
    """Let the month's bill go, in the name of who acts; which holds it had."""
    released = [row["reason"] for row in await db.fetch(RELEASE, account, month.first_day, reason)]
    if not released:
        raise NothingHeld(month)
    return released


async def _spikes(
    db: Connection, month: Month, plans: Sequence[Plan], measured: Measured, esco: Esco
) -> Mapping[UUID, Collection[Spike]]:
    counted = [*_metered(plans), *_generated(plans, measured.shared, esco.zone)]
    period = month.period(esco.zone)
    flagged: defaultdict[UUID, list[Spike]] = defaultdict(list)
    for row in await db.fetch(SPIKES, list({each.register for each in counted}), period.start, period.end):
        flagged[row["register_id"]].append(Spike(*row))
    found: defaultdict[UUID, set[Spike]] = defaultdict(set)
    for each in counted:
        if spikes := flagged.get(each.register):
            time = half_hours_touched(each.time)
            own = (replace(spike, generated_for=each.group) for spike in spikes if spike.timestamp in time)
            found[each.account].update(own)
    return found


def _metered(plans: Iterable[Plan]) -> Iterator[CountingRegister]:
    return (CountingRegister(plan.account.id, s.register.id, s.span) for plan in plans for s in plan.segments)


def _generated(plans: Iterable[Plan], shared: Shared, zone: ZoneInfo) -> Iterator[CountingRegister]:
    """What too much is generated is shared with all members, and credited as surplus."""
    groups = {allocation.group.id: allocation.group for allocation in shared.allocations}
    return (
        CountingRegister(plan.account.id, meter.register, time, group.name)
        for plan in plans
        for part in plan.parts
        if part.sharing and (group := groups.get(part.sharing.group))
        for meter in group.meters
        if meter.role == SharingMeterRole.GENERATION and (time := meter.time_in(part.days, zone))
    )


async def _reads(db: Connection, plans: Iterable[Plan], measured: Measured) -> Mapping[UUID, Sequence[ReadsAround]]:
    segments = [(plan.account.id, segment.usage_key) for plan in plans for segment in plan.segments]
    times = [half_hours_touched(usage_key.span) for _, usage_key in segments]
    registers = [usage_key.register for _, usage_key in segments]
    found: defaultdict[UUID, list[ReadsAround]] = defaultdict(list)
    for row in await db.fetch(READS, registers, [t.start for t in times], [t.end for t in times]):
        account, usage_key = segments[row["number"]]
        found[account].append(_around(row, _total(measured, usage_key)))
    return found


def _around(row: asyncpg.Record, total: Decimal) -> ReadsAround:
    return ReadsAround(
        row["first_at"],
        row["first"],
        row["last_at"],
        row["last"],
        least=total - row["before"] - row["after"],
        most=total - row["before_whole"] - row["after_whole"],
    )


def _total(measured: Measured, usage_key: UsageKey) -> Decimal:
    return sum((usage.kwh for usage in measured.usages.get(usage_key, ())), Decimal(0))
