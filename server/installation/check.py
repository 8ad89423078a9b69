"""Looks at a page of a site and says in words what keeps the tag from working there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ada_url import URL

from server import outbound
from server.installation.page import ParsedPage, Tag
from server.installation.policy import allows_connection, allows_script, policies
from server.invalid import InvalidInput
from server.language import gettext, in_english_or
from server.text.address import AddressError, origin_allowed, origin_of

# Larger pages are read so far: tags stand near the beginning or not much later.
MOST_BYTES = 2_000_000
HEADERS = {
    "User-Agent": "Copydesk (looks whether the tag is on the page)",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "identity",
}


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What should stand on a site's pages. ``former``: until when each former key works, or worked;
    ``integrity``: of the present listener, empty where it is not built."""

    server: str
    key: str
    former: Mapping[str, bool]
    origins: Sequence[str]
    article: str = ""
    integrity: str = ""


@dataclass(frozen=True)
class Finding:
    """``level``: ``good``, ``hint`` (works, could be better) or ``bad`` (does not work)."""

    level: str
    words: str


def check_page(address: str, installed: Installed, *, allow_private: bool = False) -> list[Finding]:
    """Fetch a page and say what is found, the worst first.

    Only pages of the site's own origins are fetched, and no private networks unless
    ``allow_private``. Raises InvalidInput.
    """
    try:
        origin = origin_of(address)
    except AddressError as error:
        raise InvalidInput(gettext("address: is %(problem)s.", problem=str(error))) from None
    if not origin_allowed(origin, installed.origins):
        raise InvalidInput(
            gettext(
                "address: lies on %(origin)s, which is not one of the site's origins: reports from "
                "there are refused. Add it to the settings first.",
                origin=origin,
            )
        )
    # What stands after "#" is not sent.
    url = URL(address)
    url.hash = ""
    try:
        document = outbound.get(
            str(url.href), HEADERS, most_bytes=MOST_BYTES, allow_private=allow_private
        )
    except outbound.Refused as error:
        words = in_english_or(gettext("This address cannot be called."), error)
        raise InvalidInput(f"address: {words}") from None
    except outbound.Failed as error:
        return [_bad(gettext("The page did not answer: %(reason)s.", reason=str(error)))]
    found = [*_of_answer(document, str(url.href), installed)]
    if not any(each.level == "bad" for each in found):
        found.insert(0, Finding("good", gettext("The tag is on this page and can work.")))
    return sorted(found, key=lambda each: ("bad", "good", "hint").index(each.level))


def _of_answer(
    document: outbound.Document, address: str, installed: Installed
) -> Iterator[Finding]:
    if 300 <= document.status < 400:
        target = next(iter(document.header("location")), "")
        yield _bad(
            gettext(
                "The page leads elsewhere (status %(status)s, to %(target)s). Check that address.",
                status=document.status,
                target=target[:300] or "?",
            )
        )
        return
    if document.status != 200:
        yield _bad(gettext("The page answers with status %(status)s.", status=document.status))
        return
    kind = next(iter(document.header("content-type")), "").partition(";")[0].strip().lower()
    if kind not in ("text/html", "application/xhtml+xml"):
        yield _bad(gettext("The page is not HTML, but %(kind)s.", kind=kind[:80] or "?"))
        return
    page = ParsedPage(document.body, address)
    tags = page.tags()
    yield from _of_tags(tags, installed)
    rules = policies([*document.header("content-security-policy"), *page.policies()])
    yield from _of_policies(rules, address, tags, installed)
    if installed.article and not page.has(installed.article):
        yield Finding(
            "hint",
            gettext(
                "Nothing on this page fits the selector %(selector)s, outside of which no reports "
                "are taken.",
                selector=installed.article,
            ),
        )


def _of_tags(tags: Sequence[Tag], installed: Installed) -> Iterator[Finding]:
    ours = [tag for tag in tags if tag.address.startswith(f"{installed.server}/")]
    if not tags:
        yield _bad(
            gettext(
                "The tag is not on this page. Where a tag manager or another script adds it, only "
                "“last seen” can tell."
            )
        )
    elif not ours:
        yield _bad(
            gettext("The tag names another server: %(address)s.", address=tags[0].address[:300])
        )
    if len(ours) > 1:
        yield Finding("hint", gettext("The tag is on this page twice; the first one works."))
    for tag in ours[:1]:
        yield from _of_key(tag, installed)
        yield from _of_attributes(tag, installed)


def _of_key(tag: Tag, installed: Installed) -> Iterator[Finding]:
    if tag.key == installed.key:
        return
    works = installed.former.get(tag.key)
    if works is None:
        yield _bad(
            gettext("The tag has another key than this site: %(key)s.", key=tag.key[:80] or "?")
        )
    elif works:
        yield Finding(
            "hint", gettext("The tag has a former key, which will end. Put in the present tag.")
        )
    else:
        yield _bad(gettext("The tag has a former key, which has ended. Put in the present tag."))


def _of_attributes(tag: Tag, installed: Installed) -> Iterator[Finding]:
    if not tag.runs:
        yield _bad(
            gettext(
                "Browsers do not run the tag, because its type is “%(type)s”. A consent tool may "
                "have changed it; Copydesk sets no cookie and needs no consent for one.",
                type=(tag.attributes.get("type") or "")[:80],
            )
        )
    if not tag.waits:
        yield Finding("hint", gettext("The tag lacks “async”, so it holds up the page."))
    integrity = tag.attributes.get("integrity") or ""
    if tag.pinned and installed.integrity and integrity and integrity != installed.integrity:
        yield _bad(
            gettext("The tag is pinned to another version of Copydesk, so browsers refuse it.")
        )


def _of_policies(
    rules: Sequence[dict[str, list[str]]], page: str, tags: Sequence[Tag], installed: Installed
) -> Iterator[Finding]:
    tag = next((each for each in tags if each.address.startswith(f"{installed.server}/")), None)
    script = tag.address if tag else f"{installed.server}/w/{installed.key}.js"
    nonce = (tag.attributes.get("nonce") or "") if tag else ""
    server = URL(installed.server).origin
    if _refuses(rules, lambda rule: allows_script(rule, page, script, nonce)):
        yield _bad(
            gettext(
                "The page's Content-Security-Policy forbids the script. Add %(server)s to its "
                "script-src, or the nonce to the tag.",
                server=server,
            )
        )
    target = f"{installed.server}/api/v1/submissions"
    if _refuses(rules, lambda rule: allows_connection(rule, page, target)):
        yield _bad(
            gettext(
                "The page's Content-Security-Policy forbids sending reports. Add %(server)s to its "
                "connect-src.",
                server=server,
            )
        )


def _refuses(
    rules: Sequence[dict[str, list[str]]], allows: Callable[[dict[str, list[str]]], bool]
) -> bool:
    return not all(map(allows, rules))


def _bad(words: str) -> Finding:
    return Finding("bad", words)
