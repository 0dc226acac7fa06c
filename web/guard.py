"""What every request passes before a page sees it, and what every answer carries.

Looked at are the host it names, the page it acts from, and how much it brings.

Plain ASGI: streams pass through as they come.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.config.sections.web import WebSection
from web.peers import BadUserHeaderError, TrustedProxy

LARGEST_BODY = 256 * 1024
"""Bytes of a form: a rule file in the workbench is the largest."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
# The page's own files and nothing else: no inline script or style, no frame, no plugin.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # `no-referrer` would make our own forms send `Origin: null`.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
}


class Guard:
    """Refuses requests for other hosts, actions from other sites and bodies that are too large."""

    def __init__(self, app: ASGIApp, *, web: WebSection, unsigned: Iterable[str] = ()) -> None:
        """Take `unsigned` beginnings of paths whose address is the permission to act."""
        self._app = app
        self._hosts = {_host_of(web.address), _host_of(f"//{web.listen}"), *_LOOPBACK_NAMES}
        self._origin = _origin_of(web.address)
        self._unsigned = tuple(unsigned)
        self._proxy = TrustedProxy(web.trusted_proxy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            status, words = refusal
            await PlainTextResponse(words, status)(scope, receive, _with_headers(send))
            return
        await self._app(scope, _bounded(receive), _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._is_ours(_host_of(f"//{host}")):
            # A name that was made to lead here would let a page of its own act as ours.
            return 421, "This desk is not reached by that name; see `web.url` in watch.yaml."
        try:
            self._proxy.named(scope)
        except BadUserHeaderError:
            return 400, "The proxy must say who asks once, with one name; nothing was done."
        if scope["method"] in _SAFE:
            return None
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return 413, "This form is too large."
        if scope["path"].startswith(self._unsigned):
            return None
        if not self._from_our_page(headers, host):
            return 403, "This came from another site, or from no page of ours; nothing was done."
        return None

    def _is_ours(self, host: str) -> bool:
        if host in self._hosts:
            return True
        try:
            # An address cannot be made to lead elsewhere, as a name can.
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True

    def _from_our_page(self, headers: Headers, host: str) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = headers.get("origin", "")
        return origin == self._origin or origin in (f"http://{host}", f"https://{host}")


def _bounded(receive: Receive) -> Receive:
    """Count what comes: a body may be longer than it says, or say nothing."""
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > LARGEST_BODY:
            return {"type": "http.disconnect"}
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
