"""The block list of a site: what is in it, and changing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_network

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.models import Block, Site
from server.models.block import BLOCK_KINDS

MAX_BLOCKS = 1_000
MAX_PATTERN = 300
MAX_REASON = 200


class InvalidBlock(ValueError):  # noqa: N818 - names what is wrong, not that it is an error
    """A pattern that cannot be blocked; the message says why."""


def blocks_of(session: Session, site: Site) -> Mapping[str, Sequence[Block]]:
    """A site's entries by kind, each kind present, in the order in which they were added."""
    found: dict[str, list[Block]] = {kind: [] for kind in BLOCK_KINDS}
    for block in session.scalars(
        select(Block).where(Block.site_id == site.id).order_by(Block.id).limit(MAX_BLOCKS)
    ):
        found[block.kind].append(block)
    return found


def add_block(session: Session, site: Site, kind: str, pattern: str, reason: str = "") -> Block:
    """Block a network, a word or an address from now on; ``reason`` is for the owners' eyes.
    Raises InvalidBlock."""
    pattern, reason = _checked(kind, pattern.strip()), reason.strip()
    if len(reason) > MAX_REASON or not reason.isprintable():
        raise InvalidBlock(f"reason: must have at most {MAX_REASON} printable characters.")
    known = blocks_of(session, site)
    if any(block.pattern == pattern for block in known[kind]):
        raise InvalidBlock(f"{kind}: {pattern} is blocked already.")
    if sum(map(len, known.values())) >= MAX_BLOCKS:
        raise InvalidBlock(f"{kind}: a site can have {MAX_BLOCKS} blocks at most.")
    block = Block(site_id=site.id, kind=kind, pattern=pattern, reason=reason)
    session.add(block)
    session.flush()
    return block


def remove_block(session: Session, site: Site, kind: str, pattern: str) -> None:
    """Block it no longer. Raises InvalidBlock where it was not blocked."""
    pattern = _checked(kind, pattern.strip())
    gone = session.execute(
        delete(Block)
        .where(Block.site_id == site.id, Block.kind == kind, Block.pattern == pattern)
        .returning(Block.id)
    ).all()
    if not gone:
        raise InvalidBlock(f"{kind}: {pattern} is not blocked.")


def _checked(kind: str, pattern: str) -> str:
    """A pattern in the one spelling in which it is kept."""
    if kind not in BLOCK_KINDS:
        raise InvalidBlock(f"kind: must be one of {', '.join(BLOCK_KINDS)}.")
    if kind == "network":
        try:
            return str(ip_network(pattern, strict=False))
        except ValueError:
            raise InvalidBlock(
                f"network: {pattern!r} is not a network. Write 192.0.2.0/24 or 2001:db8::/32."
            ) from None
    if not pattern.strip("*?. ") or len(pattern) > MAX_PATTERN or not pattern.isprintable():
        raise InvalidBlock(
            f"{kind}: must have 1 to {MAX_PATTERN} printable characters beside *, and not fit all."
        )
    return pattern
