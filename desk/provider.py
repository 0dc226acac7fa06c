"""A provider of accounts (OpenID Connect): where it is, what it answers, whom it names.

Authorization code with PKCE. Everything is asked for within bounds and past the guard, as all that
leaves by HTTP; a provider in a network of one's own is named under `network.allow`. Needs the
`oidc` extra: nothing imports this but where `web.oidc` is set.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import Key
from pydantic import SecretStr

from alerts.receivers.transport.http import HttpPoster, NoReplyError
from core.config.sections.web_login import OidcSection
from core.config.values import is_loopback_host
from core.errors import DeliveryError
from core.network import NetworkPolicy
from desk.id_tokens import (
    Account,
    AccountRefusedError,
    Refusal,
    UnknownKeyError,
    account,
    keys_of,
    lacks,
    read_token,
)

__all__ = ["Account", "AccountRefusedError", "Attempt", "Provider", "Refusal"]

PATIENCE = timedelta(seconds=5)
"""For one answer; somebody is looking at an empty page meanwhile."""
KNOWN_FOR = timedelta(hours=1)
"""How long its description and keys are not asked for again."""
QUIET_FOR = timedelta(seconds=10)
"""After an answer that was no good, and between two looks for new keys."""
_DISCOVERY = "/.well-known/openid-configuration"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is kept of a login that has begun, in the browser's cookie."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _Described:
    """What the provider says of itself."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    by_post: bool
    """Whether it wants the secret in the form."""
    names_itself: bool
    """Whether it puts its name beside every code (RFC 9207)."""


