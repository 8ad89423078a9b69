"""The block list of a site: what is in it, and changing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_network

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.language import gettext
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
        words = gettext("must have at most %(most)s printable characters.", most=MAX_REASON)
        raise InvalidBlock(f"reason: {words}")
    known = blocks_of(session, site)
    if any(block.pattern == pattern for block in known[kind]):
        words = gettext("%(pattern)s is blocked already.", pattern=pattern)
        raise InvalidBlock(f"{kind}: {words}")
    if sum(map(len, known.values())) >= MAX_BLOCKS:
        words = gettext("a site can have %(most)s blocks at most.", most=MAX_BLOCKS)
        raise InvalidBlock(f"{kind}: {words}")
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
        words = gettext("%(pattern)s is not blocked.", pattern=pattern)
        raise InvalidBlock(f"{kind}: {words}")


def _checked(kind: str, pattern: str) -> str:
    """A pattern in the one spelling in which it is kept."""
    if kind not in BLOCK_KINDS:
        words = gettext("must be one of %(known)s.", known=", ".join(BLOCK_KINDS))
        raise InvalidBlock(f"kind: {words}")
    if kind == "network":
        try:
            return str(ip_network(pattern, strict=False))
        except ValueError:
            words = gettext(
                "%(pattern)s is not a network. Write 192.0.2.0/24 or 2001:db8::/32.",
                pattern=pattern,
            )
            raise InvalidBlock(f"network: {words}") from None
    if not pattern.strip("*?. ") or len(pattern) > MAX_PATTERN or not pattern.isprintable():
        words = gettext(
            "must have 1 to %(most)s printable characters beside *, and not fit all.",
            most=MAX_PATTERN,
        )
        raise InvalidBlock(f"{kind}: {words}")
    return pattern
