"""What of a bill is charged for."""

from dataclasses import replace

from flows_billing.rating.bill import Bill
from flows_billing.rating.charges import Charge, charge_of


def charges(issued: Bill) -> list[Charge]:
    """As the database holds them: without the energy of each day."""
    return [replace(charge_of(line), days_kwh=()) for line in issued.lines]
