"""The rest of the menu, for phones; logging out; language."""

from __future__ import annotations

from starlette.responses import Response

from web.frame import framed
from web.visit import Visit


def show(visit: Visit) -> Response:
    """Show what the bar at the foot has no room for."""
    return framed(visit, "more.html", "more")
