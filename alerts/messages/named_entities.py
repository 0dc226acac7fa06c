"""Whom and what an article names, as messages show it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from alerts.messages.entity_names import proper_name
from alerts.messages.what_was_done import NAME_LENGTH
from core.alerting.alerts import Alert
from core.alerting.matches import Field, Span, SpanKind
from core.articles import ArticleData
from core.config.sections.vocabulary import EntityConfig
from core.plain_text import one_line, shorten

MAX_NAMES = 12
"""Names shown of each kind: a long list of places must not push the people out."""

NEW = "new"
"""Stands where an entity has its kind."""


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A person, body or place that the article names."""

    id: str
    kind: str
    name: str
    wikidata: str | None = None
    """Its item in Wikidata, where the configuration names one."""

    @property
    def url(self) -> str | None:
        """Where a reader learns who or what it is."""
        return None if self.wikidata is None else f"https://www.wikidata.org/wiki/{self.wikidata}"


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
            name = proper_name(known, data.language) if known else as_written(data, span)
            cleaned = shorten(one_line(name).strip(), NAME_LENGTH) or one_line(span.label)
            wikidata = known.wikidata if known else None
            found[span.label] = NamedEntity(span.label, kind, cleaned, wikidata)
    return tuple(found.values())


def new_names(alert: Alert) -> tuple[NamedEntity, ...]:
    """Return whom and what the article names and no entity is, in the order of appearance."""
    cleaned = (
        shorten(one_line(named.name).strip(), NAME_LENGTH) for named in alert.match.new_names
    )
    names = [name for name in dict.fromkeys(cleaned) if name]
    return tuple(NamedEntity("", NEW, name) for name in names[:MAX_NAMES])


def as_written(data: ArticleData, span: Span) -> str:
    """Return the words of a span as they stand in the article."""
    text = data.title if span.field is Field.TITLE else data.text
    return text[span.start : span.end]
