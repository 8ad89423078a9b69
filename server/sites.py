"""Sites and accounts: adding them, and what an owner pastes into a page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.invalid import InvalidInput
from server.language import available, gettext, in_english_or, speaks
from server.models import ROLES, Membership, Site, SiteOrigin, User
from server.passwords import WeakPassword, hashed
from server.text.address import AddressError, origin_pattern
from server.text.language_tag import is_language_tag
from server.text.mailbox import InvalidAddress, checked_address
from server.text.zone import is_zone
from server.widget.build import current_build
from server.widget.options import InvalidOption, changed

# A widget keeps a report for seven days and may send it again: its first answer must be known.
MIN_RETENTION_DAYS = 8
MAX_RETENTION_DAYS = 3_650
MAX_ORIGIN = 300


def may_add_sites(session: Session, user: User) -> bool:
    """Who owns a site may add others; anybody may add the first one."""
    owned = select(Membership.id).where(Membership.user_id == user.id, Membership.role == "owner")
    anything = select(Site.id).where(Site.erasing_since.is_(None))
    return bool(session.scalar(owned.limit(1)) or not session.scalar(anything.limit(1)))


def add_site(session: Session, name: str, origins: list[str], language: str = "en") -> Site:
    """A new site. Raises InvalidInput for a name that is taken, an origin that is none or a
    language that is none."""
    name = _free_name(session, name)
    if not origins:
        raise _no_origin()
    patterns = sorted(_patterns(origins))
    site = Site(name=name, language=site_language(language))
    site.origins = [SiteOrigin(pattern=pattern) for pattern in patterns]
    session.add(site)
    session.flush()
    return site


def rename_site(session: Session, site: Site, name: str, language: str) -> None:
    """Another name or language. Raises InvalidInput as :func:`add_site` does."""
    site.language = site_language(language)
    if name.strip() != site.name:
        site.name = _free_name(session, name)
    session.flush()


def site_language(language: str) -> str:
    """The language of a site's pages, BCP 47. Raises InvalidInput for what is no such tag."""
    if not is_language_tag(language):
        raise InvalidInput("language: " + gettext("must be a language tag such as de or pt-BR."))
    return language


def _free_name(session: Session, name: str) -> str:
    name = name.strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise InvalidInput("name: " + gettext("must have 1 to 200 printable characters."))
    if session.scalar(select(Site.id).where(Site.name == name)):
        raise InvalidInput("name: " + gettext("there is already a site named %(name)s.", name=name))
    return name


def change_origins(site: Site, add: Iterable[str], remove: Iterable[str]) -> None:
    """Add and take away where a site's articles live. Raises InvalidInput for what is no origin,
    for one that the site has not, and where none would be left."""
    gone, wanted = _patterns(remove), _patterns(add)
    present = {origin.pattern: origin for origin in site.origins}
    for pattern in sorted(gone - set(present)):
        raise InvalidInput(
            "origin: " + gettext("%(origin)s is not one of the site's.", origin=pattern)
        )
    if not (set(present) | wanted) - gone:
        raise _no_origin()
    for pattern in gone:
        site.origins.remove(present[pattern])
    site.origins.extend(SiteOrigin(pattern=pattern) for pattern in sorted(wanted - set(present)))


def _patterns(origins: Iterable[str]) -> set[str]:
    """Origins in their one spelling. Raises InvalidInput."""
    try:
        found = {origin_pattern(each) for each in origins}
    except AddressError as error:
        words = gettext(
            "This is no origin. Write https://example.org, or https://*.example.org for all its "
            "subdomains."
        )
        raise InvalidInput(f"origin: {in_english_or(words, error)}") from None
    if any(len(pattern) > MAX_ORIGIN for pattern in found):
        raise InvalidInput(
            "origin: " + gettext("must have at most %(most)s characters.", most=MAX_ORIGIN)
        )
    return found


def _no_origin() -> InvalidInput:
    return InvalidInput(
        "origin: " + gettext("at least one is needed, for example https://example.org.")
    )


def change_site(site: Site, **changes: object) -> None:
    """Set some of a site's ``challenge``, ``null_origin``, ``links_allowed``,
    ``retention_days`` and ``zone``. Raises InvalidInput."""
    days = changes.get("retention_days", MIN_RETENTION_DAYS)
    if not isinstance(days, int) or not MIN_RETENTION_DAYS <= days <= MAX_RETENTION_DAYS:
        words = gettext(
            "must be %(least)s to %(most)s; a reader's browser may send a report again for a week.",
            least=MIN_RETENTION_DAYS,
            most=MAX_RETENTION_DAYS,
        )
        raise InvalidInput(f"retention-days: {words}")
    zone = changes.get("zone", "UTC")
    if not isinstance(zone, str) or not is_zone(zone):
        words = gettext("%(zone)s is not a time zone, as Europe/Berlin is one.", zone=zone)
        raise InvalidInput(f"zone: {words}")
    for name, value in changes.items():
        setattr(site, name, value)


