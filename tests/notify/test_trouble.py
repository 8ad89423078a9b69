"""What a mail server can do to us, and what then becomes of the message."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from smtp_server import MailServer, free_port
from submissions import Submit

from server import clock
from server.config import Settings
from server.models import Delivery
from server.notify.deliver import deliver_due

Deliveries = Callable[[], list[Delivery]]


@pytest.mark.parametrize("answer", ["421 too busy", "450 greylisted", "451 try later", "drop"])
def test_temporary_trouble_is_tried_again_under_the_same_message_id(
    submit: Submit,
    mail_server: MailServer,
    deliveries: Deliveries,
    make_due: Callable[[], None],
    answer: str,
) -> None:
    mail_server.refuse_data = [answer]
    submit()

    deliver_due()

    (delivery,) = deliveries()
    assert delivery.state == "queued"
    assert delivery.last_error
    assert delivery.due_at > clock.now()
    make_due()
    deliver_due()
    assert deliveries()[0].state == "sent"
    assert [message["Message-ID"] for message in mail_server.messages] == [delivery.message_id]


@pytest.mark.parametrize("answer", ["421 too busy", "450 greylisted"])
def test_recipient_refused_for_now_is_tried_again(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries, answer: str
) -> None:
    mail_server.refuse_recipient = [answer]
    submit()

    deliver_due()

    (delivery,) = deliveries()
    assert (delivery.state, delivery.last_error) == ("queued", answer)


@pytest.mark.parametrize("words", ["550 no such person here", "552 mailbox full"])
def test_refused_recipient_fails_with_the_servers_words(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries, words: str
) -> None:
    mail_server.refuse_recipient = [words]
    submit()

    deliver_due()

    (delivery,) = deliveries()
    assert (delivery.state, delivery.last_error) == ("failed", words)
    assert "recieve" in delivery.text, "what could not be sent can still be read"


def test_refused_message_fails_with_the_servers_words(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    mail_server.refuse_data = ["554 looks like spam"]
    submit()

    deliver_due()

    (delivery,) = deliveries()
    assert (delivery.state, delivery.last_error) == ("failed", "554 looks like spam")
    assert not delivery.possible_duplicate


def test_refusals_do_not_cost_the_others_their_connection(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    mail_server.refuse_recipient = ["550 no"]
    mail_server.refuse_data = ["451 later"]
    for number in range(3):
        submit(selector__exact=f"mistake {number}")

    assert deliver_due() == 3

    assert [each.state for each in deliveries()] == ["failed", "queued", "sent"]
    assert mail_server.connections == 1


def test_server_that_bounds_its_connections_gets_several(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    mail_server.per_connection = 2
    for number in range(5):
        submit(selector__exact=f"mistake {number}")

    assert deliver_due() == 5

    assert {each.state for each in deliveries()} == {"sent"}
    assert {each.attempts for each in deliveries()} == {1}
    assert mail_server.connections == 3


def test_down_then_up_delivers_all_once(
    submit: Submit,
    mail_server: MailServer,
    deliveries: Deliveries,
    make_due: Callable[[], None],
) -> None:
    submit()
    submit(selector__exact="another")
    mail_server.stop()

    assert deliver_due() == 1, "the second is not tried: it would fail alike"

    assert {each.state for each in deliveries()} == {"queued"}
    assert deliveries()[0].last_error == f"127.0.0.1:{mail_server.port}: Connection refused"
    mail_server.start()
    make_due()
    assert deliver_due() == 2
    assert {each.state for each in deliveries()} == {"sent"}
    assert not any(each.possible_duplicate for each in deliveries())
    assert len(mail_server.messages) == 2


def test_dropped_within_the_message_may_have_arrived_and_says_so(
    submit: Submit, mail_server: MailServer, deliveries: Deliveries
) -> None:
    mail_server.refuse_data = ["drop"]
    submit()

    deliver_due()

    (delivery,) = deliveries()
    assert delivery.state == "queued"
    assert delivery.possible_duplicate


class TestImpatient:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, smtp_timeout=0.5)

    def test_server_that_hangs_meets_the_time_limit(
        self, submit: Submit, mail_server: MailServer, deliveries: Deliveries
    ) -> None:
        mail_server.stall_seconds = 2
        submit()

        deliver_due()

        assert "timed out" in deliveries()[0].last_error

    def test_answer_that_comes_too_late_leaves_a_marked_duplicate(
        self,
        submit: Submit,
        mail_server: MailServer,
        deliveries: Deliveries,
        make_due: Callable[[], None],
    ) -> None:
        mail_server.late_seconds = 2
        submit()
        deliver_due()
        mail_server.late_seconds = 0
        make_due()

        deliver_due()

        (delivery,) = deliveries()
        assert delivery.state == "sent"
        assert delivery.possible_duplicate
        first, second = mail_server.messages
        assert first["Message-ID"] == second["Message-ID"] == delivery.message_id


class TestDribble:
    @pytest.fixture
    def dribble(self) -> Iterator[int]:
        """The port of a server that greets one character at a time, and never ends."""
        listener = socket.create_server(("127.0.0.1", free_port()))
        over = threading.Event()

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                while not over.wait(0.1):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=greet)
        thread.start()
        yield int(listener.getsockname()[1])
        over.set()
        thread.join()
        listener.close()

    @pytest.fixture
    def settings(self, settings: Settings, dribble: int) -> Settings:
        return replace(settings, smtp_port=dribble, smtp_timeout=0.3)

    def test_server_that_dribbles_is_cut_off(self, submit: Submit, deliveries: Deliveries) -> None:
        submit()

        # Each byte comes well within the socket's own limit: without ours this would never end.
        deliver_due()

        assert "no end within 1.8 seconds" in deliveries()[0].last_error
