"""The links of a mail, and who follows them."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from smtp_server import MailServer
from werkzeug.test import TestResponse

Press = Callable[[str], TestResponse]


def links_of(mail_server: MailServer) -> dict[str, str]:
    """The paths of the signed links in the last mail that came, by their purpose."""
    body = mail_server.messages[-1].get_body(("plain",))
    assert body is not None
    found = re.findall(r"https?://[^/\s]+(/mail/(\w+)/\S+)", str(body.get_content()))
    return {purpose: path for path, purpose in found}


def press_with(client: FlaskClient) -> Press:
    """Open a link and press the button of its page, as a browser does that keeps no cookie."""

    def press(link: str) -> TestResponse:
        page = client.get(link).text
        form = re.search(r'<form method="post"(?: action="([^"]+)")?>', page)
        assert form, "the page has a button"
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', page))
        return client.post(form[1] or link, data=fields, follow_redirects=True)

    return press