def site_named(session: Session, name_or_key: str) -> Site:
    """The site of this name or key. Raises InvalidInput where there is none."""
    site = session.scalar(
        select(Site).where((Site.name == name_or_key) | (Site.key == name_or_key))
    )
    if site is None:
        raise InvalidInput(f"site: there is no site {name_or_key!r}. See: copydesk sites list")
    return site


def add_user(session: Session, email: str, password: str, language: str = "") -> User:
    """A new account. ``language`` is that of its mails, BCP 47; empty: that of each site.

    Raises InvalidInput for a bad or taken address, a password that will not do, or a language that
    mails do not speak.
    """
    try:
        address = checked_address(email, trial=True)
    except InvalidAddress as error:
        words = in_english_or(gettext("This is no e-mail address."), error)
        raise InvalidInput(f"email: {words}") from None
    if find_user(session, address):
        raise InvalidInput("email: " + gettext("there is already an account %(who)s.", who=address))
    language = account_language(language)
    user = User(email=address, password=hashed_password(password, address), language=language)
    session.add(user)
    session.flush()
    return user


def hashed_password(password: str, address: str) -> str:
    """See :func:`server.passwords.hashed`. Raises InvalidInput."""
    try:
        return hashed(password, address)
    except WeakPassword as error:
        raise InvalidInput(f"password: {error}") from None


def account_language(language: str) -> str:
    """A language for an account. Raises InvalidInput for one that we do not speak."""
    if language and not speaks(language):
        known = ", ".join(each.replace("_", "-") for each in available())
        words = gettext("%(language)s is not one of %(known)s.", language=language, known=known)
        raise InvalidInput(f"language: {words}")
    return language


def find_user(session: Session, email: str) -> User | None:
    """The account of an address, whatever its capitals; None where there is none."""
    return session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def user_of(session: Session, email: str) -> User:
    """The account of an address. Raises InvalidInput where there is none."""
    user = find_user(session, email)
    if user is None:
        raise InvalidInput(f"email: there is no account {email}. See: copydesk users list")
    return user


def reset_access(user: User, password: str, *, second_factor: bool) -> None:
    """A new password, and every session ends; ``second_factor``: what else guards it goes too."""
    user.password = hashed_password(password, user.email)
    user.fs_uniquifier = secrets.token_hex(32)
    user.login_sessions.clear()
    if second_factor:
        user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = None
        user.mf_recovery_codes = None
        user.webauthn.clear()


def close_account(user: User) -> None:
    """Nobody logs in with it any more, its sessions end, and it gets no mail. What it did stays."""
    user.active = False
    user.fs_uniquifier = secrets.token_hex(32)
    user.login_sessions.clear()


def membership_of(session: Session, user: User, site: Site) -> Membership:
    """Raises InvalidInput where the account is not a member of the site."""
    found = session.scalar(
        select(Membership).where(Membership.user_id == user.id, Membership.site_id == site.id)
    )
    if found is None:
        raise InvalidInput(f"email: {user.email} is not a member of {site.name}.")
    return found


def add_member(session: Session, user: User, site: Site, role: str = "editor") -> Membership:
    """Let an account work on a site. Raises InvalidInput for an unknown role."""
    if role not in ROLES:
        raise InvalidInput("role: " + gettext("must be one of %(roles)s.", roles=", ".join(ROLES)))
    membership = Membership(user_id=user.id, site_id=site.id, role=role)
    session.add(membership)
    session.flush()
    return membership


def new_password() -> str:
    """A password to hand to somebody: 96 random bits."""
    return secrets.token_urlsafe(12)


def script_tag(site: Site, public_url: str) -> str:
    """The one tag that a site owner pastes into the pages."""
    return f'<script async src="{public_url}/w/{site.key}.js"></script>'


def pinned_tag(site: Site, public_url: str) -> str:
    """The tag of an owner who pins: this very listener or none, with the site's settings on it.

    Raises NotBuilt where there is no widget on this machine.
    """
    build = current_build()
    attributes = {
        "src": f"{public_url}/widget/{build.version}/listener.js",
        "integrity": build.integrity("listener.js"),
        "data-site": site.key,
        **option_attributes(site.widget_settings),
    }
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<script async crossorigin {written}></script>"


def option_attributes(options: Mapping[str, Any]) -> dict[str, str]:
    """Options of the widget as attributes of its tag."""
    return {_attribute(name): _written(value) for name, value in options.items()}


def _attribute(option: str) -> str:
    return "data-" + re.sub("[A-Z]", lambda letter: "-" + letter[0].lower(), option)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def set_widget_options(site: Site, pairs: Iterable[str]) -> dict[str, Any]:
    """Change what the widget is told by ``option=value``, where an empty value takes it away.

    Answers with all that is set. Raises InvalidInput.
    """
    try:
        site.widget_settings = changed(site.widget_settings, pairs)
    except InvalidOption as error:
        raise InvalidInput(str(error)) from None
    return site.widget_settings
