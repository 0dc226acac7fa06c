"""How people come to the desk by an account that they have elsewhere, in watch.yaml."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from core.config.fields import (
    CA_FILE,
    ClientNetwork,
    HttpUrl,
    Section,
    SomeTime,
    UserHeader,
)
from core.config.values import is_loopback_host
from core.people import Role


class TrustedProxySection(Section):
    """A proxy before the desk that logs people in and says in a header who asks."""

    networks: tuple[ClientNetwork, ...] = Field(
        min_length=1,
        description="Addresses and networks that the proxy connects from. From anywhere else the "
        "header means nothing. Whatever runs there can come in as anybody.",
    )
    user_header: UserHeader = Field(
        "X-Forwarded-User",
        description="Header with the name of a person, which the proxy must set or remove in "
        "every request.",
    )
    role: Role | None = Field(
        None,
        description="What people may do to whom no role was given by `wirewatch web people set`. "
        "Left out: they are refused.",
    )

    @field_validator("networks")
    @classmethod
    def _not_everybody(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(ipaddress.ip_network(network).prefixlen == 0 for network in value):
            raise PydanticCustomError("everybody", "this network is everybody: name the proxy's")
        return value


class OidcRolesSection(Section):
    """Roles by what the provider says of a person; the highest counts."""

    claim: str = Field(
        "groups",
        min_length=1,
        max_length=200,
        description="Claim with a name or a list of names; `a.b` is b within a.",
    )
    read: tuple[str, ...] = Field((), description="Names that let somebody look.")
    work: tuple[str, ...] = Field((), description="Names that let somebody act.")
    administer: tuple[str, ...] = Field((), description="Names that let somebody administer.")


class OidcSection(Section):
    """A provider of accounts (OpenID Connect) that people log in with. Needs the `oidc` extra."""

    issuer: HttpUrl = Field(
        description="Address of the provider, exactly as it calls itself; https, but on this "
        "machine."
    )
    client_id: str = Field(
        min_length=1, max_length=300, description="What the provider calls the desk."
    )
    client_secret: SecretStr | None = Field(
        None,
        description="What the desk shows to the provider; left out for a public client. Or "
        "`client_secret_file`.",
    )
    scopes: tuple[str, ...] = Field(
        ("openid", "profile", "email"), description="What the provider is asked for."
    )
    name_claim: str = Field(
        "preferred_username",
        min_length=1,
        max_length=200,
        description="Claim with the name that actions are signed with. `email` counts only where "
        "`email_verified` is true.",
    )
    role: Role | None = Field(
        None,
        description="What people may do to whom neither `roles` nor `wirewatch web people set` "
        "gives a role. Left out: they are refused.",
    )
    roles: OidcRolesSection | None = Field(
        None, description="Roles by what the provider says of a person."
    )
    label: str = Field(
        "", max_length=60, description="What the login calls it; left out, the issuer's host."
    )
    ask_again: SomeTime = Field(
        timedelta(days=1),
        description="After this time a session ends and the provider is asked again.",
    )
    ca_file: Path | None = Field(None, description=CA_FILE)

    @field_validator("issuer")
    @classmethod
    def _not_in_the_open(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" and not is_loopback_host(parts.hostname or ""):
            raise PydanticCustomError("issuer_open", "secrets pass here: this must be https")
        if parts.query or parts.fragment:
            raise PydanticCustomError("issuer_query", "an issuer has no `?` and no `#`")
        return value

    @field_validator("scopes")
    @classmethod
    def _openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value or any(not scope.isprintable() or " " in scope for scope in value):
            raise PydanticCustomError("scopes", "a list of words with `openid` among them")
        return value

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.label or urlsplit(self.issuer).hostname or self.issuer
