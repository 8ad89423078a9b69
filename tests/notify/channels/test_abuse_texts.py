"""What readers send is text for webhooks and chats, too."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable

import pytest
from hostile import CORPUS, HIDDEN, MARK, SHOWN, fields_with
from http_receiver import Receiver
from submissions import PAGE_URL, Submit

from server.models import Channel, Delivery
from server.notify.channels.announcement import chat_message

Owed = Callable[[], list[Delivery]]
STEERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_a_webhook_gets_json_with_the_texts_as_they_were_written(
    webhook: Channel, submit: Submit, send: Callable[[], None], receiver: Receiver
) -> None:
    for number, text in enumerate([*CORPUS, HIDDEN]):
        assert submit(**fields_with(text, f"{PAGE_URL}-{number}")).status_code == 201
        send()

        request = receiver.requests[-1]
        told = json.loads(request.body)["data"]["report"]
        assert request.headers["Content-Type"] == "application/json"
        assert (told["exact"], told["suggestion"]) == (text, f"{text}!")


@pytest.mark.parametrize("scheme", ["mmost", "discord", "zulip", "slack", "tgram"])
def test_a_chat_message_steers_nothing_and_shows_what_hides(
    webhook: Channel, submit: Submit, owed: Owed, scheme: str
) -> None:
    for number, text in enumerate([*CORPUS, HIDDEN]):
        assert submit(**fields_with(text, f"{PAGE_URL}-{number}")).status_code == 201

        message = chat_message(owed()[-1], scheme, "http://localhost:8000")
        assert not [each for each in message if unicodedata.bidirectional(each) in STEERING], text
        assert not [each for each in message if unicodedata.category(each) == "Cc" and each != "\n"]
        if scheme in ("mmost", "discord", "zulip"):
            assert f"<{MARK}" not in message.replace(f"\\<{MARK}", "")
    assert all(name in message for name in SHOWN)
