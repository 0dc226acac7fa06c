"""The page behind a link in an alert: it shows what the link does, and does it when confirmed.

Nobody is logged in: the signed link is the permission, works once, and only by POST.
"""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from core.alerting.alerts import Alert, DismissReason
from core.config.sections.web import WebSection
from core.errors import StorageError
from core.plain_text import one_line, shorten, web_link
from desk.context import Desk
from desk.errors import NotThereError
from desk.links import (
    ACTIONS,
    BadLinkError,
    LinkAction,
    LinkDone,
    LinkUsedError,
    SignedAction,
    follow,
    look,
    read_link,
    rule_name,
)
from web.rendering import page
from web.visit import BadFormError, form_of
from web.wording import REASONS

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the permission
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def link_routes(desk: Desk, web: WebSection) -> list[Route]:
    """Return the routes of the pages behind the links in messages."""
    pages = _Pages(desk, web)
    return [
        Route("/alert/{token}", pages.show, methods=["GET"]),
        Route("/alert/{token}", pages.act, methods=["POST"]),
    ]


class _Pages:
    def __init__(self, desk: Desk, web: WebSection) -> None:
        self._desk = desk
        self._web = web

    async def show(self, request: Request) -> Response:
        """Show what the link does. Changes nothing."""
        try:
            asked = read_link(request.path_params["token"], self._web, self._desk.now())
            seen = await asyncio.to_thread(look, self._desk.store, asked)
        except BadLinkError as error:
            return _page("This link does not work", str(error), status=400)
        except StorageError:
            return _page("Not now", "The database does not answer; try again.", status=503)
        if seen.alert is None:
            return _page("There is no such alert", "", status=404)
        if seen.used:
            return _page("Done before", "This link was used already.", alert=seen.alert)
        return _page(ACTIONS[asked.action], "", alert=seen.alert, asked=asked)

    async def act(self, request: Request) -> Response:
        """Do what the link asks for."""
        try:
            asked = read_link(request.path_params["token"], self._web, self._desk.now())
            reason = await _reason_in(request)
            done = await asyncio.to_thread(self._follow, asked, reason)
        except BadLinkError as error:
            return _page("This link does not work", str(error), status=400)
        except _BadReasonError:
            return _page("This reason is not known", "", status=400)
        except (BadFormError, ClientDisconnect):
            return _page("This is none of our forms", "", status=400)
        except LinkUsedError:
            return _page("Done before", "This link was used already.", status=409)
        except NotThereError:
            return _page("There is no such alert", "", status=404)
        except StorageError:
            return _page("Not now", "The database does not answer; try again.", status=503)
        return _page("Done", _words(asked, done))

    def _follow(self, asked: SignedAction, reason: DismissReason) -> LinkDone:
        return follow(self._desk.store, asked, reason, self._desk.now(), self._desk.revising())


def _words(asked: SignedAction, done: LinkDone) -> str:
    """Say what was done by a link."""
    match asked.action, done.until:
        case LinkAction.ACKNOWLEDGE, _:
            return "You have taken this on."
        case LinkAction.SNOOZE, until:
            return f"You will be reminded at {until:%H:%M} UTC."
        case LinkAction.DISMISS, _:
            return "Dismissed. Nothing more is told of this story by this rule."
        case LinkAction.MUTE, None:
            return "The article is part of no story. You have taken the alert on."
        case LinkAction.MUTE, _:
            return "Nothing more is told of this story for a week."


class _BadReasonError(Exception):
    """A reason that no form of ours offers."""


async def _reason_in(request: Request) -> DismissReason:
    """Return the reason that a form gives; `other` when it gives none.

    Raises BadFormError, _BadReasonError, and ClientDisconnect for one that is cut or too large.
    """
    given = next((value for name, value in await form_of(request) if name == "reason"), None)
    try:
        return DismissReason(given or DismissReason.OTHER)
    except ValueError:
        raise _BadReasonError from None


def _page(
    heading: str,
    text: str,
    *,
    status: int = 200,
    alert: Alert | None = None,
    asked: SignedAction | None = None,
) -> HTMLResponse:
    shown = None
    if alert is not None:
        data = alert.article.data
        shown = {
            "title": shorten(one_line(data.title).strip(), 280) or "(no title)",
            "url": web_link(data.canonical_url) or web_link(data.url),
            "rule": rule_name(alert),
            "source": one_line(data.source),
            "state": alert.state.value,
        }
    dismisses = asked is not None and asked.action is LinkAction.DISMISS
    return page(
        None, "action.html", status, headers=_HEADERS,
        heading=heading, text=text, alert=shown, asked=asked,
        reasons=REASONS if dismisses else {},
    )  # fmt: skip
