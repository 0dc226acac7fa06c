"""What people see at the terminal: every list and sheet, on screens of usual widths.

`python -m tests.integration.screens.regenerate` draws the golden files anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from desk.names import short
from tests.integration.empty_database import empty_database
from tests.integration.screens.screens import GOLDEN, SCREENS, WIDTHS, drawn, golden
from tests.integration.screens.small_newsroom import OUTLETS, Newsroom, small_newsroom

LISTS = [name for name in SCREENS if " list" in name or name == "deliveries log"]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    database = empty_database(tmp_path_factory.mktemp("screens") / "screens.db")
    with small_newsroom(database) as filled:
        yield filled


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_was_looked_at(newsroom: Newsroom, name: str, width: int) -> None:
    kept = golden(name, width).read_text(encoding="utf-8")
    assert f"$ wirewatch {name}\n{drawn(newsroom, name, width)}" == kept


def test_there_is_no_golden_screen_of_nothing() -> None:
    assert set(GOLDEN.glob("*")) == {golden(name, width) for name in SCREENS for width in WIDTHS}


@pytest.mark.parametrize("width", [60, *WIDTHS, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_no_line_is_wider_than_the_screen(newsroom: Newsroom, name: str, width: int) -> None:
    lines = drawn(newsroom, name, width).splitlines()
    assert [line for line in lines if cell_len(line) > width] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_ids_times_states_and_names_are_whole(newsroom: Newsroom, width: int) -> None:
    store = newsroom.store
    for alert in store.alerts().items:
        line = _line(drawn(newsroom, "alerts list --by alert", width), short(alert.id))
        assert {alert.match.level.value, alert.state.value} < set(line.split())
    for delivery in store.deliveries().items:
        line = _line(drawn(newsroom, "deliveries list", width), short(delivery.id))
        assert {delivery.receiver, delivery.status.value} < set(line.split())
    for name in OUTLETS:
        assert _line(drawn(newsroom, "sources list", width), name)


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_cut_where_there_is_no_terminal(newsroom: Newsroom, name: str) -> None:
    head, rule, *rows = drawn(newsroom, name, None).splitlines()
    assert set(rule) == {"─"}
    assert all(not row.startswith(" ") and "…" not in row for row in (head, *rows))


def _line(screen: str, first: str) -> str:
    (line,) = (line for line in screen.splitlines() if line.split()[:1] == [first])
    return line
