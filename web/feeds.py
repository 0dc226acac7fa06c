"""Alerts of a rule, and what a saved search finds, as Atom feeds for a reader of feeds.

Such readers log in nowhere: a token in the address is the permission, to read alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from xml.etree import ElementTree as ET

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.errors import StorageError
from core.plain_text import one_line
from desk.errors import NotThereError
from web.turns import NoTurnError
from web.visit import Door, busy_with_others

ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
ET.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    title: str
    summary: str
    link: str
    source: str
    at: datetime


Read = Callable[[Door, str], tuple[str, list[_Entry]]]
"""Returns the title of a feed by its name, and what is in it. Raises NotThereError."""


def feed_routes(door: Door) -> Iterator[Route]:
    """Yield the routes of the feeds."""

    async def rule(request: Request) -> Response:
        return await _in_turn(door, request, _of_rule)

    async def search(request: Request) -> Response:
        return await _in_turn(door, request, _of_search)

    yield Route("/feeds/rules/{name}.atom", rule, methods=["GET"])
    yield Route("/feeds/searches/{name}.atom", search, methods=["GET"])


async def _in_turn(door: Door, request: Request, read: Read) -> Response:
    try:
        async with door.turns.turn(door.proxy.client(request.scope)):
            return await door.in_thread(lambda: _served(door, request, read))
    except NoTurnError as error:
        return busy_with_others(request, error.refusal)


def _served(door: Door, request: Request, read: Read) -> Response:
    try:
        token = door.desk.store.api_token(request.query_params.get("token", ""), door.desk.now())
        if token is None:
            return PlainTextResponse("Show a token: ?token=…; see `wirewatch web token`", 401)
        title, entries = read(door, request.path_params["name"])
    except NotThereError as error:
        return PlainTextResponse(f"{error}".capitalize(), 404)
    except StorageError:
        return PlainTextResponse("The database does not answer.", 503)
    return Response(
        _atom(door, request.url.path, title, entries), media_type="application/atom+xml"
    )


def _of_rule(door: Door, name: str) -> tuple[str, list[_Entry]]:
    desk = door.desk
    rule = next((rule for rule in desk.config.rules if rule.id == name), None)
    if rule is None:
        raise NotThereError(f"rule '{name[:80]}'")
    outlet = desk.running().outlet_of
    base = door.web.address
    entries = [
        _Entry(
            id=f"{base}/alerts/{alert.id}",
            title=one_line(alert.article.data.title),
            summary=one_line(alert.match.snippet.text),
            link=f"{base}/story/{alert.case_id}",
            source=one_line(outlet(alert.article.data.source)),
            at=alert.created_at,
        )
        for alert in desk.store.alerts(rule=name, limit=ENTRIES).items
    ]
    return one_line(rule.title), entries


def _of_search(door: Door, name: str) -> tuple[str, list[_Entry]]:
    search = door.desk.search
    known = next((saved for saved in search.saved() if saved.name == name), None)
    if known is None:
        raise NotThereError(f"saved search '{name[:80]}'")
    outlet, base = door.desk.running().outlet_of, door.web.address
    entries = [
        _Entry(
            id=f"{base}/article/{hit.article.id}?v={hit.article.version}",
            title=one_line(hit.article.data.title),
            summary="".join(piece.text for piece in hit.snippet),
            link=f"{base}/article/{hit.article.id}?v={hit.article.version}",
            source=one_line(outlet(hit.article.data.source)),
            at=hit.article.first_seen_at,
        )
        for hit in search.search_saved(name, limit=ENTRIES).items
    ]
    return one_line(known.title or known.name), entries


def _atom(door: Door, path: str, title: str, entries: Iterable[_Entry]) -> bytes:
    known = list(entries)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    updated = max((entry.at for entry in known), default=door.desk.now())
    _text(feed, "id", f"{door.web.address}{quote(path)}")
    _text(feed, "title", f"{title} · Wirewatch")
    _text(feed, "updated", updated.isoformat())
    for entry in known:
        item = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _text(item, "id", entry.id)
        _text(item, "title", entry.title)
        _text(item, "updated", entry.at.isoformat())
        _text(item, "summary", entry.summary)
        author = ET.SubElement(item, f"{{{_ATOM}}}author")
        _text(author, "name", entry.source)
        ET.SubElement(item, f"{{{_ATOM}}}link", {"href": entry.link})
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = text
