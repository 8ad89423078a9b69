"""The network a request comes from, as far as we want to know it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request


def prefix_of(address: str) -> str:
    """The /32 of an IPv4 address, the /64 of an IPv6 one (one household or one server).

    An IPv4 address mapped into IPv6 counts as IPv4. What is no address is returned unchanged.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return f"{parsed.ipv4_mapped}/32"
        return str(ip_network((parsed, 64), strict=False))
    return f"{parsed}/32"


def address_prefix() -> str:
    """The prefix of the present request's sender; the key by which limits count."""
    return prefix_of(request.remote_addr or "unknown")
