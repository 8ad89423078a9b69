"""A small OpenID Connect provider: real HTTP, real signatures, one user who says yes at once."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug import Request, Response
from werkzeug.serving import make_server

CLIENT_ID = "copydesk"
CLIENT_SECRET = "the client's own secret"


class OidcProvider:
    """``claims``: what it says of its user, over what is right. ``key``: what it signs with;
    ``known_key``: what it tells others of that. ``asked``: the queries of those who were sent
    to log in."""

    def __init__(self) -> None:
        self.key = self.known_key = ECKey.generate_key("P-256", {"kid": "1", "use": "sig"})
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @Request.application
    def _answer(self, request: Request) -> Response:
        if request.path == "/.well-known/openid-configuration":
            return _json(
                {
                    "issuer": self.url,
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "jwks_uri": f"{self.url}/jwks",
                    "response_types_supported": ["code"],
                    "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["ES256"],
                }
            )
        if request.path == "/jwks":
            return _json({"keys": [self.known_key.as_dict(private=False)]})
        if request.path == "/authorize":
            return self._authorize(request.args.to_dict())
        if request.path == "/token":
            return self._token(request)
        return Response(status=404)

    def _authorize(self, query: dict[str, str]) -> Response:
        self.asked.append(query)
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        back = urlencode({"code": code, "state": query["state"]})
        return Response(status=302, headers={"Location": f"{query['redirect_uri']}?{back}"})

    def _token(self, request: Request) -> Response:
        asked = self._codes.pop(request.form.get("code", ""), None)
        authorization = request.authorization
        client = authorization and (authorization.username, authorization.password)
        verifier = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            asked is None
            or client != (CLIENT_ID, CLIENT_SECRET)
            or challenge != asked["code_challenge"]
            or request.form["redirect_uri"] != asked["redirect_uri"]
        ):
            return _json({"error": "invalid_grant"}, 400)
        moment = int(time.time())
        claims = {
            "iss": self.url,
            "sub": "user-1",
            "aud": CLIENT_ID,
            "iat": moment,
            "exp": moment + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        token = jwt.encode({"alg": "ES256", "kid": "1"}, claims, self.key)
        return _json(
            {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": token}
        )


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")
