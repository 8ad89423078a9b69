"""``copydesk mail test ADDRESS`` says in words what is wrong and what to change."""

from __future__ import annotations

import contextvars
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from click.testing import Result
from flask import Flask
from smtp_server import MailServer, free_port

from server import create_app
from server.cli import main
from server.config import Settings

ADDRESS = "ann@news.example"
Test = Callable[..., Result]


@pytest.fixture
def mail_test(app: Flask, settings: Settings) -> Test:
    """Run the command; keywords change settings."""

    def run(address: str = ADDRESS, **changes: object) -> Result:
        changed = create_app(replace(settings, **{"smtp_timeout": 10.0, **changes}))
        runner = changed.test_cli_runner()
        # In a context of its own: the test's application would be the command's otherwise.
        return contextvars.Context().run(runner.invoke, main.commands["mail"], ["test", address])

    return run


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed (Debian: apt-get install openssl)")
    folder = tmp_path_factory.mktemp("tls")
    file, key = folder / "certificate.pem", folder / "key.pem"
    # fmt: off
    command = [
        openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "2", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(file),
    ]
    # fmt: on
    subprocess.run(command, check=True, capture_output=True)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(file, key)
    return made


@pytest.fixture
def serving() -> Iterator[Callable[..., MailServer]]:
    """Start a mail server with options of aiosmtpd's."""
    servers: list[MailServer] = []

    def start(**options: object) -> MailServer:
        servers.append(MailServer(**options))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts connections and says nothing."""
    listener = socket.create_server(("127.0.0.1", free_port()))
    yield int(listener.getsockname()[1])
    listener.close()


def test_accepted_message_is_said_to_be(mail_test: Test, mail_server: MailServer) -> None:
    answer = mail_test()

    assert answer.exit_code == 0
    assert f"accepted the message to {ADDRESS}" in answer.output
    (message,) = mail_server.messages
    assert message["Subject"] == "Test message from Copydesk"
    assert message["To"] == ADDRESS


def test_no_server_configured(mail_test: Test) -> None:
    answer = mail_test(smtp_host="")

    assert answer.exit_code == 1
    assert "Set COPYDESK_SMTP_HOST" in answer.output


def test_what_is_no_address(mail_test: Test, mail_server: MailServer) -> None:
    answer = mail_test("nobody")

    assert "nobody is not a mail address" in answer.output
    assert mail_server.messages == []


def test_name_that_nobody_knows(mail_test: Test) -> None:
    answer = mail_test(smtp_host="mail.invalid")

    assert "The name mail.invalid was not found" in answer.output
    assert "Check COPYDESK_SMTP_HOST" in answer.output


def test_port_where_nobody_listens(mail_test: Test) -> None:
    answer = mail_test(smtp_port=free_port())

    assert "refused the connection" in answer.output
    assert "Check COPYDESK_SMTP_HOST and COPYDESK_SMTP_PORT" in answer.output


def test_server_that_says_nothing(mail_test: Test, silent: int) -> None:
    answer = mail_test(smtp_port=silent, smtp_timeout=0.3)

    assert "gave no greeting within 0.3 seconds" in answer.output
    assert "COPYDESK_SMTP_SECURITY=tls" in answer.output


def test_certificate_that_nobody_vouches_for(
    mail_test: Test, serving: Callable[..., MailServer], context: ssl.SSLContext
) -> None:
    server = serving(ssl_context=context)

    answer = mail_test(smtp_host="localhost", smtp_port=server.port, smtp_security="tls")

    assert "is not accepted: self-signed certificate" in answer.output
    assert "SSL_CERT_FILE" in answer.output


def test_tls_where_the_server_begins_in_the_clear(mail_test: Test) -> None:
    answer = mail_test(smtp_security="tls")

    assert "does not speak TLS from the first byte" in answer.output
    assert "COPYDESK_SMTP_SECURITY=starttls" in answer.output


def test_no_starttls_offered(mail_test: Test, mail_server: MailServer) -> None:
    answer = mail_test(smtp_security="starttls")

    assert "offers no STARTTLS, so nothing was sent in the clear" in answer.output
    assert mail_server.messages == []


def test_log_in_refused(mail_test: Test, serving: Callable[..., MailServer]) -> None:
    def refuse(_server: object, _session: object, _envelope: object, _mechanism: str, data: object):
        assert isinstance(data, LoginPassword)
        return AuthResult(success=False, handled=False, message="535 5.7.8 wrong password")

    server = serving(authenticator=refuse, auth_require_tls=False)

    answer = mail_test(smtp_port=server.port, smtp_user="ann", smtp_password="wrong password 1")

    assert "refused the log-in as ann" in answer.output
    assert "Check COPYDESK_SMTP_USER and COPYDESK_SMTP_PASSWORD" in answer.output
    assert "wrong password 1" not in answer.output


def test_no_log_in_offered(mail_test: Test) -> None:
    answer = mail_test(smtp_user="ann", smtp_password="x")

    assert "offers no log-in" in answer.output
    assert "leave COPYDESK_SMTP_USER empty" in answer.output


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_log_in_wanted(mail_test: Test, serving: Callable[..., MailServer]) -> None:
    server = serving(
        authenticator=lambda *_: AuthResult(success=True), auth_required=True,
        auth_require_tls=False,
    )  # fmt: skip

    answer = mail_test(smtp_port=server.port)

    assert "wants a log-in before it takes mail" in answer.output
    assert "Set COPYDESK_SMTP_USER" in answer.output


def test_sender_refused(mail_test: Test, mail_server: MailServer) -> None:
    mail_server.refuse_sender = ["553 5.7.1 not yours"]

    answer = mail_test()

    assert "was refused: 553 5.7.1 not yours" in answer.output
    assert "Set COPYDESK_MAIL_FROM" in answer.output


def test_recipient_refused(mail_test: Test, mail_server: MailServer) -> None:
    mail_server.refuse_recipient = ["550 5.1.1 no such person"]

    answer = mail_test()

    assert f"The recipient {ADDRESS} was refused: 550 5.1.1 no such person" in answer.output
    assert "Check the address" in answer.output


def test_greylisting(mail_test: Test, mail_server: MailServer) -> None:
    mail_server.refuse_recipient = ["451 4.7.1 greylisted, come back later"]

    answer = mail_test()

    assert "greylisting" in answer.output
    assert "Copydesk tries again by itself" in answer.output.replace("\n", " ")


def test_message_refused(mail_test: Test, mail_server: MailServer) -> None:
    mail_server.refuse_data = ["554 5.7.1 looks like spam"]

    answer = mail_test()

    assert "The message was refused: 554 5.7.1 looks like spam" in answer.output
    assert "SPF, DKIM and DMARC" in answer.output


def test_connection_lost_within_the_message(mail_test: Test, mail_server: MailServer) -> None:
    mail_server.refuse_data = ["drop"]

    answer = mail_test()

    assert "The connection broke while the message was sent" in answer.output
