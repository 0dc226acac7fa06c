"""What every receiver shows of an alert, chosen and cleaned once: title, place, time, hits, names.

Receivers differ in markup only; what the reader learns is decided here, from values alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from alerts.receivers.protocol import Notice
from core.alerting import Alert, Field, Level, Snippet, Span, SpanKind
from core.articles import ArticleData
from core.config.models import EntityConfig
from core.plain_text import one_line, shorten, web_link

TITLE_LENGTH = 280
"""Characters of a title: longer than any headline, short enough for every receiver's limits."""
SNIPPET_LENGTH = 500
NAME_LENGTH = 40
MAX_NAMES = 12
"""Names shown of each kind: a long list of places must not push the people out."""
MAX_TERMS = 8
MAX_HIGHLIGHTS = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the snippet: a hit, or what stands between hits."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A person, body or place that the article names."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSummary:
    """One alert as a reader sees it, free of anything but visible text."""

    level: Level
    rule: str
    title: str
    url: str | None
    """http or https, or None."""
    outlet: str
    language: str | None
    published_at: datetime | None
    seen_at: datetime
    reason: str
    """What an alert over time is about; empty when the match itself is the news."""
    snippet: tuple[Piece, ...]
    terms: tuple[str, ...]
    """The words that were hit, as the article writes them."""
    entities: tuple[NamedEntity, ...]
    test: bool

    @property
    def named(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Names in the order people, places, bodies, others: (heading, names) pairs."""
        groups = (
            (heading, tuple(entity.name for entity in self.entities if entity.kind == kind))
            for kind, heading in _HEADINGS
        )
        return tuple((heading, names) for heading, names in groups if names)

    @property
    def time(self) -> tuple[str, datetime]:
        """The time that matters to the reader, with its label."""
        if self.published_at is not None:
            return "Published", self.published_at
        return "Seen", self.seen_at


_HEADINGS = (
    ("person", "People"),
    ("place", "Places"),
    ("body", "Organisations"),
    ("group", "Groups"),
    ("other", "Also named"),
)


def summarize(notice: Notice, entities: Mapping[str, EntityConfig]) -> AlertSummary:
    """Choose and clean what is shown of `notice`; `entities` gives names their proper form."""
    alert = notice.alert
    data = alert.article.data
    return AlertSummary(
        level=alert.match.level,
        rule=shorten(one_line(alert.match.rule_title).strip() or alert.match.rule_id, 140),
        title=shorten(one_line(data.title).strip(), TITLE_LENGTH) or "(no title)",
        url=web_link(data.canonical_url) or web_link(data.url),
        outlet=shorten(one_line(notice.outlet).strip(), 80) or one_line(data.source),
        language=data.language,
        published_at=data.published_at,
        seen_at=alert.article.first_seen_at,
        reason=shorten(one_line(alert.reason).strip(), 200),
        snippet=snippet_pieces(alert.match.snippet),
        terms=_terms(alert),
        entities=named_entities(alert, entities),
        test=notice.test,
    )


def snippet_pieces(snippet: Snippet, limit: int = SNIPPET_LENGTH) -> tuple[Piece, ...]:
    """Cut a snippet into hits and the text between, cleaned, around its first hit if too long.

    Hits beyond the text, empty or overlapping ones are mended, not trusted.
    """
    text = snippet.text
    hits = _mended(snippet.highlights, len(text))[:MAX_HIGHLIGHTS]
    start, end = _window(text, hits, limit)
    pieces = [Piece("… ")] if start else []
    at = start
    for hit_start, hit_end in hits:
        if hit_start >= end:
            break
        begin, stop = max(hit_start, at), min(hit_end, end)
        if begin >= stop:
            continue
        pieces += [Piece(text[at:begin]), Piece(text[begin:stop], hit=True)]
        at = stop
    pieces.append(Piece(text[at:end]))
    if end < len(text):
        pieces.append(Piece(" …"))
    return _tidy(pieces)


def _mended(highlights: tuple[tuple[int, int], ...], length: int) -> list[tuple[int, int]]:
    """Return the highlights in order, inside the text, touching ones joined."""
    mended: list[tuple[int, int]] = []
    for start, end in sorted((max(0, s), min(e, length)) for s, e in highlights):
        if start >= end:
            continue
        if mended and start <= mended[-1][1]:
            mended[-1] = (mended[-1][0], max(end, mended[-1][1]))
        else:
            mended.append((start, end))
    return mended


def _window(text: str, hits: list[tuple[int, int]], limit: int) -> tuple[int, int]:
    """Return the part of `text` to show: all of it, or `limit` characters from near a hit."""
    if len(text) <= limit:
        return 0, len(text)
    start = max(0, min(hits[0][0] - limit // 4 if hits else 0, len(text) - limit))
    end = start + limit
    if start and (space := text.find(" ", start, start + 40)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", max(start, end - 40), end)) >= 0:
        end = space
    return start, end


def _tidy(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Clean every piece; keep spaces out of the edges of hits; drop what is empty."""
    tidy: list[Piece] = []
    for piece in pieces:
        text = one_line(piece.text)
        if piece.hit and text != text.strip():
            core = text.strip()
            lead, _, trail = text.partition(core) if core else (text, "", "")
            tidy += [Piece(lead), Piece(core, hit=True), Piece(trail)]
        else:
            tidy.append(Piece(text, piece.hit))
    tidy = [piece for piece in tidy if piece.text]
    if tidy:
        tidy[0] = Piece(tidy[0].text.lstrip(), tidy[0].hit)
        tidy[-1] = Piece(tidy[-1].text.rstrip(), tidy[-1].hit)
    return tuple(piece for piece in tidy if piece.text)


def named_entities(alert: Alert, entities: Mapping[str, EntityConfig]) -> tuple[NamedEntity, ...]:
    """Return who and what the article names, each once, in the order of appearance."""
    data = alert.article.data
    found: dict[str, NamedEntity] = {}
    of_kind: Counter[str] = Counter()
    for span in alert.match.spans:
        if span.kind is not SpanKind.ENTITY or span.label in found:
            continue
        known = entities.get(span.label)
        kind = known.kind if known else "other"
        if of_kind[kind] < MAX_NAMES:
            of_kind[kind] += 1
            name = _proper_name(known, data.language) if known else _as_written(data, span)
            cleaned = shorten(one_line(name).strip(), NAME_LENGTH) or one_line(span.label)
            found[span.label] = NamedEntity(span.label, kind, cleaned)
    return tuple(found.values())


def _proper_name(entity: EntityConfig, language: str | None) -> str:
    """Return the first name in the article's language, else in English, else any."""
    terms = entity.terms
    names = terms.get(language or "") or terms.get("en") or next(iter(terms.values()))
    return names[0].lstrip("=").strip('"')


def _as_written(data: ArticleData, span: Span) -> str:
    text = data.title if span.field is Field.TITLE else data.text
    return text[span.start : span.end]


def _terms(alert: Alert) -> tuple[str, ...]:
    data = alert.article.data
    words: dict[str, str] = {}
    for span in alert.match.spans:
        if span.kind is SpanKind.TERM:
            word = shorten(one_line(_as_written(data, span)).strip(), NAME_LENGTH)
            if word:
                words.setdefault(word.casefold(), word)
    return tuple(words.values())[:MAX_TERMS]


def clock_face(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return a time as `23 Nov 2026, 14:05 +06 (08:05 UTC)`; `zone` None is this machine's own.

    A zone without an offset is shown as UTC alone.
    """
    utc = moment.astimezone(UTC)
    local = moment.astimezone(zone)
    offset = local.utcoffset()
    if not offset:
        return f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    sign, minutes = ("-", -1) if offset.days < 0 else ("+", 1)
    hours, rest = divmod(minutes * int(offset.total_seconds()) // 60, 60)
    shift = f"{sign}{hours:02}" + (f":{rest:02}" if rest else "")
    day = "" if utc.date() == local.date() else f"{utc.day} {utc:%b}, "
    return f"{local.day} {local:%b %Y, %H:%M} {shift} ({day}{utc:%H:%M} UTC)"
