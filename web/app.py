"""The desk in the browser: which address is which page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from importlib.resources import files
from mimetypes import guess_type

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.config.sections.web import WebSection
from core.people import Role
from desk.context import Desk
from web.api.served import PREFIX, api_routes
from web.feeds import feed_routes
from web.guard import Guard
from web.lean import lean
from web.link_pages import link_routes
from web.live import Live
from web.login import Login
from web.pages import (
    acting,
    alerts,
    article,
    deliveries,
    downloads,
    more,
    polling,
    rules,
    search,
    sources,
    status,
    story,
)
from web.rendering import page
from web.telemetry import Telemetry
from web.visit import Answer, Door
from web.words import words_for

THREADS = 4
"""Pages that are made at the same time; the daemon's own threads are others."""
_STATIC = ("desk.css", "desk.js", "htmx.min.js", "htmx.LICENSE", "icon.svg")

PAGES: tuple[tuple[str, Answer], ...] = (
    ("/", alerts.show),
    ("/story/{id}", story.show),
    ("/story/{id}/warc", downloads.story_warc),
    ("/stories.{format}", downloads.stories),
    ("/article/{id}", article.show),
    ("/article/{id}/text", downloads.text),
    ("/article/{id}/warc", downloads.article_warc),
    ("/articles.{format}", downloads.all_articles),
    ("/search", search.show),
    ("/search.{format}", downloads.found),
    ("/sources", sources.show),
    ("/sources/{name:path}/poll", polling.show),
    ("/sources/{name:path}", sources.show_one),
    ("/rules", rules.show),
    ("/rules/{id:path}/try", rules.show_bench),
    ("/deliveries", deliveries.show),
    ("/status", status.show),
    ("/more", more.show),
)
ACTIONS: tuple[tuple[str, Answer], ...] = (
    ("/act", acting.act),
    ("/undo", acting.undo_all),
    ("/note", acting.note),
    ("/sources/poll", polling.poll),
    ("/rules/{id:path}/try", rules.try_out),
    ("/rules/{id:path}/patch", rules.patch),
    ("/deliveries/again", deliveries.again),
    ("/deliveries/sample", deliveries.sample),
)


def create_app(desk: Desk, web: WebSection) -> Starlette:
    """Return the application. `app.state.stop()` ends its streams, `close()` its threads."""
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="web")
    door = Door(desk, web, threads)
    telemetry = Telemetry(desk, web, door)
    login, live = Login(door), Live(door)
    elsewhere: list[Route] = []
    if web.oidc is not None:
        # Needs an extra, which nobody else is to need.
        from web.oidc import OidcLogin

        elsewhere = OidcLogin(door, login, web.oidc).routes()
    routes = [
        *(Route(path, door.page(answer), methods=["GET"]) for path, answer in PAGES),
        *(
            Route(path, door.page(answer, role=Role.WORK), methods=["POST"])
            for path, answer in ACTIONS
        ),
        Route("/language", door.page(acting.set_language), methods=["POST"]),
        Route("/keys", door.page(acting.set_keys), methods=["POST"]),
        # Everybody ends sessions of their own.
        Route("/status/end", door.page(status.end), methods=["POST"]),
        Route("/events", live.stream),
        Route("/new", live.count),
        Route("/login", login.show, methods=["GET"]),
        Route("/login", login.log_in, methods=["POST"]),
        *elsewhere,
        Route("/logout", login.log_out, methods=["POST"]),
        Route("/static/{name}", _static()),
        Route("/favicon.ico", _static("icon.svg")),
        *telemetry.routes(),
        *link_routes(desk, web),
        *api_routes(door),
        *feed_routes(door),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={404: _not_here},
        middleware=[
            Middleware(Guard, web=web, unsigned=("/alert/", f"{PREFIX}/")),
            # Event streams are left alone by their type.
            Middleware(GZipMiddleware, minimum_size=1000),
        ],
    )
    app.state.stop = live.stop
    app.state.close = _closing(threads, telemetry.threads)
    return app


def _closing(*threads: Executor) -> Callable[[], None]:
    def close() -> None:
        for each in threads:
            # What has begun goes on to its end, and nobody waits for it.
            each.shutdown(wait=False, cancel_futures=True)

    return close


async def _not_here(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith(f"{PREFIX}/"):
        return PlainTextResponse("There is nothing at this address.", 404)
    words = words_for(request.headers.get("accept-language", ""))
    text = words("There is no page at this address.")
    return page(None, "alone.html", 404, words=words, heading=words("Not here"), text=text)


def _static(only: str | None = None) -> Callable[[Request], Response]:
    """Return what answers with the few files that pages need, read once."""
    folder = files("web") / "static"
    known = {name: (folder / name).read_bytes() for name in _STATIC if not only or name == only}
    for name, content in known.items():
        if name.endswith(".css"):
            known[name] = lean(content.decode()).encode()

    def answer(request: Request) -> Response:
        name = only or request.path_params["name"]
        if name not in known:
            return PlainTextResponse("There is no such file.", 404)
        kind = guess_type(name)[0] or "text/plain"
        return Response(
            known[name], media_type=kind, headers={"Cache-Control": "public, max-age=31536000"}
        )

    return answer
