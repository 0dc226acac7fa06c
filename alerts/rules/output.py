"""The JSON shape of a match, part of the stable output of `wirewatch match`."""

from __future__ import annotations

from typing import Any

from core.alerting.matches import Field, Match
from core.articles import ArticleData


def match_to_json(match: Match, article: ArticleData) -> dict[str, Any]:
    """Return a match as JSON values; `article` is the one it was found in.

    Offsets count characters (Unicode code points) of the article's title or text.
    """
    return {
        "rule": match.rule_id,
        "level": match.level.value,
        "title": match.rule_title,
        "spans": [
            {
                "field": span.field.value,
                "start": span.start,
                "end": span.end,
                "label": span.label,
                "kind": span.kind.value,
                "text": (article.title if span.field is Field.TITLE else article.text)[
                    span.start : span.end
                ],
            }
            for span in match.spans
        ],
        "snippet": match.snippet.text,
    }
