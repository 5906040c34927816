"""The simulated meters: where each of them listens, and what the simulator is told of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from flows_local.ports import free_ports, is_free
from flows_local.seed.network import ESCO
from flows_local.seed.store import Meter, meters_of, move_meters
from flows_shared.db import JSON, Connection
from flows_shared.time import LONDON, Month, local_date, local_midnight

ONE_ADDRESS = "127.0.0.1"
LATITUDE = 50.4  # Totnes
THREE_PHASE_HOME_KWH = 7_400  # a year; the simulator takes such a meter for a landlord's
MONTHLY_TOP_UP = Decimal(75)  # GBP that a prepay meter holds on the first of the month
TARIFF = """
    SELECT computed_unit_rate AS unit_rate_a, coalesce(computed_unit_rate_b, computed_unit_rate) AS unit_rate_b,
           computed_standing_charge AS standing_charge, emergency_credit,
           ecredit_button_threshold AS ecredit_availability, debt_recovery_rate
      FROM public.microgrid_tariffs
     WHERE esco = $1 AND period_start <= $2 AND superseded_by IS NULL
     ORDER BY period_start DESC
     LIMIT 1
"""


async def place_meters(db: Connection) -> list[Meter]:
    """The community's meters, each at a place where it can listen.

    The addresses in the registry, one a meter, stay where this machine has them and they are free; else the meters
    move to ports of one address.
    """
    meters = await meters_of(db, ESCO)
    if all(is_free(meter.port, meter.host) for meter in meters):
        return meters
    ports = free_ports(len(meters))
    await move_meters(db, {meter.serial: (ONE_ADDRESS, port) for meter, port in zip(meters, ports, strict=True)})
    return await meters_of(db, ESCO)


async def describe_meters(db: Connection, meters: Sequence[Meter], now: datetime) -> str:
    """What `flows simulate --config` reads; the meters charge what the community does."""
    today = local_date(now, LONDON)
    tariff = await db.fetchrow(TARIFF, ESCO, today)
    assert tariff is not None
    defaults: JSON = {
        "latitude": LATITUDE,
        "tariff": {name: str(amount) for name, amount in tariff.items()},
        "balance": str(MONTHLY_TOP_UP),
        "balance_at": local_midnight(Month.of(today).first_day, LONDON).isoformat(),
    }
    described: list[JSON] = [_describe(meter) for meter in meters]
    return json.dumps({"defaults": defaults, "meters": described}, indent=1)  # JSON is YAML too


def _describe(meter: Meter) -> JSON:
    return {
        "serial": meter.serial,
        "hardware": meter.hardware,
        "nature": "solar" if meter.solar else "power",
        "address": meter.host,
        "port": meter.port,
        "prepay": meter.prepay,
        "kwh_a_year": THREE_PHASE_HOME_KWH if meter.hardware == "P1.ax" else None,
    }
