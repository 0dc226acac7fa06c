"""Logging in with an account that people have elsewhere (OpenID Connect).

What is kept of an attempt is in a cookie of that browser, signed with a key of this process: an
answer that was fetched in one browser lets nobody in in another. Imported only where `web.oidc` is
set, for it needs the `oidc` extra.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.config.sections.web_login import OidcSection
from core.errors import StorageError
from core.network import NetworkPolicy
from core.words import worded
from desk.people import NameTakenError, StrangerError, enter
from desk.provider import AccountRefusedError, Attempt, Provider, Refusal
from web.login import Login
from web.pages.acting import safe_back
from web.visit import Door, busy
from web.words import Words

log = structlog.get_logger(__name__)

START, BACK = "/login/oidc", "/login/oidc/back"
ATTEMPT_LASTS = timedelta(minutes=10)
_MOST_USED = 10_000
_LONGEST_CODE = 4_000
_WHY = {
    Refusal.AWAY: worded("%(provider)s does not answer as it should. Try again in a minute."),
    Refusal.FOREIGN: worded("The answer came from another provider than %(provider)s."),
    Refusal.DENIED: worded("%(provider)s let nobody in."),
    Refusal.STALE: worded(
        "This login was used, took more than ten minutes, or was begun in another browser. "
        "Begin again."
    ),
    Refusal.CODE: worded("%(provider)s does not know this login any more. Begin again."),
    Refusal.TOKEN: worded("What %(provider)s said about you could not be proven to come from it."),
    Refusal.NAMELESS: worded("%(provider)s gave no name that this desk could know you by."),
}  # fmt: skip
_STATUS = {Refusal.AWAY: 502, Refusal.FOREIGN: 502}


class OidcLogin:
    """The way to the provider and back."""

    def __init__(self, door: Door, login: Login, section: OidcSection) -> None:
        self._door = door
        self._login = login
        self._section = section
        self._provider = Provider(
            section,
            f"{door.web.address}{BACK}",
            lambda: NetworkPolicy.from_texts(door.desk.config.network.allow),
            door.desk.now,
        )
        self._cookie = f"{door.cookie}_oidc"
        self._signed = URLSafeSerializer(secrets.token_bytes(32), salt="oidc")
        self._used: OrderedDict[str, datetime] = OrderedDict()

    def routes(self) -> list[Route]:
        """Return the routes of both ways."""
        return [
            Route(START, self.start, methods=["GET"]),
            Route(BACK, self.back, methods=["GET"]),
        ]

    async def start(self, request: Request) -> Response:
        """Send a browser to the provider."""
        to = safe_back(request.query_params.get("to", "/"))
        try:
            where, attempt = await self._provider.begin()
        except AccountRefusedError as error:
            return self._refused(request, to, error)
        response = RedirectResponse(where, 303)
        kept = {**asdict(attempt), "to": to, "at": self._door.desk.now().timestamp()}
        response.set_cookie(
            self._cookie,
            str(self._signed.dumps(kept)),
            max_age=int(ATTEMPT_LASTS.total_seconds()),
            path=START,
            httponly=True,
            samesite="lax",  # the provider sends the browser back from its own pages
            secure=self._door.secure,
        )
        return response

    async def back(self, request: Request) -> Response:
        """Let in whom the provider names."""
        to = "/"
        try:
            attempt, to = self._attempt(request)
            account = await self._provider.finish(
                attempt, self._code(request), request.query_params.get("iss")
            )
            begun = await self._door.in_thread(
                lambda: enter(
                    self._door.desk.store,
                    account.name,
                    account.subject,
                    account.role,
                    browser=request.headers.get("user-agent", ""),
                    now=self._door.desk.now(),
                    lasting=self._section.ask_again,
                )
            )
        except AccountRefusedError as error:
            response = self._refused(request, to, error)
        except NameTakenError as error:
            response = self._stranger(request, to, error, self._taken)
        except StrangerError as error:
            response = self._stranger(request, to, error, self._no_role)
        except StorageError as error:
            log.warning("page_not_shown", path=request.url.path, error=str(error))
            response = busy(self._door, request)
        else:
            response = self._login.let_in(begun, to)
        response.delete_cookie(self._cookie, path=START)
        return response

    def _attempt(self, request: Request) -> tuple[Attempt, str]:
        """Return the attempt that an answer belongs to, which is used up by it."""
        now = self._door.desk.now()
        try:
            kept = self._signed.loads(request.cookies.get(self._cookie, ""))
            attempt = Attempt(kept["state"], kept["nonce"], kept["verifier"])
            at, to = datetime.fromtimestamp(kept["at"], now.tzinfo), safe_back(kept["to"])
        except (BadSignature, KeyError, TypeError, ValueError):
            raise AccountRefusedError(Refusal.STALE, "no attempt of this browser") from None
        states = request.query_params.getlist("state")
        shown = states[0] if len(states) == 1 else ""
        if not hmac.compare_digest(shown.encode(), attempt.state.encode()):
            raise AccountRefusedError(Refusal.STALE, "the state of another attempt")
        if not timedelta() <= now - at < ATTEMPT_LASTS:
            raise AccountRefusedError(Refusal.STALE, "the attempt is too old")
        if attempt.state in self._used:
            raise AccountRefusedError(Refusal.STALE, "the attempt was used")
        self._used[attempt.state] = now
        while len(self._used) > _MOST_USED:
            self._used.popitem(last=False)
        return attempt, to

    def _code(self, request: Request) -> str:
        error = request.query_params.get("error")
        if error is not None:
            said = "".join(sign for sign in error[:60] if sign.isascii() and sign.isprintable())
            raise AccountRefusedError(Refusal.DENIED, said)
        codes = request.query_params.getlist("code")
        if len(codes) != 1 or not 0 < len(codes[0]) <= _LONGEST_CODE:
            raise AccountRefusedError(Refusal.CODE, "no code")
        return codes[0]

    def _refused(self, request: Request, to: str, error: AccountRefusedError) -> Response:
        log.warning("oidc_login_refused", why=error.why.value, detail=error.detail)
        words = self._login.words(request)
        why = words(_WHY[error.why]) % {"provider": self._section.shown}
        return self._login.page(words, to, _STATUS.get(error.why, 403), why)

    def _stranger(
        self, request: Request, to: str, error: StrangerError, why: Callable[[Words], str]
    ) -> Response:
        log.warning("oidc_login_refused", why=type(error).__name__, name=error.name)
        words = self._login.words(request)
        return self._login.page(words, to, 403, why(words) % {"name": error.name})

    @staticmethod
    def _taken(words: Words) -> str:
        return words(
            "%(name)s is the name of another account here. Who runs this desk can free it: "
            "wirewatch web people forget"
        )

    @staticmethod
    def _no_role(words: Words) -> str:
        return words(
            "You are %(name)s, who has no role here. Who runs this desk gives one: "
            "wirewatch web people set"
        )
