"""What was found of readings, as commands and routes say it."""

from decimal import Decimal

from flows_meter_sync.energy import KWH_STEPS, kwh
from flows_meter_sync.files.rows import RowOutcome
from flows_meter_sync.readings.estimate import Estimated
from flows_meter_sync.readings.gaps import Gap
from flows_meter_sync.readings.validate import Flagged
from flows_shared.contracts.readings import EstimatedHalfHours, ImportedRow, MissingHalfHours, WrongReading


def missing_half_hours(gap: Gap) -> MissingHalfHours:
    return MissingHalfHours(
        serial=gap.register.serial,
        element=gap.register.element,
        start=gap.period.start,
        end=gap.period.end,
        half_hours=gap.half_hours,
        estimated=gap.estimated,
        reasons="; ".join(gap.reasons),
        tries=gap.tries,
    )


def wrong_reading(flagged: Flagged) -> WrongReading:
    register, flag = flagged
    return WrongReading(
        serial=register.serial,
        element=register.element,
        start=flag.timestamp,
        kwh=kwh(flag.energy),
        rule=flag.rule,
        details=flag.details,
    )


def estimated_half_hours(found: Estimated) -> EstimatedHalfHours:
    return EstimatedHalfHours(
        serial=found.register.serial,
        element=found.register.element,
        missing=found.missing,
        estimated=len(found.estimates),
        kwh=Decimal(sum(each.energy for each in found.estimates)) / KWH_STEPS,
        methods=", ".join(sorted({each.method.value for each in found.estimates})),
    )


def imported_row(row: RowOutcome) -> ImportedRow:
    return ImportedRow(file=row.place.file, line=row.place.line, outcome=row.outcome, details=row.details)
