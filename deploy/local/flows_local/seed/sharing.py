"""What the roofs generate, shared by the homes that are billed; meters in prepay mode bill themselves."""

from collections.abc import Sequence
from typing import Final

from flows_local.seed.homes import Home
from flows_local.seed.network import ESCO, property_id
from flows_local.seed.rows import Tables, row_id

GROUP: Final = row_id("sharing_group")
SINCE: Final = "2024-04-02"
INTERNAL_RATE, SURPLUS_RATE = "0.14500", "0.05000"


def sharing(homes: Sequence[Home]) -> Tables:
    """A group in proportion to consumption; its surplus is the community's."""
    return {
        "public.sharing_groups": [{"id": GROUP, "esco": ESCO, "name": "Water Lane roofs"}],
        "public.sharing_terms": [
            {
                "id": row_id("sharing_terms", SINCE),
                "sharing_group": GROUP,
                "period_start": SINCE,
                "method": "proportional",
                "redistribute": False,
                "internal_rate": INTERNAL_RATE,
                "surplus_rate": SURPLUS_RATE,
                "includes_vat": True,
            }
        ],
        "public.sharing_members": [
            {
                "id": row_id("sharing_member", home.number),
                "sharing_group": GROUP,
                "property": property_id(home),
                "start_date": SINCE,
            }
            for home in homes
            if not home.prepay
        ],
        "public.sharing_meters": [
            {"sharing_group": GROUP, "register": row_id("register", home.solar_serial, "SINGLE"), "role": "generation"}
            for home in homes
            if home.has_solar
        ],
    }
