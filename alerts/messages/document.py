"""A message as a short document of plain blocks, which each chat writes in its own markup. Pure.

Chats differ in how they mark bold text and links and in what they need escaped, not in what a
reader learns. So the text is laid out here, and a receiver only has a writer for the few blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from alerts.messages.about import BADGES, HEALTH_MARK, about_of
from alerts.messages.alert_view import (
    READ,
    AlertSummary,
    Mention,
    article_link,
    mark_of,
    outlet_name,
    rule_name,
    shown_title,
    summarize,
)
from alerts.messages.digest import DigestSummary, also_told, summarize_digest
from alerts.messages.message import ActionLink, Message
from alerts.messages.phrasing import ENGLISH, and_more, sample_mark
from alerts.messages.times import short_time
from alerts.messages.who_says_so import badges_of
from core.alerting.alerts import Alert
from core.alerting.matches import Level
from core.config.sections.vocabulary import EntityConfig
from core.words import Words

LEVEL_MARKS = {Level.HIGH: "🔴", Level.NORMAL: "🟠", Level.LOW: "🔵"}

MOST_PLAIN = 20
"""Alerts of a message that its plainest form names; the rest is counted."""


class BlockKind(StrEnum):
    """What a block is to its reader."""

    HEADING = "heading"
    TITLE = "title"
    LINE = "line"
    QUOTE = "quote"
    ITEM = "item"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    link: str | None = None
    """http or https."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph."""

    kind: BlockKind
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The text without styles."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A message, laid out."""

    subject: str
    """The message in one line, for notifications."""
    level: Level
    blocks: tuple[Block, ...]
    url: str | None
    """The article, where the message is about one; the source, where it is about one of ours."""
    link_label: str = READ
    is_health: bool = False
    """Whether it is news of ourselves, which has no colour of a level."""
    links: tuple[ActionLink, ...] = ()
    words: Words = ENGLISH

    def fitted(self, room: int, size: int = 1) -> Document:
        """Return the document with as many blocks as fit into `room` characters.

        `size` is the most that one character can become in the receiver's markup. The first two
        blocks stay; a last line says how much is missing.
        """
        kept: list[Block] = []
        used = len(_cut(self.blocks, self.words).text) * size
        for index, block in enumerate(self.blocks):
            for run in block.runs:
                used += (len(run.text) + len(run.link or "")) * size + 16
            if used > room and index >= 2:
                kept.append(_cut(self.blocks[index:], self.words))
                break
            kept.append(block)
        return replace(self, blocks=tuple(kept))


def _cut(blocks: Sequence[Block], words: Words) -> Block:
    """Say that blocks did not fit, and how many articles with them."""
    items = sum(block.kind is BlockKind.ITEM for block in blocks)
    said = (
        words.numbered(
            "… %(n)s more did not fit into this message",
            "… %(n)s more did not fit into this message",
            items,
        )
        if items
        else words("… the rest did not fit into this message")
    )
    return _block(BlockKind.SMALL, said)


def compose(message: Message, entities: Mapping[str, EntityConfig]) -> Document:
    """Lay a message out; in its plainest form when the receiver could not read it."""
    if message.minimal:
        return plainest(message)
    if message.is_digest:
        return digest_document(summarize_digest(message, entities))
    return alert_document(summarize(message, entities))


def plainest(message: Message) -> Document:
    """Lay a message out in its plainest form: which rules, which articles, where.

    It is asked for when the full form could not be put together or read, so it is made of as little
    as possible: no snippet, no names, no links that act.
    """
    alerts = {(alert.article.id, alert.match.rule_id): alert for alert in message.alerts}
    shown = tuple(alerts.values())[:MOST_PLAIN]
    words = message.words
    test = sample_mark(words, test=message.test)
    lines = [_plain_line(message, alert) for alert in shown]
    counted = test + words.numbered("%(n)s alerts", "%(n)s alerts", message.size)
    blocks = [_block(BlockKind.LINE, counted)] if message.is_digest else []
    for alert, line in zip(shown, lines, strict=True):
        blocks.append(_block(BlockKind.LINE, line))
        if url := article_link(alert.article.data):
            blocks.append(Block(BlockKind.LINE, (Run(url, link=url),)))
    if (left_out := message.size - len(message.alerts) + len(alerts) - len(shown)) > 0:
        blocks.append(_block(BlockKind.LINE, and_more(left_out, words)))
    return Document(
        subject=counted if message.is_digest else test + lines[0],
        level=max((alert.match.level for alert in message.alerts), key=lambda level: level.rank),
        blocks=tuple(blocks),
        url=None if message.is_digest else article_link(message.alert.article.data),
        link_label=words(READ),
        words=words,
    )


