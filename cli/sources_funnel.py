"""`sources funnel`: the way from an announcement to people, and what left it where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.age import moment_ago
from cli.listing import not_found, peek_desk
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from core.source_counts import Halt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.screen import Screen
    from desk.source_funnel import FunnelCounts, LeftCount, SourceFunnel

_STEPS = ("announced", "fetched", "text", "judged", "matched", "told")


def show_funnel(
    name: Annotated[
        str | None, typer.Argument(help="Name of the source; every source where left out.")
    ] = None,
    since: Annotated[
        str, typer.Option(help="How far back, such as 28d; at most a year.", metavar="AGE")
    ] = "28d",
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show how far what a source announced came, by weekday, and what left the way where and why.

    Every entry is in exactly one end, so the numbers add up. `usual` is what was to be expected by
    the source's own rhythm, `seen` what came of that: what was announced, without what is from
    before the source was watched.
    """
    from cli.output import print_json
    from core.config.zones import zone_at_the_terminal
    from desk.errors import NotThereError
    from desk.source_funnel import funnel, funnels

    start = moment_ago(since, "--since", "28d")
    with peek_desk(config) as (store, screen, watched):
        if store is None:
            raise not_found("database yet: nothing has run with this configuration")
        zone = zone_at_the_terminal(watched)
        try:
            found = (
                funnels(store, watched, screen.now, start, zone)
                if name is None
                else (funnel(store, name, screen.now, start, zone),)
            )
        except NotThereError as error:
            raise not_found(error.what) from None
    if output is OutputFormat.JSON:
        print_json(found)
    elif name is None:
        print_funnels(screen, found)
    else:
        print_funnel(screen, found[0])


def print_funnels(screen: Screen, found: Sequence[SourceFunnel]) -> None:
    """Print the way of every source, one a row, with what most of the rest ended by."""
    from cli.table_layout import counts, texts, whole

    screen.table(
        (*whole("source"), *counts("usual", "seen", *_STEPS[1:]), *texts("most left")),
        [(one.source, *_numbers(one.total, _STEPS[1:]), _most(one.total)) for one in found],
    )


def print_funnel(screen: Screen, found: SourceFunnel) -> None:
    """Print the way of one source by weekday, and every end short of people."""
    from cli.table_layout import counts, texts, whole

    screen.line(f"{found.source}, {screen.cell(found.since)} to {screen.cell(found.until)}")
    screen.line()
    rows = [(day.weekday, f"{day.days:g}", *_numbers(day.counts)) for day in found.weekdays]
    days = sum(day.days for day in found.weekdays)
    rows.append(("all", f"{days:g}", *_numbers(found.total)))
    screen.table((*whole("weekday"), *counts("days", "usual", "seen", *_STEPS)), rows)
    if not found.total.left:
        return
    screen.line()
    screen.table(
        (*whole("got as far as"), *counts("count"), *texts("and no further because")),
        [
            (left.stage, left.count, _because(left))
            for left in sorted(
                found.total.left, key=lambda left: (_STEPS.index(left.stage), -left.count)
            )
        ],
    )


def _numbers(counted: FunnelCounts, steps: Sequence[str] = _STEPS) -> tuple[object, ...]:
    usual = None if counted.expected is None else f"{counted.expected:.0f}"
    return (usual, counted.seen, *(getattr(counted, step) for step in steps))


def _because(left: LeftCount) -> str:
    again = left.waiting and left.why != Halt.UNTRIED
    return f"{left.words}; tried again" if again else left.words


def _most(counted: FunnelCounts) -> str:
    """Say by what most of those ended that are no articles; else by what most ended."""
    lost = [left for left in counted.left if left.stage in ("announced", "fetched")]
    return ", ".join(f"{left.count} {left.words}" for left in (lost or counted.left)[:2])
