"""One request by somebody who is logged in: what a page is made from.

Pages are plain functions that run in threads of their own: a slow page holds up other pages, and
never the daemon, whose loop only passes bytes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TypeVar
from urllib.parse import parse_qsl, quote, urlencode
from zoneinfo import ZoneInfo

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from core.config.sections.web import WebSection
from core.errors import StorageError
from core.plain_text import one_line, shorten
from desk.context import Desk
from desk.errors import NotThereError
from desk.people import DeskSession, Role, StrangerError, come_in
from web.peers import TrustedProxy
from web.rendering import page
from web.turns import RETRY_AFTER, NoTurnError, Refusal, Turns
from web.words import Words, words_for

T = TypeVar("T")
log = structlog.get_logger(__name__)

MOST_FIELDS = 500
ZONE_COOKIE = "wirewatch_zone"
LANGUAGE_COOKIE = "wirewatch_language"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, by whom, and what is needed to answer it."""

    desk: Desk
    web: WebSection
    session: DeskSession
    path: str
    query: Mapping[str, str]
    form: Sequence[tuple[str, str]] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo | None = None
    words: Words = field(default_factory=lambda: words_for("en"))
    swaps: bool = False
    """Whether script on the page asks for a part of it only."""

    @property
    def person(self) -> str:
        """Who it is."""
        return self.session.person

    @property
    def may_act(self) -> bool:
        """Whether their role lets them do what forms ask for."""
        return self.session.role.covers(Role.WORK)

    @property
    def now(self) -> datetime:
        """This moment."""
        return self.desk.now()

    def field(self, name: str, default: str = "") -> str:
        """Return the first value of a field of the form."""
        return next((value for key, value in self.form if key == name), default)

    def fields(self, name: str) -> tuple[str, ...]:
        """Return all values of a field of the form."""
        return tuple(value for key, value in self.form if key == name)

    def address(self, **changed: str | None) -> str:
        """Return the address of this page with other conditions; None leaves one out."""
        query = {**self.query, **changed}
        kept = {name: value for name, value in query.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path


Answer = Callable[[Visit], Response]


class Door:
    """Turns a function of a visit into an endpoint: who is not logged in is led to the login."""

    def __init__(self, desk: Desk, web: WebSection, threads: Executor) -> None:
        self.desk = desk
        self.web = web
        self._threads = threads
        port = web.listen.rpartition(":")[2]
        # Cookies know no ports: two desks on one machine would log each other out.
        self.cookie = f"wirewatch_{port}"
        self.secure = web.address.startswith("https:")
        """Whether cookies go over TLS only."""
        self.proxy = TrustedProxy(web.trusted_proxy)
        self.turns = Turns()

    def page(self, answer: Answer, *, role: Role = Role.READ) -> Endpoint:
        """Return the endpoint of a page for people with a role."""
        return Endpoint(self, answer, role)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do work in a thread of the pages."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def answer(
        self,
        request: Request,
        respond: Callable[[Request, Sequence[tuple[str, str]]], Response],
    ) -> Response:
        """Answer a request with its form, in a thread; whatever goes wrong has an answer."""
        try:
            form = await form_of(request) if request.method == "POST" else ()
        except ClientDisconnect:  # gone, or it sent more than a form may have
            return PlainTextResponse("This form is too large.", 413)
        except BadFormError:
            return PlainTextResponse("This is none of our forms.", 400)
        try:
            async with self.turns.turn(self.proxy.client(request.scope)):
                return await self.in_thread(lambda: respond(request, form))
        except NoTurnError as error:
            return busy_with_others(request, error.refusal)
        except StorageError as error:
            log.warning("page_not_shown", path=request.url.path, error=str(error))
            return busy(self, request)

    def session(self, request: Request) -> DeskSession | None:
        """Return who is logged in; asks the database. Whom a trusted proxy names is who asks."""
        name = self.proxy.named(request.scope)
        if name is not None:
            trusted = self.web.trusted_proxy
            try:
                return come_in(
                    self.desk.store, name, trusted.role if trusted else None, self.desk.now()
                )
            except StrangerError:
                return None
        secret = request.cookies.get(self.cookie)
        return self.desk.store.desk_session(secret, self.desk.now()) if secret else None

    def visit(
        self, request: Request, session: DeskSession, form: Sequence[tuple[str, str]]
    ) -> Visit:
        """Return a request as pages see it."""
        return Visit(
            desk=self.desk,
            web=self.web,
            session=session,
            path=request.url.path,
            query=dict(request.query_params),
            form=form,
            params={name: str(value) for name, value in request.path_params.items()},
            zone=_zone(request, self.desk),
            words=words_for(
                request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language", "")
            ),
            swaps=request.headers.get("hx-request") == "true",
        )


