"""``copydesk users``: accounts of editors and owners."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from server import people, tasks
from server.audit import record
from server.database import write_transaction
from server.extensions import db, settings_of
from server.invalid import InvalidInput
from server.models import ROLES, Membership, User
from server.notify.account_mail import invitation_path
from server.reports.assignment import release
from server.schema import require_current_schema
from server.sites import (
    account_language,
    add_member,
    add_user,
    close_account,
    find_user,
    new_password,
    reset_access,
    site_named,
    user_of,
)


@click.group()
def users() -> None:
    """Accounts of editors and owners."""


@users.command("add")
@click.argument("email")
@click.option("--site", "site_name", required=True, help="Name or key of the site.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
@click.option(
    "--password",
    default=None,
    help="At least 10 characters, not an easy one; generated and printed if absent.",
)
@click.option(
    "--language", default="", help="Of the account's mails, BCP 47; that of each site if absent."
)
@with_appcontext
def users_add(email: str, site_name: str, role: str, password: str | None, language: str) -> None:
    """Add an account, or an existing account to one more site."""
    require_current_schema()
    generated = ""
    try:
        with write_transaction() as session:
            site = site_named(session, site_name)
            user = find_user(session, email)
            if user is None:
                password = password or (generated := new_password())
                user = add_user(session, email, password, language)
            elif any(each.site_id == site.id for each in user.memberships):
                raise InvalidInput(f"email: {email} is already a member of {site.name}.")
            elif language:
                user.language = account_language(language)
            add_member(session, user, site, role)
            record(session, "member.added", actor=None, site=site, detail=f"{user.email}: {role}")
            name = site.name
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Added {email} to {name} as {role}.")
    if generated:
        click.echo(f"Password: {generated}")


@users.command("invite")
@click.argument("email")
@click.option("--site", "site_name", required=True, help="Name or key of the site.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
@with_appcontext
def users_invite(email: str, site_name: str, role: str) -> None:
    """Ask an address to join a site, by mail; the link stands here too, to hand over."""
    require_current_schema()
    settings = settings_of()
    try:
        with write_transaction() as session:
            site = site_named(session, site_name)
            invitation = people.invite(session, settings, site, email, role, actor=None)
            said = f"Invited {invitation.email} to {site.name} as {role}."
            path = invitation_path(settings, invitation.public_id)
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    tasks.ring()
    click.echo(said)
    click.echo(f"Link: {settings.public_url}{path}")


@users.command("list")
@with_appcontext
def users_list() -> None:
    """List the accounts with their sites and roles."""
    require_current_schema()
    found = db.session.scalars(
        select(User)
        .options(selectinload(User.memberships).selectinload(Membership.site))
        .order_by(User.email)
    ).all()
    if not found:
        click.echo("There is no account yet. Add one: copydesk users add EMAIL --site SITE")
    for user in found:
        roles = ", ".join(f"{m.site.name} ({m.role})" for m in user.memberships)
        click.echo(f"{user.email}\t{roles}")


@users.command("reset")
@click.argument("email")
@click.option(
    "--second-factor",
    is_flag=True,
    help="Also turn off the authenticator and remove the passkeys: the phone is lost.",
)
@with_appcontext
def users_reset(email: str, second_factor: bool) -> None:
    """Give an account a new password, print it, and log it out everywhere."""
    require_current_schema()
    password = new_password()
    try:
        with write_transaction() as session:
            user = user_of(session, email)
            reset_access(user, password, second_factor=second_factor)
            record(session, "account.reset", actor=None, detail=user.email)
            address = user.email
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{address} is logged out everywhere.")
    if second_factor:
        click.echo("Authenticator, recovery codes and passkeys are gone.")
    click.echo(f"Password: {password}")


_site = click.option("--site", "site_name", required=True, help="Name or key of the site.")


@users.command("role")
@click.argument("email")
@_site
@click.option("--role", type=click.Choice(ROLES), required=True)
@with_appcontext
def users_role(email: str, site_name: str, role: str) -> None:
    """Change what an account may do on a site."""
    require_current_schema()
    try:
        with write_transaction() as session:
            user, site = user_of(session, email), site_named(session, site_name)
            people.change_role(session, user, site, role, actor=None)
            said = f"{user.email} is {role} of {site.name}."
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(said)


@users.command("remove")
@click.argument("email")
@_site
@with_appcontext
def users_remove(email: str, site_name: str) -> None:
    """Take an account off a site: it sees nothing of it and gets no mail about it any more."""
    require_current_schema()
    try:
        with write_transaction() as session:
            user, site = user_of(session, email), site_named(session, site_name)
            people.remove_member(session, user, site, actor=None)
            said = f"{user.email} is not a member of {site.name} any more."
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(said)


@users.command("close")
@click.argument("email")
@with_appcontext
def users_close(email: str) -> None:
    """Close an account: it cannot log in, is logged out everywhere, and gets no mail."""
    require_current_schema()
    try:
        with write_transaction() as session:
            user = user_of(session, email)
            # Reports before accounts, as whoever changes a report and is named in its history.
            release(session, user.id, actor=None, source="command")
            close_account(user)
            record(session, "account.closed", actor=None, detail=user.email)
            said = f"{user.email} is closed. What it did stays in the history."
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(said)
