"""Which addresses are anybody's, and none of a network of our own."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address

_CLOSED_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        # IANA's special-purpose registry (RFC 6890), multicast, class E …
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # … and the one metadata service that lives among public addresses (Azure).
        "168.63.129.16/32",
    )
)
# The only unicast space that is handed out to anybody …
_OPEN_6 = ipaddress.IPv6Network("2000::/3")
# … without tunnels that end at an IPv4 address of the sender's choice, and documentation.
_CLOSED_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
# A network with IPv6 alone reaches IPv4 through these (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is of the public internet: neither ours, nor this machine's, nor a way
    around to one of them (mapped into IPv6, NAT64, tunnels)."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)
