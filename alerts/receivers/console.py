"""Alerts on the terminal, for the person who sits in front of it.

Everything is put together from rich's Text objects, never from markup, so a title cannot style,
link or erase anything.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.text import Text

from alerts.messages.about import HEALTH_MARK
from alerts.messages.alert_view import AlertSummary, summarize
from alerts.messages.document import BlockKind, Document, compose, plainest
from alerts.messages.message import Message
from alerts.messages.phrasing import and_more
from alerts.messages.times import clock_face, short_time
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import AT_ONCE, SendResult
from core.alerting.deliveries import AttemptOutcome
from core.alerting.matches import Level
from core.config.sections.vocabulary import EntityConfig
from core.streams import SturdyConsole

_LEVEL_STYLES = {Level.HIGH: "bold red", Level.NORMAL: "bold yellow", Level.LOW: "bold cyan"}
_HEALTH_STYLE = "white"
"""Of news of ourselves, whatever its level: colours are for news."""
_HIT = "bold black on bright_yellow"
_PREVIEW_WIDTH = 100
_LEADS = {BlockKind.ITEM: "    • ", BlockKind.QUOTE: "  > "}
_STYLES = {BlockKind.SMALL: "dim"}


class ConsoleReceiver:
    """Prints each alert."""

    kind = "console"
    rate = AT_ONCE

    def __init__(
        self,
        name: str,
        entities: Mapping[str, EntityConfig],
        console: Console | None = None,
    ) -> None:
        self.name = name
        self._entities = entities
        self._console = console or SturdyConsole(sys.stdout)

    async def send(self, message: Message) -> SendResult:
        """Print the alert."""
        try:
            # rehearsed on paper: what is wrong with a message must not look like a broken terminal
            lost = "replace" if message.minimal else "strict"
            self.preview(message).encode(self._console.encoding, lost)
        except Exception as error:
            return not_composed(error, self.name)
        try:
            with self._console:  # one write, so that it is there as a whole or not at all
                self._show(message, self._console)
        except (OSError, ValueError) as error:  # the terminal went away, or its file was closed
            return SendResult(
                AttemptOutcome.TRANSIENT, None, f"cannot print: {type(error).__name__}"
            )
        return SendResult(AttemptOutcome.DELIVERED, None, "printed")

    async def close(self) -> None:
        """Do nothing: the terminal is not ours to close."""

    def preview(self, message: Message) -> str:
        """Return what would be printed, without colours."""
        page = Console(file=io.StringIO(), width=_PREVIEW_WIDTH, color_system=None)
        with page.capture() as captured:
            self._show(message, page)
        return "\n".join(line.rstrip() for line in captured.get().splitlines())

    def _show(self, message: Message, console: Console) -> None:
        if message.minimal:
            show_plainest(plainest(message), console)
        elif message.is_digest:
            show_document(compose(message, self._entities), console)
        else:
            show(summarize(message, self._entities), console)


def show_plainest(document: Document, console: Console) -> None:
    """Print a message in its plainest form, in characters that the terminal can show."""
    for block in document.blocks:
        shown = block.text.encode(console.encoding, "replace").decode(console.encoding)
        console.print(Text(shown), soft_wrap=True)
    console.print()


def show_document(document: Document, console: Console) -> None:
    """Print a digest."""
    style = _LEVEL_STYLES[document.level]
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            console.print(Rule(Text(block.text, style=style), align="left", style=style))
            continue
        line = Text(_LEADS.get(block.kind, "  "), style=_STYLES.get(block.kind, ""))
        for run in block.runs:
            line.append(run.text, style=Style(bold=run.bold, link=run.link))
        console.print(line)
    console.print()


def show(summary: AlertSummary, console: Console) -> None:
    """Print one alert."""
    style = _HEALTH_STYLE if summary.is_health else _LEVEL_STYLES[summary.level]
    words = summary.words
    mark = words("test").upper() + " " if summary.test else ""
    level = "" if summary.is_health else f"{summary.level_word.upper()} "
    badge = f"{HEALTH_MARK} {summary.badge}" if summary.is_health else summary.badge
    others = f" +{len(summary.other_rules)}" if summary.other_rules else ""
    heading = Text(f"{mark}{level}", style=style).append(badge + others, style="bold")
    heading.append(f"  {summary.case}", style="dim")
    title = Text(summary.title, style=Style(bold=True, link=summary.url))
    label, moment = summary.time
    origin = Text.assemble(
        (summary.outlet, "green"),
        ("  ·  ", "dim"),
        *(((summary.voices, "bold"), ("  ·  ", "dim")) if summary.voices else ()),
        (f"{label} {clock_face(moment, words)}", "dim"),
    )
    leads = (Text(line, style="bold yellow") for line in summary.leads)
    parts: list[RenderableType] = [*leads, title, origin]
    if summary.order:
        parts.append(Text(summary.order, style="dim"))
    if summary.snippet:
        snippet = Text()
        for piece in summary.snippet:
            snippet.append(piece.text, style=_HIT if piece.hit else None)
        parts += [Text(), snippet, Text()]
    for group, names in summary.named:
        named = Text(", ").join(Text(name, style="bold magenta") for name in names)
        parts.append(Text.assemble((f"{group}: ", "dim"), named))
    for mention in summary.more:
        notes = f" · {', '.join(mention.notes)}" if mention.notes else ""
        place = f"  {mention.outlet}, {short_time(mention.at, words)}{notes}"
        link = Style(link=mention.url)
        parts.append(Text.assemble("• ", (mention.title, link), (place, "dim")))
    if summary.left_out:
        parts.append(Text(and_more(summary.left_out, words), style="dim"))
    console.print(Rule(heading, align="left", style=style))
    console.print(Padding(Group(*parts), (0, 0, 0, 2)))
    if summary.url:
        # printed besides the title's link, for terminals and log files that know no links; never
        # wrapped, so that it can be copied
        console.print(Text(f"  {summary.url}", style="dim"), soft_wrap=True)
    console.print()
