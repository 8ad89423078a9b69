"""The network a request comes from, as far as we want to know it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from flask import Request, current_app, request

# How a network without IPv4 reaches us (RFC 6052): the IPv4 address stands at the end.
_TRANSLATED = IPv6Network("64:ff9b::/96")
KEY_LENGTH = 16
# Who has a /48 of IPv6 has 65,536 of the networks that count as one each: they share what so many
# of them may send.
SHARED_BY = 8


def subscriber_of(address: str) -> str:
    """The /32 of an IPv4 address, the /48 of an IPv6 one (one subscriber at most providers)."""
    parsed = _parsed(address)
    return address if parsed is None else _network(parsed, 48)


def _network(parsed: IPv4Address | IPv6Address, length: int = 64) -> str:
    """``length``: of the prefix of an address of IPv6."""
    if isinstance(parsed, IPv4Address):
        return f"{parsed}/32"
    rest = parsed.max_prefixlen - length
    return f"{IPv6Address(int(parsed) >> rest << rest)}/{length}"


def sent_from(asked: Request, networks: Collection[IPv4Network | IPv6Network]) -> bool:
    """Whether a request comes from one of some networks."""
    sender = _parsed(asked.remote_addr or "") if networks else None
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


class Sender(NamedTuple):
    """``prefix``: the /32 of an IPv4 address, the /64 of an IPv6 one (one household or one server);
    ``keys``: what stands for it where limits count, each with how
    many times the limit of one network it may reach: the network, and with IPv6 the /48 (one
    subscriber at most providers) that it lies in. They are keyed hashes, so that the storage of the
    counters holds no address."""

    prefix: str
    keys: tuple[tuple[str, int], ...]


def sender_of(asked: Request) -> Sender:
    """Who sent a request. Gone with it: addresses are remembered nowhere."""
    return sender_at(asked.remote_addr or "unknown")


def sender_at(address: str) -> Sender:
    """Who sends from an address. What is no address is its own prefix."""
    parsed = _parsed(address)
    prefix = address if parsed is None else _network(parsed)
    keys = [(_keyed(prefix), 1)]
    if isinstance(parsed, IPv6Address):
        keys.append((_keyed(_network(parsed, 48)), SHARED_BY))
    return Sender(prefix, tuple(keys))


def sender_key() -> str:
    """What stands for the sender of the present request where limits count."""
    return sender_of(request).keys[0][0]


def _keyed(prefix: str) -> str:
    key = _sender_secret(str(current_app.config["SECRET_KEY"]))
    return hashlib.blake2b(prefix.encode(), key=key, digest_size=KEY_LENGTH).hexdigest()


@lru_cache(maxsize=4)
def _sender_secret(secret: str) -> bytes:
    return hashlib.sha256(b"sender" + secret.encode()).digest()
