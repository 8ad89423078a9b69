"""Chat services through Apprise. A local HTTP server stands for the service, in the form of
Mattermost's incoming webhooks: of the services it is one whose host is in the address, so that
nothing of Apprise needs to be replaced. Private networks are allowed for that, as in a trial."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from http_receiver import Receiver
from sqlalchemy import update
from submissions import Submit

from server.config import Settings
from server.database import write_transaction
from server.models import Attempt, Channel, Delivery, Site
from server.notify import site_channels
from server.notify.channels import chat
from server.notify.channels.announcement import chat_message
from server.notify.channels.chat import require_chat_address, shown_address
from server.outbound import Refused

Owed = Callable[[], list[Delivery]]
Do = Callable[[], None]
TOKEN = "3ccdd113474722377935511fc85d3dd4"
HOSTILE = "*b* _i_ `c` [x](https://evil.example) <b> @everyone @here <@U1> ~~s~~ # ||p||"


@pytest.fixture
def address(receiver: Receiver) -> str:
    return f"mmost://127.0.0.1:{receiver.port}/{TOKEN}"


@pytest.fixture
def channel(adding: Callable[..., Channel], address: str) -> Channel:
    return adding(address, kind="apprise", name="Newsroom")


def test_message_has_the_sentence_the_correction_and_the_links(
    channel: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    submit()
    send()

    (request,) = receiver.requests
    assert request.path == f"/hooks/{TOKEN}"
    report = owed()[0].report
    assert report is not None
    assert json.loads(request.body)["text"].replace("\\", "").splitlines() == [
        "The News: New spelling report (1 reader)",
        "“The council has begun to [[recieve]] letters.”",
        "recieve → receive",
        "Page: The harbour https://news.example/harbour#:~:text=recieve",
        f"Report: http://localhost:8000/reports/{report.public_id}",
    ]
    assert [each.state for each in owed()] == ["sent"]


def test_message_is_in_the_sites_language(
    channel: Channel, submit: Submit, send: Do, receiver: Receiver
) -> None:
    with write_transaction() as session:
        session.execute(update(Site).values(language="ru-RU"))
    submit()
    send()

    lines = json.loads(receiver.requests[0].body)["text"].replace("\\", "").splitlines()
    assert lines[0].endswith("(1 читатель)")
    assert [line.split(":")[0] for line in lines[-2:]] == ["Страница", "Сообщение"]


def test_nothing_but_the_service_is_asked_for_pictures(
    channel: Channel, submit: Submit, send: Do, receiver: Receiver
) -> None:
    submit()
    send()

    assert b"github" not in receiver.requests[0].body


def test_reader_can_neither_format_nor_link_nor_call_anybody(
    channel: Channel, submit: Submit, send: Do, receiver: Receiver
) -> None:
    submit(
        selector__exact=HOSTILE,
        suggestion=HOSTILE + "!",
        page__title=HOSTILE,
        passage__before=HOSTILE,
        passage__after=HOSTILE,
    )
    send()

    text = json.loads(receiver.requests[0].body)["text"]
    for call in ("@everyone", "@here", "@channel", "@all"):
        assert call not in text
    for sign in "*_`[<~#|":
        for place, _ in enumerate(text):
            if text[place] == sign and "https://news" not in text[max(0, place - 60) : place + 1]:
                assert text[place - 1] == "\\", text[max(0, place - 20) : place + 5]
    assert "https://evil.example" not in text


@pytest.mark.parametrize("scheme", ["discord", "zulip", "slack", "tgram"])
def test_hidden_characters_are_shown(
    channel: Channel, submit: Submit, owed: Owed, scheme: str
) -> None:
    submit(selector__exact="re\u202ecieve", suggestion="receive")

    text = chat_message(owed()[0], scheme, "http://localhost:8000")

    assert "⟨RLO⟩" in text
    assert "\u202e" not in text


def test_message_too_long_for_the_service_comes_in_parts(
    channel: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    hidden = "\u202e" * 400
    submit(
        selector__exact=hidden,
        suggestion=f"{hidden}!",
        passage__before=hidden,
        page__title=hidden,
    )
    send()

    parts = [json.loads(request.body)["text"] for request in receiver.requests]
    assert len(parts) > 1
    assert max(map(len, parts)) <= 4_000
    assert str(owed()[0].report.public_id) in "".join(parts)
    assert [each.state for each in owed()] == ["sent"]


def test_address_that_fills_the_message_is_left_out(
    channel: Channel, submit: Submit, send: Do, receiver: Receiver
) -> None:
    submit(page__url="https://news.example/" + "x" * 3_000)
    send()

    (request,) = receiver.requests
    lines = json.loads(request.body)["text"].splitlines()
    assert lines[-2] == "Page: The harbour"
    assert lines[-1].startswith("Report: http://localhost:8000/reports/")


def test_refusal_is_tried_again_and_said_without_the_secret(
    channel: Channel,
    submit: Submit,
    send: Do,
    receiver: Receiver,
    owed: Owed,
    attempts: Callable[[], list[Attempt]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.usual = (403, {}, f"no such hook {TOKEN}".encode())
    submit()
    with caplog.at_level(logging.DEBUG):
        send()

    (delivery,) = owed()
    assert delivery.state == "queued"
    assert delivery.last_error.startswith("Mattermost: ")
    assert "403" in delivery.last_error
    (attempt,) = attempts()
    for text in (delivery.last_error, attempt.answer, caplog.text):
        assert TOKEN not in text


def test_proxy_of_the_environment_is_not_asked(
    channel: Channel,
    submit: Submit,
    send: Do,
    receiver: Receiver,
    owed: Owed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    submit()
    with Receiver() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)

        send()

    assert proxy.requests == []
    assert len(receiver.requests) == 1
    assert [each.state for each in owed()] == ["sent"]


def test_service_that_is_down(
    adding: Callable[..., Channel], submit: Submit, send: Do, owed: Owed
) -> None:
    adding(f"mmost://127.0.0.1:1/{TOKEN}", kind="apprise")
    submit()
    send()

    assert owed()[0].state == "queued"
    assert TOKEN not in owed()[0].last_error


def test_redirect_is_not_followed(
    channel: Channel, submit: Submit, send: Do, receiver: Receiver, owed: Owed
) -> None:
    receiver.usual = (302, {"Location": f"{receiver.url}/elsewhere"}, b"")
    submit()
    send()

    assert {request.path for request in receiver.requests} == {f"/hooks/{TOKEN}"}
    assert owed()[0].state == "queued"


def test_service_that_never_ends_is_cut_off(
    channel: Channel,
    submit: Submit,
    send: Do,
    receiver: Receiver,
    owed: Owed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chat, "TOTAL_SECONDS", 0.5)
    receiver.stall_seconds = 2
    submit()
    send()

    assert owed()[0].state == "queued"


def test_test_message(channel: Channel, send: Do, receiver: Receiver) -> None:
    with write_transaction() as session:
        site_channels.owe_test(session, session.get_one(Channel, channel.id), "a@news.example")
    send()

    assert "This is a test from Copydesk" in json.loads(receiver.requests[0].body)["text"]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "json://example.org", "jsons://example.org", "xml://example.org",
        "form://example.org", "mailto://ann:pw@example.org", "syslog://", "dbus://", "windows://",
        "mqtt://example.org", "irc://example.org", "kodi://example.org", "apprises://example.org/x",
        "https://hooks.slack.com/services/T/B/x", "mmost://example.org/" + TOKEN, "nonsense", "",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=/etc/passwd",
        "mmosts://chat.example/" + TOKEN + "?verify=no",
        "mmosts://chat.example/" + TOKEN + "?rto=3600",
        "mmosts://chat.example/" + TOKEN + "?:template=x",
        "slack://", "discord://1", "tgram://x", "slack://a b",
    ],
)  # fmt: skip
def test_other_addresses_are_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(Refused) as refused:
        require_chat_address(address)

    assert TOKEN not in str(refused.value)
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "tgram://123456789:AAbbccddeeffgghhiijjkkllmmnnooppqqr/12315544/",
        "matrixs://user:secrettoken@matrix.example/!room:matrix.example",
        "workflows://prod-1.westeurope.logic.azure.com:443/643e69f83c8944438d68119179a10a64/KODuebW",
        "mmosts://chat.example/" + TOKEN,
        "rockets://web:tok@chat.example/#general",
        "ntfys://push.example/topic",
    ],
)
def test_known_services_are_taken_and_never_shown(address: str) -> None:
    require_chat_address(address)

    assert shown_address(address) == address.partition("://")[0] + "://…"


class TestInProduction:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, webhook_allow_private=False)

    @pytest.fixture(params=["ntfys://localhost:{port}/topic", "mmosts://127.0.0.1:{port}/" + TOKEN])
    def inward(
        self, request: pytest.FixtureRequest, adding: Callable[..., Channel], receiver: Receiver
    ) -> None:
        adding("mmosts://chat.example/" + TOKEN, kind="apprise")
        with write_transaction() as session:
            address = request.param.format(port=receiver.port)
            session.execute(update(Channel).values(address=address))

    def test_private_address_is_not_called(
        self, inward: None, submit: Submit, send: Do, receiver: Receiver, owed: Owed
    ) -> None:
        submit()
        send()

        (delivery,) = owed()
        assert delivery.state == "failed"
        assert "not an address of the public internet" in delivery.last_error
        assert receiver.requests == []
