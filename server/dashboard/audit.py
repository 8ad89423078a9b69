"""The audit log of a site, for its owners."""

from __future__ import annotations

from datetime import date

from flask import abort, render_template, request
from flask_security.decorators import auth_required

from server import people
from server.audit import Wanted, entries_of
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.notifications import MODE_WORDS
from server.dashboard.words import in_words
from server.extensions import db
from server.language import gettext, lazy
from server.models import AuditEntry
from server.reports.membership import owned_site

# What is not named here is shown by its own name.
WORDS = {
    "account.logged_in": lazy("logged in"),
    "account.logged_out": lazy("logged out"),
    "account.second_factor_failed": lazy("typed a wrong code at log-in"),
    "account.reset_asked": lazy("was sent a link to a new password"),
    "account.password_reset": lazy("chose a new password by a link"),
    "account.password_changed": lazy("changed the password"),
    "account.authenticator_set": lazy("set up an authenticator"),
    "account.authenticator_off": lazy("turned the authenticator off"),
    "account.recovery_codes_made": lazy("made recovery codes"),
    "account.recovery_code_used": lazy("used a recovery code"),
    "account.first_made": lazy("made the first account"),
    "account.passkey_added": lazy("added a passkey"),
    "account.passkey_removed": lazy("removed a passkey"),
    "account.sessions_ended": lazy("logged out elsewhere"),
    "account.reset": lazy("gave an account a new password"),
    "account.closed": lazy("closed an account"),
    "member.invited": lazy("invited somebody"),
    "member.invited_again": lazy("sent an invitation again"),
    "member.invitation_withdrawn": lazy("withdrew an invitation"),
    "member.added": lazy("added a member"),
    "member.joined": lazy("joined"),
    "member.role_changed": lazy("changed a role"),
    "member.removed": lazy("removed a member"),
    "token.created": lazy("made a token"),
    "token.revoked": lazy("revoked a token"),
    "site.added": lazy("added the site"),
    "site.renamed": lazy("renamed the site"),
    "site.origin_added": lazy("added an origin"),
    "site.origin_removed": lazy("removed an origin"),
    "site.key_renewed": lazy("renewed the key"),
    "site.key_ended": lazy("ended a former key"),
    "site.widget_changed": lazy("changed the widget"),
    "site.block_added": lazy("added to a block list"),
    "site.block_removed": lazy("removed from a block list"),
    "site.protection_changed": lazy("changed the protection"),
    "site.retention_changed": lazy("changed the retention"),
    "site.exported": lazy("exported the data"),
    "site.reader_erased": lazy("erased a reader’s data"),
    "site.erased": lazy("erased a site"),
    "notifications.chosen": lazy("chose when to hear of reports"),
    "notifications.stopped": lazy("stopped all mail about the site"),
    "notifications.page_muted": lazy("muted a page"),
    "notifications.page_unmuted": lazy("wants mail about a page again"),
    "recipient.added": lazy("added a recipient"),
    "recipient.changed": lazy("changed a recipient"),
    "recipient.removed": lazy("removed a recipient"),
    "recipient.stopped": lazy("stopped all mail about the site, by a link in a mail"),
    "recipient.page_muted": lazy("muted a page, by a link in a mail"),
    "recipient.page_unmuted": lazy("wants mail about a page again, by a link in a mail"),
    "rule.added": lazy("added a rule"),
    "rule.moved": lazy("moved a rule"),
    "rule.removed": lazy("removed a rule"),
    "author.address_set": lazy("set an author’s address"),
    "author.address_removed": lazy("removed an author’s address"),
    "channel.added": lazy("added a channel"),
    "channel.paused": lazy("paused a channel"),
    "channel.resumed": lazy("resumed a channel"),
    "channel.tested": lazy("tested a channel"),
    "channel.secret_renewed": lazy("renewed a channel’s secret"),
    "channel.removed": lazy("removed a channel"),
}

# What stands in the log by the names that the code gives it.
TERMS = {
    "password": lazy("password"),
    "webauthn": lazy("passkey"),
    "reset": lazy("link to a new password"),
    "network": lazy("network"),
    "word": lazy("word"),
    "url": lazy("address"),
}


# Done without an account, by the link in a mail: the detail begins with the mail's recipient.
BY_LINK = {"recipient.stopped", "recipient.page_muted", "recipient.page_unmuted"}


def _who(entry: AuditEntry) -> str:
    if entry.action in BY_LINK:
        return entry.detail.partition(" ")[0]
    return entry.actor.email if entry.actor else gettext("who runs the server")


def _told(entry: AuditEntry) -> str:
    """The words of an entry beside its action, in the language that is spoken."""
    detail = entry.detail.partition(" ")[2] if entry.action in BY_LINK else entry.detail
    if entry.action == "account.logged_in":
        return ", ".join(str(TERMS.get(way, way)) for way in detail.split(", "))
    if entry.action in ("member.invited", "member.added", "member.joined", "member.role_changed"):
        who, sign, roles = detail.rpartition(": ")
        return who + sign + " → ".join(map(in_words, roles.split(" → ")))
    if entry.action in ("site.block_added", "site.block_removed"):
        kind, space, pattern = detail.partition(" ")
        return str(TERMS.get(kind, kind)) + space + pattern
    if entry.action == "notifications.chosen":
        return str(MODE_WORDS.get(detail, detail))
    if entry.action == "site.reader_erased":
        number = detail.removeprefix("submissions: ")
        return gettext("submissions: %(number)s", number=number)
    return detail


@blueprint.get("/sites/<site_key>/log")
@auth_required("session")
def show_audit(site_key: str) -> str:
    """Who did what, newest first: ``?member=<address>&action=<name>&from=<date>&to=<date>``."""
    session = db.session()
    site = owned_site(session, signed_in(), site_key) or abort(404)
    members = people.members_of(session, site)
    address, action = request.args.get("member", ""), request.args.get("action", "")
    member = next((each.user for each in members if each.user.email == address), None)
    if (address and member is None) or (action and action not in WORDS):
        abort(404)
    wanted = Wanted(member.id if member else None, action, _day("from"), _day("to"))
    found, following = entries_of(
        session, site, wanted, before=request.args.get("before", type=int)
    )
    return render_template(
        "dashboard/audit.html",
        site=site,
        entries=found,
        members=members,
        words=WORDS,
        told=_told,
        who=_who,
        chosen=request.args,
        following=following,
    )


def _day(name: str) -> date | None:
    """Answers 400 for what is no date."""
    text = request.args.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if not 1970 <= day.year <= 9000:
            raise ValueError("so near to the ends of time that no day comes before or after")
    except ValueError:
        abort(400, f"{name}: " + gettext("must be a date, such as 2026-11-28."))
    return day
