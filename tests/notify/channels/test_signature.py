"""Signatures of webhooks, as Standard Webhooks 1.0.0 wants and its own library reads them."""

from __future__ import annotations

import json

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from server import clock
from server.notify.channels.signature import PREFIX, headers, new_secret, sign

# The vector of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'


def test_known_signature() -> None:
    signature = sign(SECRET, ID, 1614265330, BODY)

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secret_with_and_without_its_prefix_is_the_same() -> None:
    assert sign(SECRET.removeprefix(PREFIX), ID, 1, BODY) == sign(SECRET, ID, 1, BODY)


def test_secrets_are_as_long_as_the_specification_asks_for() -> None:
    import base64

    secret = new_secret()

    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64
    assert new_secret() != secret


def test_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        sign("whsec_!", ID, 1, BODY)


def test_the_specifications_library_accepts_it() -> None:
    secret = new_secret()

    read = Webhook(secret).verify(BODY, headers([secret], ID, clock.now(), BODY))

    assert read == json.loads(BODY)


def test_during_a_rotation_both_secrets_prove_it() -> None:
    new, former = new_secret(), new_secret()

    signed = headers([new, former], ID, clock.now(), BODY)

    assert len(signed["webhook-signature"].split(" ")) == 2
    for secret in (new, former):
        Webhook(secret).verify(BODY, signed)


@pytest.mark.parametrize("changed", ["body", "webhook-id", "webhook-timestamp"])
def test_whatever_is_changed_is_noticed(changed: str) -> None:
    signed, body = headers([SECRET], ID, clock.now(), BODY), BODY
    if changed == "body":
        body = BODY.replace(b"2432", b"2433")
    elif changed == "webhook-id":
        signed[changed] = "msg_other"
    else:
        signed[changed] = str(int(signed[changed]) - 1)

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body, signed)
