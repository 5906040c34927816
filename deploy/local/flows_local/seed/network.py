"""The metered side: community, sites, wiring, meters, registers and circuits."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Address
from math import ceil

from flows_local.seed.homes import SOLAR_HARDWARE, Home
from flows_local.seed.rows import Row, Tables, row_id

ESCO_CODE = "WLCE"
ESCO = row_id("esco", ESCO_CODE)
REGION = "L"
SITES = ("Water Lane North", "Water Lane South")
HOMES_A_FEEDER = 12
FIRST_ADDRESS = IPv4Address("127.1.0.1")
COMMISSIONED, COMMISSIONED_WEEK = "2024-04-02T10:00:00Z", "2024-W14-2"


def community(app_url: str | None) -> Tables:
    """The ESCO and its sites."""
    return {
        "flows.escos": [
            {
                "id": ESCO,
                "name": "Water Lane Community Energy",
                "code": ESCO_CODE,
                "app_url": app_url,
                "region": REGION,
                "vat_number": "GB 123 4567 82",
                "address": "The Old Pump House, Water Lane, Totnes TQ9 5XX",
                "contact_email": "hello@water-lane.example",
                "contact_phone": "01632 960 123",
                "complaint_route": "write to complaints@water-lane.example or call us; we answer in 10 days",
                "redress_body": "after 8 weeks turn to the Energy Ombudsman, www.energyombudsman.org, for free",
                "bank_account_name": "Water Lane Community Energy Ltd",
                "bank_sort_code": "123456",
                "bank_account_number": "98765432",
                "bank_iban": "GB82WEST12345698765432",
                "bank_bic": "WESTGB2L",
            }
        ],
        "flows.sites_new": [
            {"id": _site(site), "name": name, "code": f"WL{name.split()[-1][0]}", "esco": ESCO}
            for site, name in enumerate(SITES)
        ],
    }


def wiring(homes: Sequence[Home]) -> Tables:
    """Feeders and service heads; a home's meters hang on its own head."""
    feeders = sorted({(home.site, _feeder_number(home)) for home in homes})
    return {
        "flows.feeder_registry": [
            {"id": row_id("feeder", *feeder), "name": f"{SITES[feeder[0]]} {feeder[1]}", "esco": ESCO}
            for feeder in feeders
        ],
        "flows.service_head_registry": [
            {
                "id": _head(home),
                "name": f"WL-{home.number:03}",
                "feeder": row_id("feeder", home.site, _feeder_number(home)),
                "phase": home.number % 3 + 1,
                "fuse_rating": 100 if home.hardware == "P1.ax" else 80,
                "type": "customer_owned" if home.number % 5 == 0 else "network_owned",
            }
            for home in homes
        ],
        "flows.properties_service_head": [
            {"property": property_id(home), "service_head": _head(home)} for home in homes
        ],
        "flows.service_head_meter": [
            {"service_head": _head(home), "meter": meter_id(serial)} for home in homes for serial in serials(home)
        ],
    }


def meters(homes: Sequence[Home], since: datetime) -> Tables:
    """Meters on loopback addresses, with the registers that measure from `since` on, and what these are used for."""
    return {
        "flows.meter_registry": [_meter(home, serial) for home in homes for serial in serials(home)],
        "flows.meter_registers": [
            {
                "register_id": row_id("register", serial, element),
                "meter_id": meter_id(serial),
                "element": element,
                "nature": nature,
                "start_time": since.isoformat(),
            }
            for home in homes
            for serial, element, nature in _registers(home)
        ],
        "flows.circuits": [
            {"id": row_id("circuit", home.number, nature), "type": nature, "name": f"{home.address}, {nature}"}
            for home in homes
            for _, _, nature in _registers(home)
        ],
        "flows.circuit_register": [
            {
                "circuit": row_id("circuit", home.number, nature),
                "register": row_id("register", serial, element),
                "start_time": COMMISSIONED,
            }
            for home in homes
            for serial, element, nature in _registers(home)
        ],
    }


def serials(home: Home) -> list[str]:
    return [home.supply_serial, home.solar_serial] if home.has_solar else [home.supply_serial]


def meter_id(serial: str) -> str:
    return row_id("meter", serial)


def property_id(home: Home) -> str:
    return row_id("property", home.number)


def site_id(home: Home) -> str:
    return _site(home.site)


def _meter(home: Home, serial: str) -> Row:
    solar = serial == home.solar_serial
    return {
        "id": meter_id(serial),
        "serial": serial,
        "name": f"{home.address}, {'solar' if solar else 'supply'}",
        "ip_address": str(FIRST_ADDRESS + 2 * home.number + solar),
        "hardware": SOLAR_HARDWARE if solar else home.hardware,
        "esco": ESCO,
        "site": site_id(home),
        "prepay_enabled": home.prepay and not solar,
        "single_meter_app": False,
        "commissioned_iso_week_date": COMMISSIONED_WEEK,
    }


def _registers(home: Home) -> list[tuple[str, str, str]]:
    """Serial, element, nature. A twin element meter measures the heat pump apart."""
    supply = [("A", "power"), ("B", "heat")] if home.twin_element else [("SINGLE", "power")]
    registers = [(home.supply_serial, element, nature) for element, nature in supply]
    return [*registers, (home.solar_serial, "SINGLE", "solar")] if home.has_solar else registers


def _site(number: int) -> str:
    return row_id("site", number)


def _head(home: Home) -> str:
    return row_id("service_head", home.number)


def _feeder_number(home: Home) -> int:
    return ceil(home.number / (HOMES_A_FEEDER * len(SITES)))
