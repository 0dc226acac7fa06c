"""When an outlet refuses to answer: as its own bad habit, or because a test asked for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from starlette.responses import Response

from demo.outlets import Outlet

_ROBOTS = "/robots.txt"


@dataclass(slots=True)
class _Refusals:
    status: int
    times: int
    retry_after: int | None
    path: str | None


class Mishaps:
    """Decides, in the order requests come in, which of them are refused.

    robots.txt is spared unless it is named: while it answers 5xx, a crawler must stay away from
    the whole host (RFC 9309, 2.3.1.4), which would hide every other failure.
    """

    def __init__(self, outlet: Outlet) -> None:
        self._every = outlet.fail_every
        self._retry_after = outlet.retry_after
        self._asked: list[_Refusals] = []
        self._served = 0
        self._lock = threading.Lock()
        if outlet.fail_first:
            self.fail_next(503, outlet.fail_first, outlet.retry_after)

    def fail_next(
        self, status: int, times: int, retry_after: int | None, path: str | None = None
    ) -> None:
        """Refuse the next `times` requests, those of one `path` when it is given."""
        with self._lock:
            self._asked.append(_Refusals(status, times, retry_after, path))

    def refusal(self, path: str) -> Response | None:
        """Return the refusal this request gets, or None when it is to be answered."""
        with self._lock:
            for asked in self._asked:
                if asked.path == path or (asked.path is None and path != _ROBOTS):
                    asked.times -= 1
                    if asked.times <= 0:
                        self._asked.remove(asked)
                    return _refused(asked.status, asked.retry_after)
            if path == _ROBOTS or not self._every:
                return None
            self._served += 1
            return _refused(503, self._retry_after) if self._served % self._every == 0 else None


def _refused(status: int, retry_after: int | None) -> Response:
    headers = {"retry-after": str(retry_after)} if retry_after is not None else None
    body = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return Response(body, status, headers, media_type="text/html")
