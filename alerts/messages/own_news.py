"""News of ourselves in the words of who reads it, made of its reason. Pure.

It is stored as an article in English, as everything else that is told; what it is made of is kept
beside it.
"""

from __future__ import annotations

from dataclasses import replace

from core.alerting.alerts import Alert
from core.alerting.matches import Snippet
from core.reasons import Reason, ReasonKind, in_language
from core.words import LANGUAGES


def in_words_of(alert: Alert, language: str) -> Alert:
    """Return an alert with its words in a language, where it is news of ourselves that has them."""
    news = alert.own
    if language == LANGUAGES[0] or not isinstance(news, Reason):
        return alert
    if news.kind is not ReasonKind.NEWS_OF_A_SOURCE:
        return alert
    why = in_language(_text_of(news, "why"), language)
    data = replace(
        alert.article.data,
        title=in_language(_text_of(news, "title"), language),
        text=in_language(news, language),
        language=language,
    )
    return replace(
        alert,
        article=replace(alert.article, data=data),
        match=replace(alert.match, snippet=Snippet(f"{why[:1].upper()}{why[1:]}.")),
    )


def _text_of(news: Reason, name: str) -> str:
    """Return a part of a reason that is text, or a reason itself."""
    part = news.values[name]
    return part if isinstance(part, str) else str(part)
