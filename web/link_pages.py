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
from core.words import worded
from desk.context import Desk
from desk.errors import NotThereError
from desk.links import (
    BadLinkError,
    LinkAction,
    LinkDone,
    LinkFlaw,
    LinkUsedError,
    SignedAction,
    follow,
    look,
    read_link,
    rule_name,
)
from web.frame import reasons
from web.rendering import page
from web.visit import LANGUAGE_COOKIE, BadFormError, form_of
from web.words import Words, words_for

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


_ACTIONS = {
    LinkAction.ACKNOWLEDGE: worded("I take this on"),
    LinkAction.SNOOZE: worded("Remind me in 4 hours"),
    LinkAction.DISMISS: worded("Not relevant"),
    LinkAction.MUTE: worded("Mute this story for a week"),
}
_BAD = {
    LinkFlaw.UNSIGNED: worded(
        "Links are not signed here: the configuration has no secret for them."
    ),
    LinkFlaw.FOREIGN: worded("This link was not made by Wirewatch, or was cut off."),
    LinkFlaw.OLD: worded("This link is too old; use the command line."),
}


def _words_of(request: Request) -> Words:
    """Return the words of who opens the link: as chosen in this browser, or as it asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return words_for(chosen or request.headers.get("accept-language", ""))


def _beforehand(words: Words, asked: SignedAction) -> str:
    """Say what an action does besides what its name says."""
    if asked.action is LinkAction.MUTE:
        return words("You also take it on: nobody else is reminded of it.")
    return ""


class _Pages:
    def __init__(self, desk: Desk, web: WebSection) -> None:
        self._desk = desk
        self._web = web

    async def show(self, request: Request) -> Response:
        """Show what the link does. Changes nothing."""
        words = _words_of(request)
        try:
            asked = read_link(request.path_params["token"], self._web, self._desk.now())
            seen = await asyncio.to_thread(look, self._desk.store, asked)
        except BadLinkError as error:
            return _page(
                words, words("This link does not work"), words(_BAD[error.flaw]), status=400
            )
        except StorageError:
            return _page(
                words,
                words("Not now"),
                words("The database does not answer; try again."),
                status=503,
            )
        if seen.alert is None:
            return _page(words, words("There is no such alert"), "", status=404)
        if seen.used:
            return _page(
                words, words("Done before"), words("This link was used already."), alert=seen.alert
            )
        return _page(
            words,
            words(_ACTIONS[asked.action]),
            _beforehand(words, asked),
            alert=seen.alert,
            asked=asked,
        )

    async def act(self, request: Request) -> Response:
        """Do what the link asks for."""
        words = _words_of(request)
        try:
            asked = read_link(request.path_params["token"], self._web, self._desk.now())
            reason = await _reason_in(request)
            done = await asyncio.to_thread(self._follow, asked, reason)
        except BadLinkError as error:
            return _page(
                words, words("This link does not work"), words(_BAD[error.flaw]), status=400
            )
        except _BadReasonError:
            return _page(words, words("This reason is not known"), "", status=400)
        except (BadFormError, ClientDisconnect):
            return _page(words, words("This is none of our forms"), "", status=400)
        except LinkUsedError:
            return _page(
                words, words("Done before"), words("This link was used already."), status=409
            )
        except NotThereError:
            return _page(words, words("There is no such alert"), "", status=404)
        except StorageError:
            return _page(
                words,
                words("Not now"),
                words("The database does not answer; try again."),
                status=503,
            )
        return _page(words, words("Done"), _done(asked, done, words))

    def _follow(self, asked: SignedAction, reason: DismissReason) -> LinkDone:
        return follow(self._desk.store, asked, reason, self._desk.now(), self._desk.revising())


def _done(asked: SignedAction, done: LinkDone, words: Words) -> str:
    """Say what was done by a link."""
    match asked.action, done.until:
        case LinkAction.ACKNOWLEDGE, _:
            return words("You have taken this on.")
        case LinkAction.SNOOZE, until:
            return words("You will be reminded at %(time)s UTC.") % {"time": f"{until:%H:%M}"}
        case LinkAction.DISMISS, _:
            return words("Dismissed. Nothing more is told of this story by this rule.")
        case LinkAction.MUTE, None:
            return words("The article is part of no story. You have taken the alert on.")
        case LinkAction.MUTE, _:
            return words(
                "You have taken this on, and nothing more is told of this story for a week."
            )


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
    words: Words,
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
            "title": shorten(one_line(data.title).strip(), 280) or words("(no title)"),
            "url": web_link(data.canonical_url) or web_link(data.url),
            "rule": rule_name(alert),
            "source": one_line(data.source),
            "state": words(alert.state.value),
        }
    dismisses = asked is not None and asked.action is LinkAction.DISMISS
    return page(
        None, "action.html", status, words=words, headers=_HEADERS,
        heading=heading, text=text, alert=shown, asked=asked,
        reasons=reasons(words) if dismisses else (),
    )  # fmt: skip
