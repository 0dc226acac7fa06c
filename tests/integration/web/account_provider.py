"""A provider of accounts on loopback: a real one in small, which can be made to cheat."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.loopback import LoopbackServer, bind_hosts

CLIENT, SECRET = "wirewatch-desk", "a secret/with+signs"
Claims = dict[str, Any]


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig"})


@dataclass
class AccountProvider:
    """Logs everybody in as the same person, and hands out what the test wants."""

    now: Callable[[], datetime]
    port: int = 0
    person: Claims = field(default_factory=lambda: {"sub": "4711", "preferred_username": "aigul"})
    userinfo: Claims = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    sign: Callable[[Claims, RSAKey], str] | None = None
    """Signs otherwise than a provider does."""
    changed: Claims = field(default_factory=dict)
    """Claims of the token that are not as they should be; None leaves one out."""
    described: Claims = field(default_factory=dict)
    """What its description says otherwise."""
    broken: int = 0
    """A status that everything is answered with."""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realm"

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/realm/.well-known/openid-configuration", self._describe),
                Route("/realm/login", self._login),
                Route("/realm/token", self._token, methods=["POST"]),
                Route("/realm/keys", self._keys),
                Route("/realm/userinfo", self._userinfo),
            ]
        )

    def _describe(self, _: Request) -> Response:
        self.asked.append("description")
        if self.broken:
            return Response("not now", self.broken)
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/login",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
        }
        return JSONResponse({**document, **self.described})

    def _login(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", 303)

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        kind, _, shown = request.headers.get("authorization", "").partition(" ")
        id_and_secret = base64.b64decode(shown).decode() if kind == "Basic" else ""
        asked = self.codes.pop(form["code"], None)
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        if (
            asked is None
            or id_and_secret != f"{CLIENT}:a%20secret%2Fwith%2Bsigns"
            or form["redirect_uri"] != asked["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).decode().rstrip("=") != asked["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.now().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], **self.person, **self.changed,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        sign = self.sign or signed_rightly
        return JSONResponse(
            {"token_type": "Bearer", "access_token": "access", "id_token": sign(claims, self.key)}
        )

    def _keys(self, _: Request) -> Response:
        self.asked.append("keys")
        odd = {"kty": "LATTICE", "kid": "odd"}
        return JSONResponse({"keys": [odd, self.key.as_dict(private=False)]})

    def _userinfo(self, request: Request) -> Response:
        self.asked.append("userinfo")
        assert request.headers["authorization"] == "Bearer access"
        return JSONResponse({"sub": self.person["sub"], **self.userinfo})

    def answer_to(self, where: str) -> str:
        """Return where a browser is sent that logs in at an address of ours, as path and query."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
        code = f"code-{len(self.codes)}-{len(self.asked)}"
        self.codes[code] = asked
        return "/login/oidc/back?" + urlencode({"code": code, "state": asked["state"]})


def signed_rightly(claims: Claims, key: RSAKey) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def unsigned(claims: Claims, key: RSAKey) -> str:
    return f"{packed({'alg': 'none', 'kid': key.kid})}.{packed(claims)}."


def packed(part: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@contextmanager
def serving(provider: AccountProvider) -> Iterator[AccountProvider]:
    """Serve a provider on loopback."""
    sockets = bind_hosts("127.0.0.1", provider.port, 1)
    provider.port = sockets[0].getsockname()[1]
    server = LoopbackServer(provider.app(), sockets)
    server.start()
    try:
        yield provider
    finally:
        server.stop()
