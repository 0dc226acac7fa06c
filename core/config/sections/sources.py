"""The outlets that are watched, in watch.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from core.config.fields import (
    HeaderName,
    HeaderValue,
    HostName,
    HttpUrl,
    Identifier,
    LanguageCode,
    LinkSelector,
    SecretHeaderValue,
    SecretProxy,
    Section,
    SomeTime,
    TelegramChannel,
)
from core.config.values import PREVIEWS
from core.sources import Source, SourceKind

ADDRESSES = {
    "url": SourceKind.HOMEPAGE,
    "feed": SourceKind.FEED,
    "sitemap": SourceKind.SITEMAP,
    "page": SourceKind.PAGE,
    "telegram": SourceKind.TELEGRAM,
}
"""Keys that say where a source's articles are announced; it needs exactly one."""


def _listed(value: object) -> object:
    """Return one proxy as a list of it; what a variable leaves empty is none."""
    if value is None or value == "":
        return ()
    return (value,) if isinstance(value, str | SecretStr) else value


Proxies = Annotated[
    tuple[SecretProxy, ...],
    BeforeValidator(_listed, json_schema_input_type=SecretProxy | list[SecretProxy] | None),
]


class SourceConfig(Section):
    """One outlet, or one section of it."""

    name: Identifier = Field(description="Short unique name: letters, digits, `.`, `_`, `-`.")
    title: str = Field(
        "", max_length=200, description="The outlet's name as readers of alerts see it."
    )
    url: HttpUrl | None = Field(
        None,
        description="The outlet's homepage; the best of its feed, news sitemap and list of "
        "articles is found by itself.",
    )
    feed: HttpUrl | None = Field(None, description="Address of an RSS, Atom, RDF or JSON feed.")
    sitemap: HttpUrl | None = Field(
        None, description="Address of a news sitemap, a sitemap or an index of sitemaps."
    )
    page: HttpUrl | None = Field(None, description="Address of a page that lists articles.")
    links: LinkSelector | None = Field(
        None,
        description="Which links of `page` (or of the homepage) are articles, as a CSS selector "
        "or an XPath that begins with `/` or `(`. Left out, they are found by themselves.",
    )
    telegram: TelegramChannel | None = Field(
        None,
        description="Name of a public Telegram channel (or the address of its preview page); "
        "each post is an article.",
    )
    account: bool = Field(
        False,
        description="Read its channel by your own account (section `telegram`), for one without a "
        "public preview. Needs the `telegram` extra.",
    )
    enabled: bool = Field(
        True,
        description="`false` leaves it out: nothing is asked of it; what is stored of it stays.",
    )
    hosts: tuple[HostName, ...] = Field(
        (),
        description="Hosts beside that of its own address whose articles are its own, such as "
        "those that a feed at a feed service leads to. What a source announces of an outlet that "
        "another source claims is that source's.",
    )
    language: LanguageCode | None = Field(
        None, description="Language it writes in, when there is one; a hint for detection."
    )
    tags: tuple[Identifier, ...] = Field((), description="Labels that rules and routes select by.")
    every: SomeTime | None = Field(None, description="Fixed polling interval.")
    max_age: SomeTime | None = Field(
        None,
        description="How old an article of it may be at its first sight for anybody to be told; "
        "`crawl.max_age` where it is left out.",
    )
    proxy: Proxies = Field(
        (),
        description="Proxy for this source, or several, of which the first that brings the page is "
        "taken: `http://`, `socks5://`, or `socks5h://` where the proxy must look names up, as Tor "
        "does; `direct` among them is this machine. None of them is asked for an address that "
        "`network` refuses. An empty value means none.",
    )

    user_agent: HeaderValue | None = Field(
        None, description="Sent instead of our own name to hosts of this source's own domain."
    )
    headers: dict[HeaderName, SecretHeaderValue] = Field(
        {},
        description="More request headers, sent to hosts of this source's own domain only. Values "
        "may hold secrets: `${TOKEN}`.",
    )
    cookies: str | None = Field(
        None,
        min_length=1,
        description="File of cookies in the format of Netscape and curl, relative to this file; "
        "sent to hosts of this source's own domain only.",
    )

    render: bool = Field(
        False,
        description="Load its articles and its listing `page` in a browser, for outlets whose "
        "pages are made by scripts. Needs the `render` extra; a page then costs a hundred times "
        "as much. Not with `proxy`, `headers` or `cookies`.",
    )

    @model_validator(mode="after")
    def _one_address(self) -> SourceConfig:
        given = [name for name in ADDRESSES if getattr(self, name) is not None]
        if len(given) != 1:
            known = ", ".join(f"`{name}`" for name in ADDRESSES)
            raise PydanticCustomError("source_address", f"a source needs one of {known}")
        if self.links is not None and given[0] not in ("page", "url"):
            raise PydanticCustomError("source_links", "`links` belongs to `page` or `url`")
        # The browser dials through a proxy of ours, and takes headers along to other hosts.
        clash = next((k for k in ("proxy", "headers", "cookies") if getattr(self, k)), None)
        if self.render and clash:
            raise PydanticCustomError("source_render", f"`render` does not go with `{clash}`")
        if self.account:
            self._fits_an_account()
        return self

    def _fits_an_account(self) -> None:
        if self.telegram is None or not self.telegram.startswith(PREVIEWS):
            raise PydanticCustomError(
                "source_account", "`account` belongs to `telegram` with a channel's name"
            )
        # An account is asked by another way, which has a proxy of its own.
        web = ("proxy", "headers", "cookies", "user_agent", "render")
        clash = next((key for key in web if getattr(self, key)), None)
        if clash:
            raise PydanticCustomError("source_account", f"`account` does not go with `{clash}`")

    def to_source(self) -> Source:
        """Return the domain type."""
        kind, address = next(
            (kind, address)
            for name, kind in ADDRESSES.items()
            if (address := getattr(self, name)) is not None
        )
        return Source(
            name=self.name,
            title=self.title or self.name,
            kind=kind,
            url=address,
            language=self.language,
            tags=frozenset(self.tags),
            every=self.every,
            max_age=self.max_age,
            links=self.links,
            proxies=tuple(proxy.get_secret_value() for proxy in self.proxy),
            user_agent=self.user_agent,
            headers=tuple((name, value.get_secret_value()) for name, value in self.headers.items()),
            cookies_file=self.cookies,
            render=self.render,
            by_account=self.account,
            hosts=self.hosts,
        )
