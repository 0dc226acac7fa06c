"""The desk in the browser, and the pages behind the links in alerts, in watch.yaml."""

from __future__ import annotations

from pydantic import (
    Field,
    SecretStr,
    field_validator,
)
from pydantic_core import PydanticCustomError

from core.config.fields import (
    ClientNetwork,
    HttpUrl,
    Listen,
    Section,
)
from core.config.sections.web_login import OidcSection, TrustedProxySection

SHORTEST_LINK_SECRET = 16


class MetricsSection(Section):
    """Who may read `/metrics` and the details of `/readyz`, beside people who are logged in."""

    token: SecretStr | None = Field(
        None,
        description="What a reader shows as `Authorization: Bearer …`, at least 16 characters; a "
        "secret. Or `token_file`.",
    )
    allow: tuple[ClientNetwork, ...] | None = Field(
        None,
        description="Addresses and networks that read without a token, if they ask by themselves "
        "and not through a proxy. Left out: this machine, unless `url` above names another host, "
        "for then everybody seems to come from the proxy on it. `[]`: nobody.",
    )
    sources: bool = Field(
        False, description="Whether there are numbers of each source: two series a source."
    )

    @field_validator("token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        return _not_short(value)


class WebSection(Section):
    """The desk in the browser: alerts, stories, sources, rules, deliveries."""

    listen: Listen = Field(
        "127.0.0.1:8750", description="Where it listens, as `host:port`; put a proxy before it."
    )
    url: HttpUrl | None = Field(
        None,
        description="The address that people reach it by, where that is not `http://` and where "
        "it listens. Requests for another host are refused.",
    )
    secret: SecretStr | None = Field(
        None,
        description="What links in messages are signed with, at least 16 characters; without it "
        "messages have no links that act. Or `secret_file`.",
    )

    metrics: MetricsSection = Field(
        MetricsSection(), description="Who may read `/metrics`, and how much it says."
    )

    trusted_proxy: TrustedProxySection | None = Field(
        None, description="A proxy that logs people in and says who asks."
    )
    oidc: OidcSection | None = Field(
        None, description="A provider of accounts (OpenID Connect) that people log in with."
    )

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        return _not_short(value)

    @property
    def address(self) -> str:
        """The address that people reach it by, without a slash at its end."""
        return (self.url or f"http://{self.listen}").rstrip("/")


def _not_short(value: SecretStr | None) -> SecretStr | None:
    if value is not None and len(value.get_secret_value()) < SHORTEST_LINK_SECRET:
        raise PydanticCustomError(
            "short_secret",
            "this must have at least {least} characters",
            {"least": SHORTEST_LINK_SECRET},
        )
    return value
