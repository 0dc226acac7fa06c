"""Logging in by a link that works once, and logging out."""

from __future__ import annotations

import platform
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from core.people import SESSION_LASTS
from desk import people
from desk.people import LoginRefusedError, RefusedLogin
from web.pages.acting import safe_back
from web.rendering import page
from web.visit import LANGUAGE_COOKIE, Door, to_login
from web.words import Words, words_for

TRIES = 10
WITHIN = timedelta(minutes=5)
"""So many wrong codes from one address within this time are told why. Nobody guesses 256 bits."""
_MOST_ADDRESSES = 1000


class Login:
    """The pages for who is not logged in."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._tries: OrderedDict[str, list[datetime]] = OrderedDict()

    async def show(self, request: Request) -> Response:
        """Show whom a link logs in. Changes nothing: scanners of chats and mails open links."""
        return await self._door.answer(request, lambda asked, _form: self._show(asked))

    async def log_in(self, request: Request) -> Response:
        """Use a link up, and begin a session."""
        return await self._door.answer(request, self._log_in)

    async def log_out(self, request: Request) -> Response:
        """End the session of this browser."""
        return await self._door.answer(request, lambda asked, _form: self._log_out(asked))

    @staticmethod
    def words(request: Request) -> Words:
        """Return the words for somebody who is not logged in."""
        return words_for(
            request.cookies.get(LANGUAGE_COOKIE) or request.headers.get("accept-language", "")
        )

    def _show(self, request: Request) -> Response:
        words = self.words(request)
        code = request.query_params.get("code", "")
        to = safe_back(request.query_params.get("to", "/"))
        if self._door.proxy.named(request.scope) is not None:
            # Who asks is said by the proxy: a link would begin a session that nobody looks at.
            known = self._door.session(request) is not None
            return RedirectResponse(to, 303) if known else to_login(self._door, request)
        if not code:
            return self.page(words, to)
        try:
            link = people.look(self._door.desk.store, code, self._door.desk.now())
        except LoginRefusedError as error:
            return self._refused(request, words, to, error)
        return self.page(words, to, code=code, invited=link.person)

    def _log_in(self, request: Request, form: Sequence[tuple[str, str]]) -> Response:
        words = self.words(request)
        fields = dict(form)
        to = safe_back(fields.get("to", "/"))
        # Who pastes the whole link means its code.
        code = fields.get("code", "").strip().rpartition("code=")[2]
        try:
            begun = people.begin(
                self._door.desk.store,
                code,
                request.headers.get("user-agent", ""),
                self._door.desk.now(),
            )
        except LoginRefusedError as error:
            return self._refused(request, words, to, error)
        return self.let_in(begun, to)

    def let_in(self, begun: people.Begun, to: str) -> Response:
        """Give a browser the secret of its session, and lead on."""
        ends = begun.session.ends_at
        lasts = SESSION_LASTS if ends is None else ends - begun.session.created_at
        response = RedirectResponse(to, 303)
        response.set_cookie(
            self._door.cookie,
            begun.secret,
            max_age=int(lasts.total_seconds()),
            httponly=True,
            # Strict would show the login to who follows a link from a chat.
            samesite="lax",
            secure=self._door.secure,
        )
        return response

    def _log_out(self, request: Request) -> Response:
        session = self._door.session(request)
        if session is not None:
            self._door.desk.store.end_session(session.id)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(self._door.cookie)
        return response

    def page(
        self, words: Words, to: str, status: int = 200, error: str = "", *,
        code: str = "", invited: str = "",
    ) -> Response:  # fmt: skip
        """Return the login, with what went wrong."""
        oidc = self._door.web.oidc
        heading = words("This desk belongs to Wirewatch on %(machine)s, port %(port)s.") % {
            "machine": platform.node(),
            "port": self._door.web.listen.rpartition(":")[2],
        }
        return page(None, "login.html", status, words=words, heading=heading, text="",
                    error=error, code=code, invited=invited, to=to,
                    provider=oidc.shown if oidc else "")  # fmt: skip

    def _refused(
        self, request: Request, words: Words, to: str, error: LoginRefusedError
    ) -> Response:
        """Answer a code that lets nobody in.

        One that does works however many did not before it: behind a proxy all come from one
        address, and nobody is to lock others out.
        """
        if self._may_try(request):
            return self.page(words, to, 403, self._why(error, words))
        return self.page(words, to, 429, words("Too many tries; wait five minutes."))

    def _may_try(self, request: Request) -> bool:
        """Tell whether an address tried few wrong codes lately; no more than those are kept."""
        address = self._door.proxy.client(request.scope)
        now = self._door.desk.now()
        tries = [at for at in self._tries.pop(address, ()) if now - at < WITHIN]
        few = len(tries) < TRIES
        self._tries[address] = [*tries, now] if few else tries
        while len(self._tries) > _MOST_ADDRESSES:
            self._tries.popitem(last=False)
        return few

    def _why(self, error: LoginRefusedError, words: Words) -> str:
        zone = self._door.desk.zone
        link = error.link
        match error.why:
            case RefusedLogin.USED if link is not None and link.used_at is not None:
                return words("This link was used: made %(made)s, used %(used)s. Make another.") % {
                    "made": f"{link.made_at.astimezone(zone):%H:%M}",
                    "used": f"{link.used_at.astimezone(zone):%H:%M}",
                }
            case RefusedLogin.EXPIRED:
                return words("This link is too old: it works for ten minutes. Make another.")
            case _:
                return words(
                    "This link is not of this desk, or was cut off: does another daemon answer "
                    "on this port?"
                )
