"""What readers send is text on the pages behind a mail's links, too."""

from __future__ import annotations

from flask.testing import FlaskClient
from hostile import CORPUS, HIDDEN, SHOWN, fields_with, made_by, text_of
from mail_links import Press, links_of
from smtp_server import MailServer
from submissions import PAGE_URL, Submit

from server.notify.deliver import deliver_due


def test_link_pages_show_markup_as_text(
    client: FlaskClient, press: Press, submit: Submit, mail_server: MailServer
) -> None:
    for number, text in enumerate(CORPUS):
        assert submit(**fields_with(text, f"{PAGE_URL}-{number}")).status_code == 201
        deliver_due()
        links = links_of(mail_server)

        for path in links.values():
            assert made_by(client.get(path).text) == [], text
        assert made_by(press(links["rejected"]).text) == [], text


def test_link_pages_show_what_hides(
    client: FlaskClient, submit: Submit, mail_server: MailServer
) -> None:
    submit(**fields_with(HIDDEN))
    deliver_due()

    page = text_of(client.get(links_of(mail_server)["fixed"]).text)

    assert not set(page) & set("\u202e\u2066\x07")
    assert all(name in page for name in SHOWN)
