"""A reader's address is in what is still owed, and nowhere else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from smtp_server import MailServer
from sqlalchemy import select, update
from submissions import Submit
from thanking import READER, Close, everything_stored, thanks

from server import clock
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery
from server.notify.breaker import HELD_AT_MOST, REFUSALS, refused
from server.notify.deliver import deliver_due
from server.notify.thanks import forget_thanked_readers, owe_thanks
from server.reports.addresses import AddressHashes


def test_refused_address_stands_nowhere_not_even_in_the_servers_words(
    submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")
    mail_server.refuse_recipient = [f"550 <{READER}> is unknown here"]

    assert thanks(mail_server) == []

    delivery = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).one()
    assert delivery.state == "failed"
    assert delivery.last_error == "550 <…> is unknown here"
    assert READER not in everything_stored()


@pytest.mark.parametrize("said", ["550 <{}> is unknown", "451 {} may come back"])
def test_log_has_no_readers_address_however_the_server_writes_it(
    submit: Submit,
    mail_server: MailServer,
    close: Close,
    caplog: pytest.LogCaptureFixture,
    said: str,
) -> None:
    submit(email=READER)
    close("fixed")
    mail_server.refuse_recipient = [said.format(READER.upper())]
    caplog.clear()

    assert thanks(mail_server) == []

    assert said.format("…") in caplog.text
    assert READER not in caplog.text.lower()
    waits = len(db.session.scalars(select(Delivery).where(Delivery.state == "queued")).all())
    # Where it is owed still it is in the delivery, and nowhere else.
    stored = everything_stored().lower()
    assert stored.count(READER) == waits


def test_page_of_thanks_that_are_held_does_not_say_for_whom(
    editor_client: FlaskClient, submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")
    owe_thanks()
    with write_transaction() as session:
        # Said of another mail to the same address.
        for _ in range(REFUSALS):
            refused(session, "mail", READER, f"550 <{READER.upper()}> is unknown")
    delivery = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).one()

    page = editor_client.get(f"/deliveries/{delivery.public_id}").text

    assert "550 &lt;…&gt; is unknown" in page
    assert READER not in page.lower()


def test_thanks_given_up_while_held_keep_no_address(submit: Submit, close: Close) -> None:
    submit(email=READER)
    close("fixed")
    owe_thanks()
    with write_transaction() as session:
        long_ago = clock.now() - HELD_AT_MOST * 2
        session.execute(update(Delivery).where(Delivery.kind == "thanks").values(due_at=long_ago))
        for _ in range(REFUSALS):
            refused(session, "mail", READER, f"550 <{READER.upper()}> is unknown")
    forget_thanked_readers()

    failed = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).one()
    assert (failed.state, failed.recipient) == ("failed", "")
    assert READER not in everything_stored().lower()


def test_thanks_whose_address_is_forgotten_are_not_sent_again(
    editor_client: FlaskClient, submit: Submit, mail_server: MailServer, close: Close
) -> None:
    for reader in (READER, "another@elsewhere.example"):
        submit(email=reader)
    close("fixed")
    mail_server.refuse_recipient = ["550 unknown", "550 unknown"]
    assert thanks(mail_server) == []
    failed = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).all()
    address = f"/deliveries/{failed[0].public_id}"
    assert "Send all again" not in editor_client.get(address).text

    for action in ("retry", "retry_all"):
        editor_client.post(f"{address}/{action}")

    db.session.rollback()
    states = db.session.scalars(select(Delivery.state).where(Delivery.kind == "thanks")).all()
    assert states == ["failed", "failed"]


def test_editors_do_not_see_whom_it_went_to(
    editor_client: FlaskClient, submit: Submit, mail_server: MailServer, close: Close
) -> None:
    submit(email=READER)
    close("fixed")
    owe_thanks()
    mail_server.refuse_recipient = [f"451 <{READER}> may come back"]
    deliver_due()
    delivery = db.session.scalars(select(Delivery).where(Delivery.kind == "thanks")).one()

    for address in ("/deliveries", f"/deliveries/{delivery.public_id}"):
        page = editor_client.get(address).text
        assert "a reader" in page
        assert "451 &lt;…&gt; may come back" in page
        assert READER not in page


def test_hash_of_an_older_key_is_known_while_the_key_is_named() -> None:
    before = AddressHashes(["old"])
    after = AddressHashes(["new", "old"])

    assert before.of("Ann@Example.org ") in after.all_of("ann@example.org")
    assert before.of("ann@example.org") != after.of("ann@example.org")
    assert before.of("ann@example.org") not in AddressHashes(["new"]).all_of("ann@example.org")
