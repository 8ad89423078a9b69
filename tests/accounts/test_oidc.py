"""Log-in by a real OpenID Connect provider."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from submissions import EDITOR, PASSWORD

from server import create_app
from server.config import SettingError, Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Site, User
from server.people import invite
from server.sites import add_user, find_user

START = "/login/oauthstart/oidc"
VERIFY = "/login/oauth-verify-start/oidc"


@pytest.fixture
def settings(settings: Settings, provider: OidcProvider) -> Settings:
    return replace(
        settings,
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_name="The House",
    )


@pytest.fixture(autouse=True)
def forms_without_token(app: Flask, editor: User) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def sent_back(client: FlaskClient, start: str = START, **query: str) -> str:
    """Press the button and log in at the provider; the path that one is sent back to."""
    there = client.post(start, query_string=query).location
    back = requests.get(there, allow_redirects=False, timeout=30).headers["Location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_log_in_page_offers_it_by_name(client: FlaskClient, provider: OidcProvider) -> None:
    answer = client.get("/login")

    assert "Log in with The House" in answer.text
    assert f"form-action 'self' {provider.url};" in answer.headers["Content-Security-Policy"]


def test_member_logs_in(client: FlaskClient, provider: OidcProvider) -> None:
    answer = client.get(sent_back(client, next="/deliveries"))

    assert answer.location == "/deliveries"
    assert EDITOR in client.get("/account").text


def test_address_counts_whatever_its_capitals(client: FlaskClient, provider: OidcProvider) -> None:
    provider.claims["email"] = EDITOR.upper()

    client.get(sent_back(client))

    assert is_in(client)


def test_request_carries_state_nonce_and_challenge(
    client: FlaskClient, provider: OidcProvider
) -> None:
    query = parse_qs(urlsplit(client.post(START).location).query)

    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["openid email"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(query[name][0]) >= 16, name


@pytest.mark.parametrize(
    ("public_url", "back"),
    [
        ("https://desk.example", "https://desk.example/login/oauthresponse/oidc"),
        ("https://news.example/desk/", "https://news.example/desk/login/oauthresponse/oidc"),
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1:99", "localhost"])
def test_provider_sends_back_to_the_public_address_whatever_a_request_says(
    settings: Settings, public_url: str, back: str, host: str
) -> None:
    app = create_app(
        replace(settings, public_url=public_url, proxy_hops=1, trusted_hosts=(".example", host))
    )
    app.config["WTF_CSRF_ENABLED"] = False
    forwarded = {"X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "ftp"}

    for headers in ({"Host": host}, {"Host": host, **forwarded}):
        answer = app.test_client().post(START, headers=headers)

        assert parse_qs(urlsplit(answer.location).query)["redirect_uri"] == [back]


def test_who_is_logged_in_proves_it_again_at_the_provider(
    client: FlaskClient, provider: OidcProvider
) -> None:
    client.get(sent_back(client))
    with client.session_transaction() as session:
        session["fs_paa"] = 0.0
    assert client.get("/account/recovery-codes").location.startswith("/verify")

    answer = client.get(sent_back(client, VERIFY, next="/account/recovery-codes"))

    assert answer.location == "/account/recovery-codes"
    assert client.get("/account/recovery-codes").status_code == 200


def test_somebody_else_at_the_provider_proves_nothing(
    client: FlaskClient, provider: OidcProvider
) -> None:
    with write_transaction() as session:
        add_user(session, "bo@news.example", PASSWORD)
    client.get(sent_back(client))
    with client.session_transaction() as session:
        session["fs_paa"] = 0.0
    provider.claims["email"] = "bo@news.example"

    client.get(sent_back(client, VERIFY))

    assert client.get("/account/recovery-codes").location.startswith("/verify")
    assert EDITOR in client.get("/account").text


def test_who_logged_out_meanwhile_proves_nothing_and_breaks_nothing(
    client: FlaskClient, provider: OidcProvider
) -> None:
    client.get(sent_back(client))
    path = sent_back(client, VERIFY)
    with client.session_transaction() as session:
        del session["_user_id"]

    assert client.get(path).location.startswith("/login")
    assert not is_in(client)


@pytest.mark.parametrize("name", ["another", "oidc/../x", "%00", "register"])
def test_unknown_provider_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.post(f"/login/oauthstart/{name}").status_code == 404
    assert client.get(f"/login/oauthresponse/{name}").status_code == 404


@pytest.mark.parametrize("there", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_after_it(
    client: FlaskClient, provider: OidcProvider, there: str
) -> None:
    answer = client.get(sent_back(client, next=there))

    # Written like this it is a page of ours that is missing.
    assert answer.location in ("/", "/%5Cevil.example")
    assert is_in(client)


def test_start_needs_a_form_with_a_token(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    assert client.get(START).status_code == 405
    assert client.post(START).location.startswith("/login")


def test_answer_of_another_browser_logs_nobody_in(app: Flask, client: FlaskClient) -> None:
    victim = app.test_client()

    answer = victim.get(sent_back(client))

    assert answer.location == "/login"
    assert not is_in(victim)


def test_answer_is_good_once(app: Flask, client: FlaskClient) -> None:
    path = sent_back(client)
    client.get(path)
    client.post("/logout")

    client.get(path)

    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@news.example", "email_verified": True},
        {"email": EDITOR, "email_verified": False},
        {"email": EDITOR, "email_verified": "true"},
        {"email": EDITOR},
        {"email_verified": True},
        {"email": ["x"], "email_verified": True},
        {"email": EDITOR, "email_verified": True, "nonce": "another"},
        {"email": EDITOR, "email_verified": True, "aud": "another"},
        {"email": EDITOR, "email_verified": True, "iss": "https://evil.example"},
        {"email": EDITOR, "email_verified": True, "exp": 1},
    ],
)
def test_word_that_does_not_hold_logs_nobody_in(
    client: FlaskClient, provider: OidcProvider, claims: dict[str, object]
) -> None:
    provider.claims = claims

    answer = client.get(sent_back(client))

    assert answer.location == "/login"
    assert not is_in(client)


def test_signature_of_another_key_logs_nobody_in(
    client: FlaskClient, provider: OidcProvider
) -> None:
    provider.key = ECKey.generate_key("P-256", {"kid": "1", "use": "sig"})

    answer = client.get(sent_back(client))

    assert answer.location == "/login"
    assert "The log-in with The House failed" in client.get("/login").text
    assert not is_in(client)


def test_provider_that_is_gone_breaks_nothing(
    app: Flask, client: FlaskClient, provider: OidcProvider
) -> None:
    path = sent_back(client)
    provider.known_key = ECKey.generate_key("P-256", {"kid": "2", "use": "sig"})

    assert client.get(path).location == "/login"
    assert client.get("/login").status_code == 200


def test_closed_account_stays_out(client: FlaskClient, editor: User) -> None:
    with write_transaction() as session:
        session.get_one(User, editor.id).active = False

    client.get(sent_back(client))

    assert not is_in(client)


class TestInvitedPerson:
    BO = "bo@news.example"

    @pytest.fixture(autouse=True)
    def invited(self, settings: Settings, site: Site, provider: OidcProvider) -> None:
        with write_transaction() as session:
            here = session.get_one(Site, site.id)
            invite(session, settings, here, self.BO, "viewer", actor=None)
        provider.claims = {"email": self.BO, "email_verified": True}

    def test_joins_and_has_no_password(self, app: Flask, client: FlaskClient) -> None:
        client.get(sent_back(client))

        assert is_in(client)
        bo = find_user(db.session(), self.BO)
        assert bo is not None
        assert [each.role for each in bo.memberships] == ["viewer"]
        assert bo.password is None
        for password in ("", "None", "seven green kettles sing"):
            answer = app.test_client().post("/login", data={"email": self.BO, "password": password})
            assert answer.status_code == 200

    def test_joins_nothing_by_an_address_that_is_not_verified(
        self, client: FlaskClient, provider: OidcProvider
    ) -> None:
        provider.claims["email_verified"] = False

        client.get(sent_back(client))

        assert find_user(db.session(), self.BO) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oidc_issuer": "ldap://x"}, "COPYDESK_OIDC_ISSUER"),
        ({"oidc_client_id": ""}, "COPYDESK_OIDC_CLIENT_ID"),
    ],
)
def test_half_a_setting_is_refused_at_start(
    settings: Settings, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        replace(settings, **changes).check()