class Endpoint:
    """An ASGI endpoint over a function of a visit."""

    def __init__(self, door: Door, answer: Answer, role: Role) -> None:
        self._door = door
        self._answer = answer
        self._role = role

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        response = await self._door.answer(request, self._respond)
        await response(scope, receive, send)

    def _respond(self, request: Request, form: Sequence[tuple[str, str]]) -> Response:
        door = self._door
        session = door.session(request)
        if session is None:
            return to_login(door, request)
        return self._answered(door.visit(request, session, form))

    def _answered(self, visit: Visit) -> Response:
        words = visit.words
        if not visit.session.role.covers(self._role):
            return page(visit, "message.html", 403, heading=words("Not for you"),
                        text=words("Your role lets you look, not act."))  # fmt: skip
        try:
            return self._answer(visit)
        except NotThereError as error:
            text = words("There is no %(what)s.") % {"what": shorten(one_line(error.what), 200)}
            return page(visit, "message.html", 404, heading=words("Not here"), text=text)


def busy_with_others(request: Request, refusal: Refusal) -> Response:
    """Answer a request for which too many others wait."""
    words = words_for(
        request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language", "")
    )
    text = words("Too many pages are asked for at once. Try again in a moment.")
    return PlainTextResponse(text, refusal.value, {"retry-after": str(RETRY_AFTER)})


def to_login(door: Door, request: Request) -> Response:
    """Answer who is not logged in: the login, or what keeps out whom a proxy names."""
    name = door.proxy.named(request.scope)
    if name is not None:
        words = words_for(request.headers.get("accept-language", ""))
        text = words(
            "The proxy says that you are %(name)s, who has no role here. Who runs this desk gives "
            "one: wirewatch web people set"
        ) % {"name": name}
        return page(None, "alone.html", 403, words=words, heading=words("Not for you"), text=text)
    if request.headers.get("hx-request") == "true":
        # Script leads there itself: a redirect would put the login where the card was.
        return PlainTextResponse("Log in first.", 401)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    # What was to be posted is not done twice: after the login one begins at the front page.
    back = asked if request.method == "GET" else "/"
    return RedirectResponse(f"/login?to={quote(back)}", 303)


def busy(door: Door, request: Request) -> Response:
    """Answer that the database is away."""
    words = words_for(request.headers.get("accept-language", ""))
    at = door.desk.now().astimezone(_zone(request, door.desk))
    text = words("As of %(time)s the database does not answer.") % {"time": f"{at:%H:%M:%S}"}
    return page(None, "alone.html", 503, words=words, heading=words("Not now"), text=text,
                again=request.url.path)  # fmt: skip


class BadFormError(ValueError):
    """A form that is none of ours."""


async def form_of(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the fields of a form in their order.

    Raises ClientDisconnect for one that is cut, BadFormError for one with more fields than ours.
    """
    body = await request.body()
    try:
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise BadFormError from None
    return tuple(fields)


def _zone(request: Request, desk: Desk) -> tzinfo:
    """Return the zone that a browser named, or the configured one."""
    try:
        return ZoneInfo(request.cookies[ZONE_COOKIE])
    except (KeyError, ValueError, OSError):  # none, no zone's name, or none that is known here
        return desk.zone
