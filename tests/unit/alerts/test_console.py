"""The alert on the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from alerts.receivers.console import ConsoleReceiver
from core.alerting.deliveries import AttemptOutcome
from core.alerting.matches import Snippet
from tests.unit.alerts.samples import ENTITIES, message

BISHKEK = timezone(timedelta(hours=6))


def terminal(*, colours: bool = True) -> tuple[Console, io.StringIO]:
    screen = io.StringIO()
    system = "truecolor" if colours else None
    return (
        Console(file=screen, force_terminal=colours, width=100, color_system=system),  # type: ignore[arg-type]
        screen,
    )


async def test_the_alert_is_readable() -> None:
    console, screen = terminal(colours=False)
    result = await ConsoleReceiver("t", ENTITIES, console).send(replace(message(), zone=BISHKEK))
    assert result.outcome is AttemptOutcome.DELIVERED
    shown = screen.getvalue()
    for part in (
        "HIGH New citizens and the draft",
        "Новым гражданам закрыли выезд",
        "Outlet  ·  Published 20 Nov 2026, 14:05 +06 (08:05 UTC)",
        "мигрантов из",
        "People: Тимур Осмонов",
        "Places: Бишкек",
        "https://outlet.example/news/1",
    ):
        assert part in shown


async def test_hits_and_the_link_are_marked() -> None:
    console, screen = terminal()
    await ConsoleReceiver("t", ENTITIES, console).send(message())
    assert re.search(r"\x1b\[1;30;103mмигрантов\x1b\[0m", screen.getvalue())
    assert ";https://outlet.example/news/1\x1b\\" in screen.getvalue()


@given(st.text(st.characters(), max_size=80))
def test_no_title_reaches_the_terminals_controls(title: str) -> None:
    hostile = f"[bold red]{title}\x1b[2J\x1b]0;owned\x07[/]"
    receiver = ConsoleReceiver("t", ENTITIES, terminal(colours=False)[0])
    shown = receiver.preview(
        message(title=hostile, outlet=hostile, rule_title=hostile, snippet=Snippet(hostile))
    )
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert "owned" not in shown


async def test_a_closed_terminal_is_no_loss() -> None:
    console, screen = terminal()
    screen.close()
    result = await ConsoleReceiver("t", ENTITIES, console).send(message())
    assert result.outcome is AttemptOutcome.TRANSIENT


async def test_a_long_address_is_not_wrapped() -> None:
    console, screen = terminal(colours=False)
    url = "https://outlet.example/" + "long-" * 40 + "end"
    await ConsoleReceiver("t", ENTITIES, console).send(message(url=url))
    assert url in screen.getvalue()
