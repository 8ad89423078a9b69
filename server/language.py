"""The languages of mails and pages.

English stands in the code; each other language is a gettext catalogue in ``translations/``, which
``make setup`` compiles. A language that has no catalogue falls back to English.

A page speaks the language of the account, else what the browser asks for. Mails, and pages that
are written for somebody else than who asks, are rendered within :func:`speaking`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request, session
from flask_babel.speaklater import LazyString
from flask_login import current_user

from server.clock import now
from server.extensions import babel

FOLDER = Path(__file__).with_name("translations")
SOURCE = "en"
# Where the session keeps the language of its account.
LANGUAGE = "language"

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    babel.init_app(
        app,
        default_locale=SOURCE,
        default_translation_directories=str(FOLDER),
        locale_selector=_language_of_request,
    )
    # A page asks for hundreds of texts: Flask-Babel would find out for each where it is.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of an extension
        lambda text: _catalogue_spoken().gettext(text),
        lambda one, many, num: _catalogue_spoken().ngettext(one, many, num),
        newstyle=True,
    )
    app.context_processor(_chrome)
    app.jinja_env.filters["number"] = number
    for catalogue in FOLDER.glob("*/LC_MESSAGES/*.po"):
        if not catalogue.with_suffix(".mo").exists():
            language = catalogue.parent.parent.name
            log.warning("the catalogue of %r is not compiled: run make setup", language)


@cache
def available() -> tuple[str, ...]:
    """The languages we speak, English first, named as gettext does (``pt_BR``)."""
    compiled = {path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.mo")}
    return (SOURCE, *sorted(compiled - {SOURCE}))


def spoken() -> str:
    """The language that is spoken now, named as gettext does."""
    return str(flask_babel.get_locale() or SOURCE)


def names_of_languages() -> dict[str, str]:
    """Each language we speak by its BCP 47 tag, in its own words."""
    return {
        language.replace("_", "-"): Locale.parse(language).get_display_name() or language
        for language in available()
    }


def language_name(tag: str) -> str:
    """What a BCP 47 tag is called in the language that is spoken; the tag where nobody knows."""
    try:
        spoken = flask_babel.get_locale() or Locale.parse(SOURCE)
        return Locale.parse(tag, sep="-").get_display_name(spoken) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def speaks(tag: str) -> bool:
    """Whether there is a catalogue for a BCP 47 tag, at least without its region."""
    return _negotiated(tag) is not None


def best_language(*wanted: str) -> str:
    """The first of some BCP 47 tags that we speak, at least without its region; else English."""
    return next(filter(None, map(_negotiated, wanted)), SOURCE)


def _negotiated(tag: str) -> str | None:
    known = {language.lower(): language for language in available()}
    wanted = tag.replace("-", "_").lower()
    return known.get(wanted) or known.get(wanted.partition("_")[0])


def _language_of_request() -> str:
    """What programs read is English."""
    if not has_request_context() or request.path.startswith("/api/"):
        return SOURCE
    chosen = current_user.language if current_user.is_authenticated else ""
    if current_user.is_authenticated and session.get(LANGUAGE) != chosen:
        session[LANGUAGE] = chosen
    return best_language(chosen, *request.accept_languages.values())


def language_of_session() -> str:
    """That of the account as its last page knew it, else what the browser asks for: where nobody
    may ask the database whose account it is."""
    return best_language(session.get(LANGUAGE, ""), *request.accept_languages.values())


def _chrome() -> dict[str, str]:
    """What the ``html`` element says of the language that is spoken."""
    locale = flask_babel.get_locale() or Locale.parse(SOURCE)
    return {
        "chrome_language": str(locale).replace("_", "-"),
        "chrome_direction": locale.text_direction,
    }


@contextmanager
def speaking(language: str) -> Iterator[dict[str, Any]]:
    """Everything that is rendered within is in this language. Gives what a template's ``html``
    element says of it: ``chrome_language`` and ``chrome_direction``."""
    with flask_babel.force_locale(language):
        yield _chrome()


def _catalogue_spoken() -> NullTranslations:
    return _catalogue_of(flask_babel.get_locale())


@cache
def _catalogue_of(locale: Locale | None) -> NullTranslations:
    return catalogue(str(locale or SOURCE))


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language, for who looks up many of them."""
    return Translations.load(FOLDER, [language])


# Flask-Babel has no types. Extraction knows these by their names.


def gettext(text: str, **values: Any) -> str:
    """A text in the language that is spoken; ``%(name)s`` stands for a value."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The form of a text that ``num`` takes in the language that is spoken."""
    return str(flask_babel.ngettext(one, many, num, **values))


def in_english_or(words: str, error: Exception) -> str:
    """Why something was refused, as an error says it in English; in any other language ``words``,
    which say less: what refused it speaks English alone."""
    return str(error) if spoken() == SOURCE else words


def lazy(text: str, **values: Any) -> Any:
    """A text for constants: it is translated where it is shown. ``str()`` of it goes into a
    notice or JSON."""
    return LazyString(gettext, text, **values)


def in_quotation_marks(words: str) -> str:
    """Words between the quotation marks of the language that is spoken."""
    return gettext("“%(words)s”", words=words)


def number(value: float) -> str:
    """``1,234.5``, as the language that is spoken writes it."""
    return str(flask_babel.format_decimal(value))


def weekdays() -> list[str]:
    """The names of the days, Monday first."""
    names = Locale.parse(spoken()).days["format"]["wide"]
    return [str(names[number]) for number in range(7)]


def long_date(moment: datetime) -> str:
    """``24 November 2026``, in UTC."""
    return str(flask_babel.format_date(moment, "long"))


def long_moment(moment: datetime, zone: str) -> str:
    """``November 24, 2026, 2:05 PM (Berlin)``; ``zone`` is an IANA name."""
    # The mails of a batch name the same minutes.
    return _long_moment(moment.replace(second=0, microsecond=0), zone, spoken())


@lru_cache(maxsize=1_024)
def _long_moment(moment: datetime, zone: str, language: str) -> str:
    there, locale = ZoneInfo(zone), Locale.parse(language)
    local = moment.astimezone(there)
    day = format_date(local, "long", locale=locale)
    hour = format_time(local, "short", tzinfo=there, locale=locale)
    city = get_timezone_location(there, locale=locale, return_city=True)
    # Unicode's narrow space, as before PM, is a box in old mail programs.
    return f"{day}, {hour} ({city})".replace("\u202f", " ")


def short_day(day: date) -> str:
    """``Nov 24``, as the language that is spoken writes it."""
    return str(format_skeleton("MMMd", day, locale=spoken()))


def short_month(day: date) -> str:
    """``Nov 2026``, as the language that is spoken writes it."""
    return str(format_skeleton("yMMM", day, locale=spoken()))


def ago(moment: datetime) -> str:
    """``3 minutes ago``; within the last minute ``just now``."""
    # Another machine's clock may be ahead of ours.
    passed = max(timedelta(), now() - moment)
    if passed < timedelta(minutes=1):
        return gettext("just now")
    return str(flask_babel.format_timedelta(-passed, threshold=1, add_direction=True))
