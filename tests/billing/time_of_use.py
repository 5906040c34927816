"""Prices by time of use in the database."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from billing.community import Community
from flows_shared.time import Month

JUNE = Month(2026, 6)  # 30 days: 1,440 half hours


JULY_3 = datetime(2026, 7, 3, 9, tzinfo=UTC)


async def profile(community: Community, *bands: dict[str, Any]) -> UUID:
    """A rate profile with these bands, in their order."""
    made: UUID = await community.value(
        "INSERT INTO public.rate_profiles (esco, name) VALUES ($1, 'times') RETURNING id", community.esco
    )
    for position, band in enumerate(bands, start=1):
        columns = {"profile": made, "position": position, **band}
        places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        await community.execute(
            f"INSERT INTO public.rate_bands ({', '.join(columns)}) VALUES ({places})", *columns.values()
        )
    return made


async def component(community: Community, tariff: UUID, kind: str, rate: str, **columns: Any) -> None:
    values = {"microgrid_tariff": tariff, "kind": kind, "rate": Decimal(rate), "includes_vat": True, **columns}
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await community.execute(
        f"INSERT INTO public.tariff_components ({', '.join(values)}) VALUES ({places})", *values.values()
    )


async def night_and_day(community: Community) -> UUID:
    """30p by day, 10p from midnight to 7, 50p a day."""
    times = await profile(community, {"band": "night", "starts_at": time(0), "ends_at": time(7)})
    tariff = await community.tariff("0.30000", "0.50000", rate_profile=times)
    await component(community, tariff, "unit_rate", "0.10000", band="night")
    return tariff
