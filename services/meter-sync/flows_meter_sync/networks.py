"""Where meters may be: whoever writes an address into the registry shall not have any host of ours asked."""

from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network

# For private use (RFC 1918, RFC 6598, RFC 4193), as mobile operators give to meters. Not this machine, nor link-local
# addresses, where clouds tell secrets.
PRIVATE: Final = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7"


def parse_networks(text: str) -> tuple[Network, ...]:
    """Of a list with spaces or commas between; a `ValueError` names what is no network."""
    return tuple(ip_network(part) for part in text.replace(",", " ").split())


def is_within(host: str, networks: Collection[Network]) -> bool:
    """Whether the address is of one of the networks; an IPv4 address written as IPv6 is the IPv4 address."""
    address = ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)
