"""Encryption and log-in to the mail server: never less than the settings ask for."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from smtp_server import MailServer
from submissions import Submit

from server.config import Settings
from server.models import Delivery
from server.notify.deliver import deliver_due

Deliveries = Callable[[], list[Delivery]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for ``localhost``, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed (Debian: apt-get install openssl)")
    folder = tmp_path_factory.mktemp("tls")
    file, key = folder / "certificate.pem", folder / "key.pem"
    # fmt: off
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(file),
        ],
        check=True,
        capture_output=True,
    )
    # fmt: on
    return file, key


@pytest.fixture
def server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process trust the certificate, as an operator's own authority is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


@pytest.fixture(params=["starttls", "tls"])
def security(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def host() -> str:
    return "localhost"


@pytest.fixture
def mail_server(security: str, server_context: ssl.SSLContext) -> Iterator[MailServer]:
    if security == "tls":
        server = MailServer(ssl_context=server_context)
    else:
        server = MailServer(tls_context=server_context, require_starttls=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(settings: Settings, security: str, host: str) -> Settings:
    return replace(settings, smtp_security=security, smtp_host=host)


def test_trusted_certificate_is_accepted(
    trusted: None, submit: Submit, mail_server: MailServer
) -> None:
    submit()

    deliver_due()

    assert len(mail_server.messages) == 1


def test_unknown_certificate_gets_no_mail(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    submit()

    deliver_due()

    assert mail_server.messages == []
    (delivery,) = deliveries()
    assert delivery.state == "queued"
    assert "certificate verify failed" in delivery.last_error


@pytest.mark.parametrize("host", ["127.0.0.1"])
def test_certificate_of_another_host_gets_no_mail(
    trusted: None, submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    submit()

    deliver_due()

    assert mail_server.messages == []
    assert "not valid for '127.0.0.1'" in deliveries()[0].last_error


class TestServerWithoutStarttls:
    @pytest.fixture(params=["starttls"])
    def security(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def mail_server(self) -> Iterator[MailServer]:
        server = MailServer()
        server.start()
        yield server
        server.stop()

    def test_gets_no_mail(
        self, submit: Submit, mail_server: MailServer, deliveries: Deliveries
    ) -> None:
        submit()

        deliver_due()

        assert mail_server.messages == []
        (delivery,) = deliveries()
        assert delivery.state == "queued"
        assert "STARTTLS" in delivery.last_error


# aiosmtpd's advice to its operators; this server's clients are all on this machine.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
class TestLogIn:
    @pytest.fixture
    def attempts(self) -> list[bytes]:
        return []

    @pytest.fixture
    def mail_server(self, attempts: list[bytes]) -> Iterator[MailServer]:
        def authenticate(*arguments: Any) -> AuthResult:
            given = arguments[-1]
            assert isinstance(given, LoginPassword)
            attempts.append(given.password)
            return AuthResult(success=given == LoginPassword(b"desk", b"right"), handled=False)

        server = MailServer(authenticator=authenticate, auth_required=True, auth_require_tls=False)
        server.start()
        yield server
        server.stop()

    @pytest.fixture
    def password(self) -> str:
        return "right"

    @pytest.fixture
    def settings(self, settings: Settings, password: str, mail_server: MailServer) -> Settings:
        return replace(
            settings,
            smtp_security="none",
            smtp_port=mail_server.port,
            smtp_user="desk",
            smtp_password=password,
        )

    @pytest.fixture(params=["none"])
    def security(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_right_password_sends(self, submit: Submit, mail_server: MailServer) -> None:
        submit()

        deliver_due()

        assert len(mail_server.messages) == 1

    @pytest.mark.parametrize("password", ["wrong"])
    def test_wrong_password_is_tried_once_a_batch_and_nothing_is_given_up(
        self, submit: Submit, deliveries: Deliveries, attempts: list[bytes]
    ) -> None:
        submit()
        submit(selector__exact="another")

        deliver_due()

        # A batch that went on would have the account locked.
        assert set(attempts) == {b"wrong"}
        assert [each.attempts for each in deliveries()] == [1, 0]
        assert {each.state for each in deliveries()} == {"queued"}
        assert "535" in deliveries()[0].last_error
