"""Which addresses name the same page, and when a page's canonical address is believed.

The rules, with their reasons, are in docs/grouping.md.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote, unquote_plus, unquote_to_bytes

from server.text.address import canonical_address, parameters, parse
from server.text.remembered import remembered

# Parameters that change how a page looks, not what it says.
_VIEW = re.compile(
    r"amp|amp_.*|outputtype|print|printable|printer|printview|replytocom|share|nocache|_"
    r"|noredirect|m|mobile",
    re.IGNORECASE,
)
# Parameters that choose what is read, whatever the canonical address leaves out.
_CONTENT = re.compile(
    r"(?:[a-z]+_?)?id|p|nr|no|article|artikel|story|news|post|item|doc|slug|title|name|key|view"
    r"|date|year|month|q|s|query|search|lang|language|locale|hl",
    re.IGNORECASE,
)
_PAGE_WORD = r"(?:page|paged|pag|pagina|pagenum|pageno|pagenumber|pg|seite|strana|stranitsa|sayfa)"
_PAGE_PARAMETER = re.compile(rf"{_PAGE_WORD}|start|offset|from", re.IGNORECASE)
# What a later page of an article has at the end of its path: /2, /page/2, /page-2.
_LATER_PAGE = re.compile(
    rf"(?:/{_PAGE_WORD}[-_]?)?(?:/|[-_,](?=\d+$)|(?<=[a-z]))(?!0*1$)\d{{1,3}}", re.I
)
_DIRECTORY_INDEX = re.compile(
    r"(?<=/)(?:index|default|home)\.(?:html?|shtml|xhtml|php\d?|aspx?|jsp|cgi|pl)$", re.IGNORECASE
)
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._~/-]*")
_UNRESERVED = "-._~!$&'()*+,;=:@"
# Words of addresses that name no article.
_STRUCTURE = re.compile(
    "amp|mobile|print|html|htm|php|asp|aspx|index|news|articles?|artikel|story|stories|posts?|blog"
    f"|node|archives?|all|full|single|the|and|der|die|das|und|{_PAGE_WORD}"
)


@remembered
def page_key(address: str) -> str:
    """The page's identity: equal for all addresses that name the same page. It is no address.

    Besides what :func:`server.text.address.canonical_address` leaves out it disregards the scheme,
    ``www.``, a slash and an index file at the end, parameters that change only the view, the order
    of the others and how characters are escaped. Raises AddressError.
    """
    url = parse(canonical_address(address))
    host = url.hostname.removesuffix(".")
    if host.count(".") > 1:
        host = host.removeprefix("www.")
    port = f":{url.port}" if url.port else ""
    path = _DIRECTORY_INDEX.sub("", _in_one_spelling(url.pathname)).rstrip("/")
    kept = sorted(
        (
            _parameter_in_one_spelling(piece)
            for name, piece in parameters(url.search)
            if not _VIEW.fullmatch(name)
        ),
        # By name alone: of several with one name the order may count.
        key=lambda piece: piece.split("=", 1)[0],
    )
    return f"{host}{port}{path}" + ("?" + "&".join(kept) if kept else "")


def believable(address: str, canonical: str) -> bool:
    """Whether ``canonical`` can be what the page at ``address`` calls itself.

    Whether it lies on the site is not asked here. Not believed are the mistakes that publishing
    systems make on every page of a site: the front page, the first of several pages, another
    article, the address without the parameter that chooses the article. Raises AddressError.
    """
    clean, clean_canonical = canonical_address(address), canonical_address(canonical)
    if clean == clean_canonical or page_key(address) == page_key(canonical):
        return True
    here, there = parse(clean), parse(clean_canonical)
    if _is_front(there.pathname, there.search) and not _is_front(here.pathname, here.search):
        return False
    if _is_later_page(here.pathname, here.search, there.pathname, there.search):
        return False
    here_path, there_path = (_plain_path(url.pathname) for url in (here, there))
    if here_path == there_path:
        left_out = _values(here.search) - _values(there.search)
        return not any(_CONTENT.fullmatch(name) for name, _ in left_out)
    return not _contradict(here_path, there_path)


def page_address(address: str, canonical: str) -> str:
    """The address that stands for the page, clean: ``canonical`` where it is given and can be
    believed, else ``address``. Raises AddressError where ``address`` is no page's."""
    if canonical and believable(address, canonical):
        return canonical_address(canonical)
    return canonical_address(address)


def _in_one_spelling(path: str) -> str:
    """Escapes where they must be, in capitals; what is UTF-8 in NFC. ``%2F`` stays an escape."""
    if _PLAIN_PATH.fullmatch(path):
        return path
    return "/".join(_unescaped_once(part) for part in path.split("/"))


def _unescaped_once(part: str) -> str:
    try:
        text = unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        return part
    return quote(unicodedata.normalize("NFC", text), safe=_UNRESERVED)


def _parameter_in_one_spelling(piece: str) -> str:
    name, _, value = piece.partition("=")
    return f"{_unescaped_plus(name)}={_unescaped_plus(value)}"


def _unescaped_plus(part: str) -> str:
    return _unescaped_once(part.replace("+", "%20")).replace("+", "%2B").replace("&", "%26")


def _values(search: str) -> set[tuple[str, str]]:
    return {
        (name, unquote_plus(piece.partition("=")[2]))
        for name, piece in parameters(search)
        if not _VIEW.fullmatch(name)
    }


def _plain_path(path: str) -> str:
    return unquote(_DIRECTORY_INDEX.sub("", path)).rstrip("/").lower()


def _is_front(path: str, search: str) -> bool:
    return not _plain_path(path) and not _values(search)


def _is_later_page(path: str, search: str, first_path: str, first_search: str) -> bool:
    numbers = {pair for pair in _values(search) if _PAGE_PARAMETER.fullmatch(pair[0])}
    if any(
        value.isdecimal() and int(value[:9]) > 1 for _, value in numbers - _values(first_search)
    ):
        return True
    later, first = _plain_path(path), _plain_path(first_path)
    stem, dot, ending = first.rpartition(".")
    if dot and "/" not in ending and later.endswith(dot + ending):
        # /article-2.html after /article.html
        later, first = later.removesuffix(dot + ending), stem
    rest = later.removeprefix(first)
    return later not in (first, rest) and _LATER_PAGE.fullmatch(rest) is not None


def _contradict(path: str, other: str) -> bool:
    """Whether two addresses spell out different articles: both have a name in words, and no word
    and no number is in both."""
    words, others = _name_words(path), _name_words(other)
    if not words or not others:
        return False
    return not words & others and not _numbers(path) & _numbers(other)


def _name_words(path: str) -> set[str]:
    """The words of the last part of a path that has any."""
    for part in reversed(path.split("/")):
        words = {
            word for word in re.findall(r"[^\W\d_]{3,}", part) if not _STRUCTURE.fullmatch(word)
        }
        if words:
            return words
    return set()


def _numbers(path: str) -> set[str]:
    """Numbers that can be an article's own; a year names many."""
    return {
        number
        for number in re.findall(r"\d{4,}", path)
        if not re.fullmatch("(?:19|20).{2}", number)
    }
