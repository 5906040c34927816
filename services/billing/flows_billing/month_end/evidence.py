"""The evidence of a month: tables as files, a summary that people read, and a manifest that tells any change."""

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from flows_billing.month_end.table import EvidenceTable
from flows_shared.money import format_pounds
from flows_shared.time import Month

MANIFEST: Final = "manifest.json"
SUMMARY: Final = "summary.md"
ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)  # so that the same files make the same archive
DUE: Final = "correction"  # a check that disagrees until its invoice is corrected
APART_PENCE: Final = 100  # a balance is reported once in a while, so a part of a day's use may be between
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


@dataclass(frozen=True, slots=True)
class EvidenceHeading:
    """Of which community and month, when and for whom."""

    esco_code: str
    month: Month
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """`problems` are what a person should look at before the month is closed."""

    heading: EvidenceHeading
    files: Mapping[str, bytes]
    problems: Sequence[str]

    @property
    def manifest_sha256(self) -> str:
        return hashlib.sha256(self.files[MANIFEST]).hexdigest()

    @property
    def name(self) -> str:
        return f"{self.heading.esco_code}-{self.heading.month}"


def make_evidence(heading: EvidenceHeading, tables: Sequence[EvidenceTable]) -> Evidence:
    """The manifest and the summary name the time; the tables are the same for the same books."""
    problems = find_problems({table.name: table for table in tables})
    files = {f"{table.name}.csv": table_csv(table) for table in tables}
    files[SUMMARY] = _summary(heading, tables, problems).encode()
    rows = {f"{table.name}.csv": len(table.rows) for table in tables}
    files[MANIFEST] = _manifest(heading, files, rows)
    return Evidence(heading, files, problems)


def find_problems(tables: Mapping[str, EvidenceTable]) -> list[str]:
    """Sentences, the gravest first."""
    checks, numbers, accounts = tables["checks"], tables["numbers"], tables["accounts"]
    ledger, accrued = tables["ledger"], tables["accrued"]
    of = Counter(checks.column("of"))
    wrong = of.total() - of[DUE]
    problems = [f"{wrong} checks of the ledger and the invoices disagree"] if wrong else []
    if of[DUE]:
        problems.append(f"{of[DUE]} invoices are to be corrected, or left as they are by a decision")
    if total := ledger.total("closing_pence"):
        problems.append(f"the ledger sums to {total}p, not to zero")
    for series, missing in zip(numbers.column("series"), numbers.column("missing"), strict=True):
        if missing:
            problems.append(f"numbers of series {series} are missing: {missing}")
    outcomes = Counter(accounts.column("outcome"))
    if failed := outcomes["failed"]:
        problems.append(f"{failed} accounts could not be billed")
    reasons = Counter(accounts.column("reason"))
    if unseen := sum(reasons[reason] for reason in ("no_run", "not_in_run", "invoice_void")):
        problems.append(f"{unseen} accounts have neither an invoice nor an outcome of a run")
    if unpriced := accrued.column("basis").count("no price"):
        problems.append(f"{unpriced} unbilled accounts cannot be valued: they have no price")
    return problems + _prepay_problems(tables["prepay"])


def _prepay_problems(prepay: EvidenceTable) -> list[str]:
    """Where what a meter took from its balance is not what its energy should have taken, or is not known."""
    meters = list(zip(prepay.column("used_pence"), prepay.column("energy_pence"), strict=True))
    silent = [energy for used, energy in meters if used is None and energy]
    apart = [(used, energy) for used, energy in meters if used is not None and abs(used - (energy or 0)) > APART_PENCE]
    problems = []
    if silent:
        used = format_pounds(int(sum(silent)))
        problems.append(f"{len(silent)} prepay meters reported no balance before or within the month: they used {used}")
    if apart:
        taken, due = (format_pounds(int(sum(pair[side] or 0 for pair in apart))) for side in (0, 1))
        problems.append(f"{len(apart)} prepay meters took {taken} from their balances, and {due} by their energy")
    return problems


def table_csv(table: EvidenceTable) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode()


def zipped(evidence: Evidence) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(evidence.files):
            archive.writestr(zipfile.ZipInfo(f"{evidence.name}/{name}", ZIP_DATE), evidence.files[name])
    return data.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case str() if value.startswith(FORMULA):
            return f"'{value}"
    return str(value)


def _manifest(heading: EvidenceHeading, files: Mapping[str, bytes], rows: Mapping[str, int]) -> bytes:
    listed = [
        {
            "name": name,
            "bytes": len(files[name]),
            "sha256": hashlib.sha256(files[name]).hexdigest(),
            **({"rows": rows[name]} if name in rows else {}),
        }
        for name in sorted(files)
    ]
    manifest = {
        "community": heading.esco_code,
        "month": str(heading.month),
        "taken_at": heading.at.isoformat(),
        "taken_by": heading.by,
        "files": listed,
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def _summary(heading: EvidenceHeading, tables: Sequence[EvidenceTable], problems: Sequence[str]) -> str:
    named = {table.name: table for table in tables}
    outcomes = Counter(named["accounts"].column("outcome"))
    accrued, prepay, ledger = named["accrued"], named["prepay"], named["ledger"]
    closing = dict(zip(ledger.column("code"), ledger.column("closing_pence"), strict=True))
    decided = Counter(named["exceptions"].column("kind"))
    lines = [
        f"# {heading.esco_code} {heading.month}",
        f"Taken at {heading.at:%Y-%m-%d %H:%M} UTC by {heading.by}.",
        "",
        "## To look at",
        *([f"- {problem}" for problem in problems] or ["Nothing: all controls agree."]),
        "",
        "## Billing",
        *[f"- {count} accounts {outcome.replace('_', ' ')}" for outcome, count in sorted(outcomes.items())],
        f"- {format_pounds(named['accounts'].total('total_pence'))} invoiced for the month",
        f"- {sum(accrued.column('kwh'), Decimal(0)):f} kWh unbilled, "
        f"{format_pounds(accrued.total('total_pence'))} at its tariffs",
        *[
            f"- series {series}: {found} of {expected} numbers, {void} void"
            for series, _, _, expected, found, void, _ in named["numbers"].rows
        ],
        "",
        "## Ledger at the month's end",
        *[f"- {name}: {format_pounds(int(closing[code]))}" for code, name, *_ in ledger.rows],
        "",
        "## Prepay",
        f"- {len(prepay.rows)} meters report {format_pounds(prepay.total('closing_pence'))}; "
        f"the ledger put {format_pounds(prepay.total('ledger_topups_pence'))} on them",
        f"- {format_pounds(prepay.total('used_pence'))} used in the month, "
        f"{format_pounds(prepay.total('energy_pence'))} by their energy",
        "",
        "## Decided by hand",
        *([f"- {count} {kind.replace('_', ' ')}" for kind, count in sorted(decided.items())] or ["Nothing."]),
        "",
        "## Files",
        *[f"- {table.name}.csv: {table.about} ({len(table.rows)})" for table in tables],
    ]
    return "\n".join(lines) + "\n"
