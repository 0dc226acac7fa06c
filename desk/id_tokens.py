"""What a provider of accounts says of a person, once it is proven to come from it.

Needs the `oidc` extra: nothing imports this but where `web.oidc` is set.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from core.config.sections.web_login import OidcRolesSection, OidcSection
from core.errors import WirewatchError
from core.people import Role
from desk.people import name_elsewhere

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
"""Those that the provider alone can sign by: `none` is nobody's, and what signs with a shared
secret could be signed with a public key as if that were it."""
LEEWAY = 60
"""Seconds that the two clocks may differ."""
_KINDS = ("RSA", "EC", "OKP")
_MOST_KEYS = 100


class Refusal(StrEnum):
    """Why nobody was let in by the provider."""

    AWAY = "away"
    """It does not answer, or with nonsense."""
    FOREIGN = "foreign"
    """It calls itself otherwise than the configuration does, or another answered."""
    DENIED = "denied"
    """It let nobody in."""
    STALE = "stale"
    """The attempt is unknown here, too old, or was used."""
    CODE = "code"
    """It does not know the code any more."""
    TOKEN = "token"  # noqa: S105 - a reason
    """What it said of the person proves nothing."""
    NAMELESS = "nameless"
    """It said nothing that the person could be told by."""


class AccountRefusedError(WirewatchError):
    """A provider of accounts let nobody in."""

    def __init__(self, why: Refusal, detail: str) -> None:
        """Say why, and more for the log: no code, no token, no secret."""
        super().__init__(f"{why.value}: {detail}")
        self.why = why
        self.detail = detail


class UnknownKeyError(Exception):
    """The token is signed by a key that the provider had not named when it was asked."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person as a provider names them."""

    name: str
    subject: str
    """Who it is, whatever they are called: issuer and number."""
    role: Role | None
    """What the configuration makes of what it says; None: nothing."""


def keys_of(document: Mapping[str, Any]) -> tuple[Key, ...]:
    """Return the keys of a provider that may prove something: public ones, for signing."""
    given = document.get("keys")
    found = []
    for one in given[:_MOST_KEYS] if isinstance(given, list) else ():
        if not isinstance(one, dict) or one.get("kty") not in _KINDS or one.get("use") == "enc":
            continue
        try:
            found.append(JWKRegistry.import_key(one))
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # of a kind that is not known here; others may do
    return tuple(found)


def read_token(
    token: str, keys: Sequence[Key], section: OidcSection, nonce: str, access: str, now: datetime
) -> Mapping[str, Any]:
    """Return the claims of an ID token. Raises AccountRefusedError, and UnknownKeyError."""
    if token.count(".") != 2:
        raise AccountRefusedError(Refusal.TOKEN, "no signed token")
    if not keys:
        raise UnknownKeyError
    try:
        read = jwt.decode(token, KeySet(list(keys)), algorithms=list(ALGORITHMS))
    except InvalidKeyIdError:
        raise UnknownKeyError from None
    except JoseError as error:
        raise AccountRefusedError(Refusal.TOKEN, type(error).__name__) from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise AccountRefusedError(Refusal.TOKEN, type(error).__name__) from None
    claims = CodeIDToken(
        read.claims,
        read.header,
        options={
            "iss": {"essential": True, "value": section.issuer},
            "aud": {"essential": True, "value": section.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
        },
        params={"client_id": section.client_id, "access_token": access, "nonce": nonce},
    )
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except JoseError as error:
        said = getattr(error, "claim", "") or str(error)
        raise AccountRefusedError(Refusal.TOKEN, f"{type(error).__name__}: {said}") from None
    except (ValueError, TypeError) as error:
        raise AccountRefusedError(Refusal.TOKEN, type(error).__name__) from None
    shown = claims.get("nonce")
    if not isinstance(shown, str) or not hmac.compare_digest(shown.encode(), nonce.encode()):
        raise AccountRefusedError(Refusal.TOKEN, "the nonce of another attempt")
    return dict(claims)


def lacks(claims: Mapping[str, Any], section: OidcSection) -> bool:
    """Tell whether the claims leave open what more of them may answer."""
    wanted = [section.name_claim]
    if section.roles is not None:
        wanted.append(section.roles.claim)
    return any(_claim(claims, name) is None for name in wanted)


def account(claims: Mapping[str, Any], section: OidcSection) -> Account:
    """Return whom the claims are about. Raises AccountRefusedError when nobody could tell."""
    name = _claim(claims, section.name_claim)
    if not isinstance(name, str):
        raise AccountRefusedError(Refusal.NAMELESS, f"no text in {section.name_claim!r}")
    if section.name_claim == "email" and claims.get("email_verified") is not True:
        raise AccountRefusedError(Refusal.NAMELESS, "the address was not verified")
    try:
        shown = name_elsewhere(name)
    except ValueError as error:
        raise AccountRefusedError(Refusal.NAMELESS, str(error)) from None
    role = _role(claims, section.roles) or section.role
    return Account(shown, f"{section.issuer} {claims['sub']}", role)


def _role(claims: Mapping[str, Any], roles: OidcRolesSection | None) -> Role | None:
    if roles is None:
        return None
    said = _claim(claims, roles.claim)
    several = said if isinstance(said, list) else [said]
    names = {one for one in several if isinstance(one, str)}
    for role in reversed(Role):
        if names & set(getattr(roles, role.value)):
            return role
    return None


def _claim(claims: Mapping[str, Any], name: str) -> object:
    """Return a claim by its name, or by its way: `a.b` is b within a."""
    if name in claims:
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found
