"""The network a request comes from, as far as we want to know it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from flask import current_app, request

# How a network without IPv4 reaches us (RFC 6052): the IPv4 address stands at the end.
_TRANSLATED = IPv6Network("64:ff9b::/96")
KEY_LENGTH = 16
# Who has a /48 of IPv6 has 65,536 of the networks that count as one each: they share what so many
# of them may send.
SHARED_BY = 8


# Readers of one moment; nothing of it outlives the process.
@lru_cache(maxsize=256)
def prefix_of(address: str) -> str:
    """The /32 of an IPv4 address, the /64 of an IPv6 one (one household or one server).

    What is no address is returned unchanged.
    """
    parsed = _parsed(address)
    if parsed is None:
        return address
    if isinstance(parsed, IPv4Address):
        return f"{parsed}/32"
    return str(IPv6Network((parsed, 64), strict=False))


def wide_prefix_of(address: str) -> str | None:
    """The /48 of an IPv6 address (one subscriber at most providers); None of any other."""
    parsed = _parsed(address)
    if not isinstance(parsed, IPv6Address):
        return None
    return str(IPv6Network((parsed, 48), strict=False))


def sent_from(networks: Collection[IPv4Network | IPv6Network]) -> bool:
    """Whether the present request comes from one of some networks."""
    sender = _parsed(request.remote_addr or "") if networks else None
    return sender is not None and any(sender in network for network in networks)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """An address; one of IPv4 that is mapped or translated into IPv6 as the former, as all of
    them share one /64."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        if parsed in _TRANSLATED:
            return IPv4Address(int(parsed) & 0xFFFFFFFF)
        return parsed.ipv4_mapped or parsed
    return parsed


def address_prefix() -> str:
    """The prefix of the present request's sender."""
    return prefix_of(request.remote_addr or "unknown")


def sender_key() -> str:
    """What stands for the sender where limits count: a keyed hash of the prefix, so that the
    storage of the counters holds no address."""
    return sender_keys()[0][0]


def sender_keys() -> tuple[tuple[str, int], ...]:
    """What stands for the sender where limits count, each with how many times the limit of one
    network it may reach: the network, and with IPv6 the /48 that it lies in."""
    secret = str(current_app.config["SECRET_KEY"])
    narrow, wide = _keys_of(request.remote_addr or "unknown", secret)
    return ((narrow, 1),) if wide is None else ((narrow, 1), (wide, SHARED_BY))


@lru_cache(maxsize=256)
def _keys_of(address: str, secret: str) -> tuple[str, str | None]:
    wide = wide_prefix_of(address)
    return _keyed(prefix_of(address), secret), None if wide is None else _keyed(wide, secret)


def _keyed(prefix: str, secret: str) -> str:
    key = _sender_secret(secret)
    return hashlib.blake2b(prefix.encode(), key=key, digest_size=KEY_LENGTH).hexdigest()


@lru_cache(maxsize=4)
def _sender_secret(secret: str) -> bytes:
    return hashlib.sha256(b"sender" + secret.encode()).digest()