def _plain_line(message: Message, alert: Alert) -> str:
    title = shown_title(alert.article.data, message.words)
    about = about_of(alert)
    if about in BADGES:
        return f"{message.words(BADGES[about])}: {title}"
    origin = ", ".join(
        word for word in (outlet_name(message, alert), badges_of(message, alert.case_id)) if word
    )
    return f"{rule_name(alert)}: {title} ({origin})"


def alert_document(alert: AlertSummary) -> Document:
    """Lay out one alert, with what else belongs to it."""
    test = sample_mark(alert.words, test=alert.test)
    return Document(
        subject=test + _subject(alert),
        level=alert.level,
        blocks=tuple(_alert(alert, test)),
        url=alert.url,
        link_label=alert.link_label,
        is_health=alert.is_health,
        links=alert.links,
        words=alert.words,
    )


def _subject(alert: AlertSummary) -> str:
    if alert.is_health:
        return f"{alert.badge}: {alert.title}"
    return f"{alert.heading or alert.rule}: {alert.title} ({alert.outlet})"


def digest_document(digest: DigestSummary) -> Document:
    """Lay out a digest."""
    test = sample_mark(digest.words, test=digest.test)
    return Document(
        subject=test + digest.title,
        level=digest.level,
        blocks=tuple(_digest(digest, test)),
        url=None,
        words=digest.words,
    )


def _alert(alert: AlertSummary, test: str) -> Iterator[Block]:
    yield _block(BlockKind.HEADING, f"{mark_of(alert, LEVEL_MARKS)} {test}{alert.badge}")
    for line in alert.leads:
        yield Block(BlockKind.LINE, (Run(line, bold=True),))
    yield Block(BlockKind.TITLE, (Run(alert.title, bold=True, link=alert.url),))
    label, moment = alert.time
    behind = f" · {alert.voices}" if alert.voices else ""
    seen = Run(f"{behind} · {label} {short_time(moment, alert.words)}")
    yield Block(BlockKind.SMALL, (Run(alert.outlet, bold=True), seen))
    if alert.order:
        yield _block(BlockKind.SMALL, alert.order)
    if alert.snippet:
        # What we say ourselves is no quotation.
        kind = BlockKind.LINE if alert.is_health else BlockKind.QUOTE
        yield Block(kind, tuple(Run(piece.text, bold=piece.hit) for piece in alert.snippet))
    for mention in alert.more:
        yield _item(mention, alert.words)
    if alert.left_out:
        yield _block(BlockKind.SMALL, and_more(alert.left_out, alert.words))
    for heading, names in alert.named:
        yield _block(BlockKind.SMALL, f"{heading}: {', '.join(names)}")
    yield _block(BlockKind.SMALL, alert.why)


def _digest(digest: DigestSummary, test: str) -> Iterator[Block]:
    yield _block(BlockKind.HEADING, test + digest.title)
    words = digest.words
    span = words("%(begins)s to %(ends)s") % {
        "begins": short_time(digest.begins, words),
        "ends": short_time(digest.ends, words),
    }
    yield _block(BlockKind.SMALL, f"{digest.chart}  {span}".strip())
    if digest.entities:
        named = ", ".join(f"{name} ({count})" for name, count in digest.entities)
        yield _block(BlockKind.SMALL, words("Named most: %(names)s") % {"names": named})
    for section in digest.sections:
        mark = HEALTH_MARK if section.own else LEVEL_MARKS[section.level]
        yield Block(BlockKind.LINE, (Run(f"{mark} "), Run(section.title, bold=True)))
        for mention in section.cases:
            yield _item(mention, words)
        if section.more:
            yield _block(BlockKind.SMALL, section.more)
    if digest.known_line:
        yield _block(BlockKind.SMALL, digest.known_line)


def _item(mention: Mention, words: Words) -> Block:
    rules = f" · {', '.join(mention.rules)}" if mention.rules else ""
    new = words("new: %(what)s") % {"what": ", ".join(mention.news)}
    news = f" · {new}" if mention.news else ""
    also = f", {also_told(mention, words)}" if mention.outlets and not mention.order else ""
    voices = f" · {mention.voices}" if mention.voices else ""
    order = f" · {mention.order}" if mention.order else ""
    notes = f" · {', '.join(mention.notes)}" if mention.notes else ""
    case = f" · {mention.case}" if mention.case else ""
    had = f" – {mention.outlet}, {short_time(mention.at, words)}"
    origin = f"{had}{also}{voices}{order}{rules}{news}{notes}{case}"
    return Block(BlockKind.ITEM, (Run(mention.title, link=mention.url), Run(origin)))


def _block(kind: BlockKind, text: str) -> Block:
    return Block(kind, (Run(text),))
