"""The watch.yaml that `wirewatch demo` runs with: the newsroom's outlets, and rules for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from demo.catalogue import built_in_outlets
from demo.outlets import Outlet
from demo.pages import templates


@dataclass(frozen=True, slots=True)
class _SourceLine:
    name: str
    title: str
    key: str
    url: str
    language: str | None = None
    tags: tuple[str, ...] = ()


def demo_config(
    newsroom_urls: Mapping[str, str],
    database: str,
    *,
    lost_feed: str | None = None,
    web: str | None = None,
) -> str:
    """Return the text of a watch.yaml that follows these outlets.

    `newsroom_urls` is what `Newsroom.urls` says: base URLs by outlet. Some outlets are named by
    their homepage and some by their feed, as in real files; one that is not built in is named by
    its homepage. `database` is the URL of the database to use. `lost_feed` is the address of a feed
    that is not there, for a source that cannot be read. `web` is where the desk listens; without it
    there is none.
    """
    known = {outlet.slug: outlet for outlet in built_in_outlets()}
    places = dict.fromkeys(urlsplit(url).netloc for url in newsroom_urls.values())
    allow = [f"{host}/32:{port}" for host, port in (place.split(":") for place in places)]
    sources = [_source_line(slug, url, known.get(slug)) for slug, url in newsroom_urls.items()]
    if lost_feed is not None:
        sources.append(_SourceLine("night-edition", "The Night Edition", "feed", lost_feed, "en"))
    return (
        templates()
        .get_template("watch.yaml")
        .render(database=database, allow=allow, sources=sources, web=web)
    )


def _source_line(slug: str, url: str, outlet: Outlet | None) -> _SourceLine:
    if outlet is None:
        return _SourceLine(slug, slug, "url", f"{url}/")
    if outlet.followed_by_feed:
        feed = url + (outlet.feed_moved_from or outlet.feed_path)
        return _SourceLine(slug, outlet.name, "feed", feed, outlet.language, outlet.tags)
    return _SourceLine(slug, outlet.name, "url", f"{url}/", outlet.language, outlet.tags)
