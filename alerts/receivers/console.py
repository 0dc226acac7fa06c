"""Alerts on the terminal, for the person who sits in front of it.

Everything is put together from rich's Text objects, never from markup, so a title cannot style,
link or erase anything.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import tzinfo

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from alerts.receivers.protocol import Notice, SendResult
from alerts.receivers.summary import AlertSummary, clock_face, summarize
from core.alerting import AttemptOutcome, Level
from core.config.models import EntityConfig

_LEVEL_STYLES = {Level.HIGH: "bold red", Level.NORMAL: "bold yellow", Level.LOW: "bold cyan"}
_HIT = "bold black on bright_yellow"
_PREVIEW_WIDTH = 100


class ConsoleReceiver:
    """Prints each alert."""

    kind = "console"

    def __init__(
        self,
        name: str,
        entities: Mapping[str, EntityConfig],
        console: Console | None = None,
        *,
        zone: tzinfo | None = None,
    ) -> None:
        self.name = name
        self._entities = entities
        self._console = console or Console()
        self._zone = zone

    async def send(self, notice: Notice) -> SendResult:
        """Print the alert."""
        try:
            self._console.print(self._rendered(notice))
        except (OSError, ValueError) as error:  # the terminal went away, or its file was closed
            return SendResult(
                AttemptOutcome.TRANSIENT, None, f"cannot print: {type(error).__name__}"
            )
        return SendResult(AttemptOutcome.DELIVERED, None, "printed")

    async def close(self) -> None:
        """Do nothing: the terminal is not ours to close."""

    def preview(self, notice: Notice) -> str:
        """Return what would be printed, without colours."""
        page = Console(file=io.StringIO(), width=_PREVIEW_WIDTH, color_system=None)
        with page.capture() as captured:
            page.print(self._rendered(notice))
        return "\n".join(line.rstrip() for line in captured.get().splitlines())

    def _rendered(self, notice: Notice) -> RenderableType:
        return render(summarize(notice, self._entities), self._zone)


def render(summary: AlertSummary, zone: tzinfo | None = None) -> RenderableType:
    """Lay one alert out; `zone` is the reader's, None this machine's own."""
    style = _LEVEL_STYLES[summary.level]
    mark = "TEST " if summary.test else ""
    heading = Text(f"{mark}{summary.level.upper()} ", style=style).append(
        summary.rule, style="bold"
    )
    title = Text(summary.title, style=Style(bold=True, link=summary.url))
    label, moment = summary.time
    origin = Text.assemble(
        (summary.outlet, "green"), ("  ·  ", "dim"), (f"{label} {clock_face(moment, zone)}", "dim")
    )
    parts: list[RenderableType] = [title, origin]
    if summary.snippet:
        snippet = Text()
        for piece in summary.snippet:
            snippet.append(piece.text, style=_HIT if piece.hit else None)
        parts += [Text(), snippet, Text()]
    for group, names in summary.named:
        named = Text(", ").join(Text(name, style="bold magenta") for name in names)
        parts.append(Text.assemble((f"{group}: ", "dim"), named))
    if summary.url:
        # printed besides the title's link, for terminals and log files that know no links; never
        # wrapped, so that it can be copied
        parts.append(Text(summary.url, style="dim underline", no_wrap=True, overflow="ignore"))
    return Group(
        Rule(heading, align="left", style=style),
        Padding(Group(*parts), (0, 0, 1, 2)),
    )
