"""The API as it is served: tokens, checks, problems, and actions that are done once.

A program shows its token (`Authorization: Bearer …`); cookies count for nothing here, so no page of
another site can act through a browser. An action with an `Idempotency-Key` is done once, and asked
for again it is answered as before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator

import structlog
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import StorageError
from core.people import ApiToken
from desk.errors import NotThereError
from desk.search import QueryError
from web.api import answers
from web.api.description import describe
from web.api.endpoints import ENDPOINTS, BadCursorError, Call, Endpoint
from web.turns import RETRY_AFTER, NoTurnError, Refusal
from web.visit import Door

log = structlog.get_logger(__name__)

PREFIX = "/api/v1"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_BEARER = re.compile(r"Bearer +([A-Za-z0-9_.~+/=-]{10,200})", re.IGNORECASE)


class _Refused(Exception):  # noqa: N818 - it is an answer
    """An answer that is a problem."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        self.problem = answers.Problem(title=title, status=status, detail=detail)


def api_routes(door: Door) -> Iterator[Route]:
    """Yield the routes of the API."""
    description = describe(PREFIX)

    async def described(_request: Request) -> Response:
        return JSONResponse(description)

    yield Route(f"{PREFIX}/openapi.json", described, methods=["GET"])
    for endpoint in ENDPOINTS:
        yield Route(PREFIX + endpoint.path, _served(door, endpoint), methods=[endpoint.method])


def _served(door: Door, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            async with door.turns.turn(door.proxy.client(request.scope)):
                return await door.in_thread(lambda: _answer(door, endpoint, request, body))
        except NoTurnError as error:
            return _too_many(error.refusal)

    return serve


def _answer(door: Door, endpoint: Endpoint, request: Request, body: bytes) -> Response:
    try:
        token = _token(door, request)
        if not token.role.covers(endpoint.role):
            raise _Refused(403, "Not allowed", f"this needs the role {endpoint.role.value}")
        asked = _asked(endpoint, request, body)
        call = Call(door.desk, token, request.path_params, asked)
        key = request.headers.get("idempotency-key")
        if endpoint.acts and key is not None:
            return _once(call, endpoint, request, key, body)
        return _json(200, _done(endpoint, call).model_dump_json())
    except _Refused as refused:
        return _problem(refused.problem)
    except StorageError as error:
        log.warning("api_not_answered", path=request.url.path, error=str(error))
        return _problem(answers.Problem(title="The database does not answer", status=503))


def _token(door: Door, request: Request) -> ApiToken:
    shown = _BEARER.fullmatch(request.headers.get("authorization", ""))
    token = door.desk.store.api_token(shown[1], door.desk.now()) if shown else None
    if token is None:
        raise _Refused(401, "Show a token", "Authorization: Bearer …; see `wirewatch web token`")
    return token


def _asked(endpoint: Endpoint, request: Request, body: bytes) -> BaseModel:
    """Return the question, checked. What is unknown in it is an error: it may be a typing error."""
    try:
        if not endpoint.acts:
            several = [
                name for name in request.query_params if len(request.query_params.getlist(name)) > 1
            ]
            if several:
                raise _Refused(422, "Not understood", f"{several[0]}: given more than once")
            return endpoint.question.model_validate(dict(request.query_params))
        if request.query_params:
            unknown = next(iter(request.query_params))[:80]
            raise _Refused(422, "Not understood", f"{unknown}: belongs into the body")
        return endpoint.question.model_validate_json(body or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the body"
        raise _Refused(422, "Not understood", f"{place}: {first['msg']}") from None


def _done(endpoint: Endpoint, call: Call) -> BaseModel:
    try:
        return endpoint.do(call)
    except NotThereError as error:
        raise _Refused(404, "Not there", str(error)) from None
    except QueryError as error:
        raise _Refused(422, "Not understood", f"q: {error}") from None
    except BadCursorError:
        raise _Refused(422, "Not understood", "before: not the `next` of this list") from None
    except ValueError as error:
        raise _Refused(422, "Not understood", str(error)) from None


def _once(call: Call, endpoint: Endpoint, request: Request, key: str, body: bytes) -> Response:
    """Do an action once for its key, however often and by how many at a time it is asked for."""
    if not _KEY.fullmatch(key):
        raise _Refused(400, "Not understood", "Idempotency-Key: 1 to 200 printable characters")
    store, token = call.desk.store, call.token.id
    asked = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + body).digest()
    earlier = store.begin_action(token, key, asked, call.desk.now())
    if earlier is not None:
        if not earlier.same:
            raise _Refused(422, "Not understood", "this Idempotency-Key stands for something else")
        if earlier.status is None:
            raise _Refused(409, "Being done", "the same is being done at this moment")
        return _json(earlier.status, earlier.answer)
    try:
        status, answer = 200, _done(endpoint, call).model_dump_json()
    except _Refused as refused:
        status, answer = refused.problem.status, refused.problem.model_dump_json()
    except BaseException:
        store.forget_action(token, key)
        raise
    store.end_action(token, key, status, answer)
    return _json(status, answer)


def _json(status: int, text: str) -> Response:
    kind = "application/json" if status < 400 else "application/problem+json"
    return Response(text, status, media_type=kind)


def _too_many(refusal: Refusal) -> Response:
    answer = _problem(answers.Problem(title="Too many requests at once", status=refusal.value))
    answer.headers["retry-after"] = str(RETRY_AFTER)
    return answer


def _problem(problem: answers.Problem) -> Response:
    response = Response(
        json.dumps(problem.model_dump()), problem.status, media_type="application/problem+json"
    )
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
