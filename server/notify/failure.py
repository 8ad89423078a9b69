"""What a failed attempt means: try again or not, this message alone or all of them."""

from __future__ import annotations

import re
import smtplib

from server.text.visible import visible

MAX_WORDS = 1000

# "Authentication required" and its kin (RFC 4954, 6): a setting is wrong, not the message.
OPERATORS_TO_MEND = (530, 534, 535, 538)
CLOSING = 421
# What a filter says of one text (RFC 3463: 5.6 its form, 5.7.0 and 5.7.1 a rule), neither of the
# recipient nor, as 5.7.20 and the following, of who sends. A reader could write what it looks for.
_OF_THE_TEXT = re.compile(r"5\d\d 5\.(6\.\d+|7\.[01])\b")


class SendingError(Exception):
    """One message was not accepted. The text is the mail server's words, or the system's.

    ``permanent``: it will never be (5xx about the message or its recipient, RFC 5321, 4.2.1).
    ``everyone``: others would fail alike, so the batch ends.
    ``perhaps_sent``: all of it was handed over and no answer came.
    ``closed``: the connection is gone; another one may do better.
    ``refused``: the recipient would perhaps refuse all else as well (see notify/breaker.py).
    ``status``, ``answer``: of an HTTP answer. ``wait``: seconds that it asked for.
    """

    def __init__(
        self,
        words: str,
        *,
        permanent: bool = False,
        everyone: bool = False,
        perhaps_sent: bool = False,
        closed: bool = False,
        refused: bool = False,
        status: int | None = None,
        answer: str = "",
        wait: int = 0,
    ) -> None:
        super().__init__(visible(words)[:MAX_WORDS])
        self.permanent = permanent
        self.everyone = everyone
        self.perhaps_sent = perhaps_sent
        self.closed = closed
        self.refused = refused
        self.status = status
        self.answer = answer
        self.wait = wait


def not_connected(error: Exception, server: str) -> SendingError:
    """No connection, no encryption or no log-in, whatever the code: not a message's fault."""
    return SendingError(f"{server}: {words_of(error)}", everyone=True, closed=True)


def not_sent(error: Exception, *, handed_over: bool) -> SendingError:
    """``handed_over``: the text was on its way when the error came. A reply settles what became
    of it; without one it may have arrived."""
    code = _code(error)
    if code is None:
        unsupported = isinstance(error, smtplib.SMTPNotSupportedError)
        return SendingError(
            words_of(error),
            permanent=unsupported,
            everyone=not unsupported,
            perhaps_sent=handed_over,
            closed=not unsupported,
        )
    everyone = (
        code == CLOSING or code in OPERATORS_TO_MEND or isinstance(error, smtplib.SMTPSenderRefused)
    )
    permanent = 500 <= code < 600 and not everyone
    words = words_of(error)
    return SendingError(
        words,
        permanent=permanent,
        refused=permanent and not (handed_over and _OF_THE_TEXT.match(words)),
        everyone=everyone,
        closed=code == CLOSING,
    )


def words_of(error: Exception) -> str:
    """The server's words with their code, or the system's."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        return f"{code} {reply.decode(errors='replace')}"
    if isinstance(error, smtplib.SMTPResponseException):
        reply_or_words = error.smtp_error
        if isinstance(reply_or_words, bytes):
            reply_or_words = reply_or_words.decode(errors="replace")
        return f"{error.smtp_code} {reply_or_words}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _code(error: Exception) -> int | None:
    """The reply's code; None where there was no reply, or one that is none (RFC 5321, 4.2)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
    else:
        return None
    return code if 200 <= code < 600 else None
