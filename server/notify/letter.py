"""What all mails share: the recipient's language, signed links, headers, and their two forms."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from css_inline import CSSInliner
from flask import current_app
from jinja2 import Environment
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from server.config import Settings
from server.language import best_language, catalogue, gettext, speaking
from server.models import Delivery, Report
from server.notify import headers
from server.notify.failure import SendingError
from server.notify.links import Act, Links
from server.notify.recipients import Recipients
from server.text.difference import Part
from server.text.quoting import quoted, wrapped

# The signs of wdiff.
_IN_TEXT = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
# Several mail programs read no style sheet; what depends on the reader's device stays in one.
_inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
_WITHHELD = "…"


@dataclass(frozen=True)
class Rendered:
    """A message as it is sent. ``headers`` hold nothing that a reader wrote; ``tokens`` are the
    secrets of its links."""

    subject: str
    text: str
    html: str
    headers: dict[str, str]
    tokens: tuple[str, ...] = ()

    def stored(self) -> dict[str, str]:
        """What the delivery keeps of it. The links are the recipient's alone: colleagues who look
        at the delivery, and backups, see them without what makes them work."""
        text, html = self.text, self.html
        for token in self.tokens:
            text, html = text.replace(token, _WITHHELD), html.replace(token, _WITHHELD)
        return {"subject": self.subject, "text": text, "html": html}


class Letter:
    """A message in the making; within ``with`` everything is in ``language``."""

    def __init__(self, delivery: Delivery, settings: Settings, language: str) -> None:
        self.delivery = delivery
        self.settings = settings
        self.language = language
        self.links = Links.of(settings)
        self.headers = headers.automatic(delivery)
        self._tokens: list[str] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._chrome = self._stack.enter_context(speaking(self.language))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def url(self, purpose: str, token: str) -> str:
        """The address of a signed link; what the delivery keeps will be without its token."""
        self.conceal(token)
        return f"{self.settings.public_url}/mail/{purpose}/{token}"

    def conceal(self, secret: str) -> None:
        """What the delivery keeps will be without this."""
        self._tokens.append(secret)

    def render(self, template: str, *, subject: str, **values: Any) -> Rendered:
        """Both forms of ``notify/<template>``."""
        values |= {
            **self._chrome,
            "subject": subject,
            "site": self.delivery.site,
            "quoted": quoted,
            "wrapped": wrapped,
            "isolated": isolated,
        }
        templates = _templates(self.language)
        html = templates.get_template(f"notify/{template}.html").render(values)
        return Rendered(
            subject=subject,
            text=templates.get_template(f"notify/{template}.txt").render(values),
            html=_inliner.inline(html),
            headers=self.headers,
            tokens=tuple(self._tokens),
        )


def _templates(language: str) -> Environment:
    """The templates in a language, made once. Without what Flask adds for pages: there is neither a
    request nor a session here; and each text is looked up without asking who speaks."""
    known: dict[str, Environment] = current_app.extensions.setdefault("mail_templates", {})
    if language not in known:
        speaker = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
        speaker.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]  # the extension's
        environment = current_app.jinja_env.overlay()
        words = {name: speaker.globals[name] for name in ("_", "gettext", "ngettext")}
        environment.globals = {**current_app.jinja_env.globals, **words}
        known[language] = environment
    return known[language]


class EditorsLetter(Letter):
    """A message to one of a site's recipients: in their language, and with the links that let them
    act. ``acting`` says whether they may. Raises SendingError where nobody is to hear of the site
    at the address any more: since it was owed a member may have left, or have stopped all mail."""

    def __init__(
        self, session: Session, delivery: Delivery, settings: Settings, recipients: Recipients
    ) -> None:
        recipient = recipients.at(session, delivery.site, delivery.recipient)
        if recipient is None:
            raise SendingError("Nobody hears of the site at this address any more.", permanent=True)
        language = best_language(recipient.language, delivery.site.language)
        super().__init__(delivery, settings, language)
        self.recipient = recipient
        self.zone = recipient.zone
        self.acting = recipient.acting
        token = self.links.sign_stop("unsubscribe", delivery.public_id)
        self.stop_url = self.url("unsubscribe", token)
        self.headers |= headers.list_of(delivery) | headers.stopped_at(self.stop_url)

    def dashboard_url(self, path: str) -> str:
        """The address of a page for who can log in; empty for who has no account."""
        return f"{self.settings.public_url}{path}" if self.recipient.user else ""

    def act_url(self, purpose: str, report: Report) -> str:
        """A link that lets the recipient act on a report as it stands now."""
        act = Act(
            delivery=self.delivery.public_id,
            report=report.public_id,
            version=report.version,
            seal=self.recipient.seal,
        )
        return self.url(purpose, self.links.sign_act(purpose, act))

    def render(self, template: str, *, subject: str, **values: Any) -> Rendered:
        site = self.delivery.site.name
        if self.acting and self.recipient.user:
            reason = gettext("You receive this as an editor of %(site)s.", site=site)
        else:
            reason = gettext("This address receives the spelling reports of %(site)s.", site=site)
        return super().render(
            template, subject=subject, reason=reason, stop_url=self.stop_url, **values
        )


def isolated(text: str) -> Markup:
    """A name whose direction must not turn the sentence around it."""
    return Markup("<bdi>%s</bdi>") % escape(text)


def in_text(parts: list[Part]) -> str:
    """A difference in plain text."""
    return "".join(_IN_TEXT[kind].format(part) for kind, part in parts)
