"""The API, asked what nobody would ask: no fault of ours, and answers as they are described."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from core.people import Role
from demo.loopback import LoopbackServer, bind_hosts
from desk.people import give_token
from tests.integration.web.crowded import Crowded, crowded
from tests.integration.web.hostile import TITLES
from tests.integration.web.visitors import WEB
from web.api.endpoints import ENDPOINTS
from web.api.served import PREFIX
from web.app import create_app

FEW, MANY = 5, 300
SEED = 16


@dataclass(frozen=True)
class Served:
    """The API on loopback."""

    base: str
    desk: Crowded
    schema: BaseSchema
    token: str

    def numbers(self, path: str) -> tuple[str, ...]:
        """Return ids that there are, for a path."""
        return {
            "stories": tuple(map(str, self.desk.stories)),
            "articles": tuple(map(str, self.desk.articles)),
            "alerts": self.desk.alerts,
        }[path.split("/")[1]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with crowded(tmp_path_factory.mktemp("random"), TITLES) as desk:
        _token, secret = give_token(
            desk.desk.store, "monkey", Role.WORK, desk.desk.now(), timedelta(days=1)
        )
        sockets = bind_hosts("127.0.0.1", 0, 1)
        base = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        server = LoopbackServer(create_app(desk.desk, WEB), sockets)
        server.start()
        try:
            schema = schemathesis.openapi.from_url(f"{base}{PREFIX}/openapi.json")
            yield Served(base, desk, schema, secret)
        finally:
            server.stop()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_the_api_answers_anything_as_it_is_described(served: Served, endpoint: Any) -> None:
    ask(served, endpoint.method, endpoint.path, FEW)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_the_api_answers_very_much_as_it_is_described(served: Served, endpoint: Any) -> None:
    ask(served, endpoint.method, endpoint.path, MANY)


def ask(served: Served, method: str, path: str, most: int) -> None:
    operation = served.schema[PREFIX + path][method]
    numbers = served.numbers(path) if "{id}" in path else ()
    asked: set[int] = set()
    # A schema cannot say which texts are the `next` of a list, what the language of rules reads,
    # and which keys stand for something else already.
    free = {"before", "q", "Idempotency-Key"}
    for mode in GenerationMode:

        @seed(SEED)
        @settings(
            max_examples=most, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(
            case=operation.as_strategy(generation_mode=mode),
            number=st.sampled_from([*numbers, None]),
        )
        def once(case: Any, number: str | None) -> None:
            if number is not None and numbers:
                case.path_parameters["id"] = number
            answer = case.call(
                base_url=served.base, headers={"Authorization": f"Bearer {served.token}"}
            )
            asked.add(answer.status_code)
            if answer.text == "Invalid HTTP request received.":
                return  # no request by HTTP: it reaches no endpoint
            excluded = [positive_data_acceptance] if free & {*case.query, *case.headers} else []
            if case.query:
                # All of a query is text: `0.0` is an age as well as a number.
                excluded.append(negative_data_rejection)
            case.validate_response(answer, excluded_checks=excluded)

        once()
    assert asked