class Provider:
    """The provider of accounts of one desk. Lives in one loop."""

    def __init__(
        self,
        section: OidcSection,
        back: str,
        policy: Callable[[], NetworkPolicy],
        now: Callable[[], datetime],
    ) -> None:
        """Take `back`, the address of ours that it sends browsers to."""
        self._section = section
        self._back = back
        self._policy = policy
        self._now = now
        self._turn = asyncio.Lock()
        self._described: _Described | None = None
        self._described_at: datetime | None = None
        self._keys: tuple[Key, ...] = ()
        self._keys_at: datetime | None = None
        self._failed: AccountRefusedError | None = None
        self._failed_at: datetime | None = None

    async def begin(self) -> tuple[str, Attempt]:
        """Return where to send a browser, and what to keep of it. Raises AccountRefusedError."""
        described = await self._description()
        attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._section.client_id,
                "redirect_uri": self._back,
                "scope": " ".join(self._section.scopes),
                "state": attempt.state,
                "nonce": attempt.nonce,
                "code_challenge": create_s256_code_challenge(attempt.verifier),
                "code_challenge_method": "S256",
            }
        )
        joint = "&" if urlsplit(described.authorization).query else "?"
        return f"{described.authorization}{joint}{query}", attempt

    async def finish(self, attempt: Attempt, code: str, issuer: str | None) -> Account:
        """Return whom a code stands for; `issuer` is who says that the code is theirs.

        Raises AccountRefusedError.
        """
        described = await self._description()
        if issuer != self._section.issuer and (issuer is not None or described.names_itself):
            raise AccountRefusedError(Refusal.FOREIGN, "the code is of another issuer, or of none")
        answer = await self._tokens(described, attempt, code)
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str) or not isinstance(access, str):
            raise AccountRefusedError(Refusal.TOKEN, "an answer without tokens")
        claims = await self._claims(described, token, access, attempt.nonce)
        if described.userinfo is not None and lacks(claims, self._section):
            more = await self._ask(
                described.userinfo, headers={"Authorization": f"Bearer {access}"}
            )
            if more.get("sub") != claims["sub"]:
                raise AccountRefusedError(Refusal.TOKEN, "userinfo of somebody else")
            claims = {**more, **claims}
        return account(claims, self._section)

    async def _tokens(
        self, described: _Described, attempt: Attempt, code: str
    ) -> Mapping[str, Any]:
        section = self._section
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": attempt.verifier,
        }
        headers = {"Content-Type": _FORM}
        secret = section.client_secret.get_secret_value() if section.client_secret else None
        if secret is None or described.by_post:
            fields["client_id"] = section.client_id
            fields |= {} if secret is None else {"client_secret": secret}
        else:
            pair = f"{quote(section.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return await self._ask(
            described.token, urlencode(fields).encode(), headers, refused=Refusal.CODE
        )

    async def _claims(
        self, described: _Described, token: str, access: str, nonce: str
    ) -> Mapping[str, Any]:
        for look in (False, True):
            keys = await self._known_keys(described, again=look)
            try:
                return await asyncio.to_thread(
                    read_token, token, keys, self._section, nonce, access, self._now()
                )
            except UnknownKeyError:
                continue
        raise AccountRefusedError(Refusal.TOKEN, "signed by a key that is not the provider's")

    async def _known_keys(self, described: _Described, *, again: bool) -> tuple[Key, ...]:
        async with self._turn:
            fresh_for = QUIET_FOR if again else KNOWN_FOR
            if self._keys_at is None or self._now() - self._keys_at >= fresh_for:
                self._keys = keys_of(await self._ask(described.keys))
                self._keys_at = self._now()
            return self._keys

    async def _description(self) -> _Described:
        async with self._turn:
            now = self._now()
            known, at = self._described, self._described_at
            if known is not None and at is not None and now - at < KNOWN_FOR:
                return known
            # Whoever tries again and again makes us ask no more often for that.
            if self._failed and self._failed_at and now - self._failed_at < QUIET_FOR:
                raise AccountRefusedError(self._failed.why, self._failed.detail)
            try:
                found = self._read(await self._ask(self._section.issuer.rstrip("/") + _DISCOVERY))
            except AccountRefusedError as error:
                self._failed, self._failed_at = error, self._now()
                raise
            self._described, self._described_at, self._failed = found, self._now(), None
            return found

    def _read(self, document: Mapping[str, Any]) -> _Described:
        if document.get("issuer") != self._section.issuer:
            raise AccountRefusedError(Refusal.FOREIGN, "its description is of another issuer")
        ways = document.get("token_endpoint_auth_methods_supported")
        known = ways if isinstance(ways, list) else ["client_secret_basic"]
        return _Described(
            authorization=self._endpoint(document, "authorization_endpoint"),
            token=self._endpoint(document, "token_endpoint"),
            keys=self._endpoint(document, "jwks_uri"),
            userinfo=(
                self._endpoint(document, "userinfo_endpoint")
                if document.get("userinfo_endpoint")
                else None
            ),
            by_post="client_secret_basic" not in known and "client_secret_post" in known,
            names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        )

    def _endpoint(self, document: Mapping[str, Any], name: str) -> str:
        """Return an address of the description.

        It is on the issuer's own host, or https by name: an address in numbers would pass the
        guard as if the configuration had named it.
        """
        url = document.get(name)
        try:
            own, parts = (
                urlsplit(self._section.issuer),
                urlsplit(url if isinstance(url, str) else ""),
            )
            host = parts.hostname or ""
            fine = (parts.scheme, host) == (own.scheme, own.hostname) or (
                parts.scheme == "https" and not is_loopback_host(host) and not _in_numbers(host)
            )
            fine = fine and parts.username is None and not parts.fragment and bool(host)
        except ValueError:
            fine = False
        if not fine:
            raise AccountRefusedError(Refusal.AWAY, f"no usable {name} in its description")
        return str(url)

    async def _ask(
        self,
        url: str,
        form: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        refused: Refusal = Refusal.AWAY,
    ) -> Mapping[str, Any]:
        """Return the JSON object at an address. Raises AccountRefusedError."""
        try:
            poster = HttpPoster(
                SecretStr(url),
                receiver="web.oidc",
                timeout=PATIENCE,
                policy=self._policy(),
                authority=self._section.ca_file,
            )
        except DeliveryError as error:  # the authority's file cannot be read
            raise AccountRefusedError(Refusal.AWAY, error.message) from None
        try:
            reply = await poster.post(
                form or b"",
                {"Accept": "application/json", **(headers or {})},
                now=self._now(),
                method="GET" if form is None else "POST",
            )
        except NoReplyError as error:
            raise AccountRefusedError(Refusal.AWAY, error.message) from None
        finally:
            await poster.close()
        if 400 <= reply.status < 500:
            raise AccountRefusedError(refused, f"status {reply.status}")
        if reply.status != 200:
            raise AccountRefusedError(Refusal.AWAY, f"status {reply.status}")
        try:
            document = json.loads(reply.body)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise AccountRefusedError(Refusal.AWAY, "an answer that is no JSON object")
        return document


def _in_numbers(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdigit()
