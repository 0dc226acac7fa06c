"""Cases in the database: lists, pages and names that people call them by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState
from core.errors import StorageError
from desk.errors import AmbiguousError, NotThereError
from desk.names import named_alert, short
from storage import Cursor
from tests.integration.alerts.alert_desk import copied

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(desks: Any) -> Any:
    """Give two stories of two outlets each; the rules `papers` and `raids` fire on all."""
    made = desks({"to": ["desk"]})
    copied(made, "one")
    made.pass_time(MINUTE)
    copied(made, "two")
    return made


def test_a_story_is_one_case_whatever_fires_on_it(desk: Any) -> None:
    (case,) = desk.store.cases().items
    assert len(case.alerts) == len(desk.store.alerts().items) == 4
    assert [rule.id for rule in case.rules] == ["papers", "raids"]
    assert len(case.outlets) == 2


def test_conditions_choose_cases_and_show_them_whole(desk: Any) -> None:
    (case,) = desk.store.cases(rule="papers").items
    assert len(case.alerts) == 4
    assert desk.store.cases(rule="nothing").items == ()
    assert desk.store.cases(state=AlertState.DISMISSED).items == ()
    alert = case.alerts[0].id
    desk.store.change_alert(alert, AlertState.ACKNOWLEDGED, DECIDERS, by="aigul", at=desk.clock())
    (taken,) = desk.store.cases(state=AlertState.ACKNOWLEDGED).items
    assert (taken.state, taken.owner) == (AlertState.ACKNOWLEDGED, "aigul")


def test_a_cursor_of_another_list_is_refused(desk: Any) -> None:
    with pytest.raises(StorageError):
        desk.store.cases(after=Cursor(desk.clock(), "alt_1"))


def test_an_alert_goes_by_every_name_that_people_see(desk: Any) -> None:
    (case,) = desk.store.cases().items
    newest = case.alerts[-1]
    for name in (newest.id, newest.id.removeprefix("alt_"), short(newest.id), case.name):
        assert named_alert(desk.store, name) == newest.id
    first = case.alerts[0]
    of_page = named_alert(desk.store, first.article.data.url + "#comments")
    assert desk.store.alert(of_page).article.id == first.article.id


@pytest.mark.parametrize(
    "name", ["c999", "alt_0000000", "", "c0", "dead", "https://nowhere.example/"]
)
def test_what_names_nothing_is_said_to(desk: Any, name: str) -> None:
    with pytest.raises(NotThereError):
        named_alert(desk.store, name)


def test_a_beginning_that_several_share_names_them() -> None:
    class Several:
        def alert(self, wanted: str) -> None: ...

        def delivery(self, wanted: str) -> None: ...

        def alert_ids(self, prefix: str, limit: int) -> list[str]:
            return [f"{prefix}{number}" for number in range(9)][:limit]

    with pytest.raises(AmbiguousError, match=r"any of beef0, beef1.*…"):
        named_alert(Several(), "beef")  # type: ignore[arg-type]
