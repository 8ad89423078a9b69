"""What Flask-Security says, in the language that is spoken: our catalogue first, then its own."""

from __future__ import annotations

from typing import Any

from flask_security.babel import FsDomain

from server.language import gettext, lazy

# Its catalogues lack these, or we say them in other words (see accounts.py).
OURS = (
    lazy("The e-mail or the password is wrong."),
    lazy("Please log in to continue."),
    lazy("If there is an account of this address, a mail with a link is on its way."),
    lazy("You must reauthenticate to access this endpoint"),
    lazy("Value entered is not valid for the field"),
    lazy("The authenticator is on: log-in now asks for its code, too."),
    lazy("The authenticator is off."),
    lazy("Passkey operations must be completed within %(within)s. Please start over."),
    lazy("Name of this passkey: please give it one, such as Work laptop."),
    lazy("Name of this passkey: you have one called %(name)s already; please choose another name."),
    lazy("You have no passkey called %(name)s (any more)."),
    lazy("Successfully deleted the passkey with name: %(name)s"),
    lazy("Successfully added the passkey with name: %(name)s"),
    lazy("Passkey already registered."),
    lazy("Unregistered passkey."),
    lazy("Passkey doesn't belong to any user."),
    lazy("Could not verify passkey: %(cause)s."),
    lazy("Passkey not registered for this use (first or secondary)"),
    lazy("Refresh token is invalid (%(reason)s)"),
)


class Messages(FsDomain):
    """The texts of Flask-Security."""

    def gettext(self, string: str, **values: Any) -> str:
        ours = gettext(string)
        if ours == string:
            theirs: Any = super()
            return str(theirs.gettext(string, **values))
        return ours % values if values else ours
