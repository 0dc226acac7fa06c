"""Messages speak the language of their reader, and of what is ours no word is left in English."""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.messages.about import About
from alerts.messages.catalogue import CATALOGUE
from alerts.messages.message import ActionLink, Message
from alerts.messages.phrasing import ENGLISH, message_words
from alerts.messages.sample import sample_message
from alerts.messages.times import clock_face, short_time
from core.alerting.accounts import Account, Copied
from core.alerting.alerts import Alert, AlertChange, AlertState, DismissReason
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notes import CaseNote
from core.articles import ArticleEvent
from core.config.reader_language import language_of_messages
from core.config.watch import WatchConfig
from core.word_catalogue import KEYWORDS
from tests.unit.alerts import samples
from tests.unit.alerts.test_chats import CONFIG, RECEIVERS
from tests.unit.alerts.test_health_messages import health

RUSSIAN = message_words("ru")
READ_BY_PEOPLE = (
    "console", "slack", "bot", "email", "telegram", "discord", "teams", "matrix", "mattermost",
    "alertmanager", "apprise", "atom",
)  # fmt: skip
READ_BY_PROGRAMS = sorted(set(RECEIVERS) - set(READ_BY_PEOPLE))
SHOWN = frozenset({
    "text", "title", "content", "description", "body", "formatted_body", "fallbackText", "summary",
    "label",
})  # fmt: skip
"""Under these a reader sees what stands in JSON."""
OURS = frozenset({"wirewatch", "utc", "re", "articles", "diff", "show", "list", "alerts"})
"""Our name, what mail programs expect of an answer, and commands."""
LATIN = re.compile(r"[A-Za-z]{2,}")
WHO = "Айгуль"


def read(written: str) -> str:
    """Return what a person reads of what a receiver was sent."""
    if written.startswith("<entry"):
        written = html.unescape(written.partition("<content")[2].partition(">")[2])
    elif written.startswith(("{", "[\n")):
        written = "\n".join(texts(json.loads(written)))
    elif written.startswith("To: "):
        written = written.partition("\n")[2].removeprefix("Subject: ")
    written = re.sub(r"<style>.*?</style>", " ", written, flags=re.DOTALL)
    written = re.sub(r"\\([^\w\s])", r"\1", written)
    # Slack puts a time into each reader's own clock, by a code of its own.
    written = re.sub(r"<!date\^\d+\^[^|]*\|([^>]*)>", r"\1", written)
    written = re.sub(r"https?://[^\s|>)\"]+", " ", written)
    written = re.sub(r"</?[a-zA-Z!][^>]*>", " ", html.unescape(written))
    return re.sub(r"\bc\d+\b", " ", written)


def texts(node: Any, key: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from texts(inner, name)
    elif isinstance(node, list):
        for inner in node:
            yield from texts(inner, key)
    elif isinstance(node, str) and key in SHOWN and not node.startswith("http"):
        yield node


def english(written: str) -> list[str]:
    return [word for word in LATIN.findall(read(written)) if word.lower() not in OURS]


def alert_of(number: int, **changes: Any) -> Alert:
    """Return an alert of a story, everything of which that is not ours is in Russian."""
    first = samples.message(rule_title="Призыв новых граждан").alert
    data = replace(first.article.data, source=f"source-{number}", title=f"Заголовок {number}")
    return replace(
        first,
        id=f"alt_{number}",
        article=replace(first.article, id=number, data=data),
        match=replace(first.match, level=list(Level)[number % 3]),
        story=1,
        **changes,
    )


def done(state: AlertState, reason: str = "", **changes: Any) -> AlertChange:
    return AlertChange(
        alert_id="alt_1", at=samples.SENT_AT, by=WHO, state=state, reason=reason, **changes
    )


def alert(**changes: Any) -> Message:
    """Return an ordinary message, with everything that one can have."""
    lead = alert_of(1, handled=done(AlertState.ACKNOWLEDGED, "звоню им"))
    other = replace(lead.match, rule_id="other", rule_title="Другое правило")
    others = tuple(alert_of(number) for number in range(2, 30))
    accounts = tuple(
        Account(
            source=f"source-{number}",
            article=number,
            at=samples.SENT_AT - timedelta(minutes=9 - number),
            copies=Copied("source-1", 0) if number > 1 else None,
            names=(("osmonov", "Осмонов"),),
            numbers=("12",),
        )
        for number in range(1, 9)
    )
    made = Message(
        delivery_id="dlv_1",
        alerts=(lead, replace(lead, id="alt_b", match=other, handled=None), *others),
        outlets={f"source-{number}": f"Издание {number}" for number in range(1, 40)},
        tags={"source-1": ("независимое",), "source-2": ("государственное",)},
        badges=("независимое", "государственное"),
        accounts={1: accounts},
        sent_at=samples.SENT_AT,
        size=40,
        notes=(CaseNote(case=1, at=samples.SENT_AT, by=WHO, text="подтверждают"),),
        links=tuple(ActionLink(RUSSIAN("Not relevant"), f"https://w.example/{n}") for n in "ab"),
        words=RUSSIAN,
    )
    return replace(made, **changes)


def changed(event: ArticleEvent, change: AlertChange) -> Message:
    return alert(alerts=(alert_of(1, event=event, handled=change), alert_of(2)), size=2)


def digest(kind: MessageKind, **changes: Any) -> Message:
    alerts = [
        replace(
            alert_of(number, event=list(ArticleEvent)[number % 4], occasion=f"at-{number}"),
            story=number % 9,
            created_at=samples.SENT_AT + timedelta(hours=number),
            handled=done(list(AlertState)[number % 5]),
        )
        for number in range(1, 30)
    ]
    made = alert(kind=kind, alerts=tuple(alerts), size=80, links=(), thread="")
    return replace(made, accounts={}, **changes)


def update(**changes: Any) -> Message:
    return alert(kind=MessageKind.UPDATE, earlier=(alert_of(1),), thread="dlv_0", **changes)


UNTITLED = samples.message(title="", outlet="Издание", rule_title="Правило", published_at=None)
MESSAGES: dict[str, Callable[[], Message]] = {
    "alert": alert,
    "first alert": lambda: alert(alerts=(alert_of(1),), size=1, accounts={}, notes=()),
    "alert about nobody known": lambda: replace(UNTITLED, words=RUSSIAN),
    "edited, put off": lambda: changed(
        ArticleEvent.EDITED,
        done(AlertState.SNOOZED, until=samples.SENT_AT + timedelta(hours=4)),
    ),
    "removed, dismissed": lambda: changed(
        ArticleEvent.REMOVED, done(AlertState.DISMISSED, DismissReason.WRONG_SENSE.value)
    ),
    "restored, muted": lambda: changed(
        ArticleEvent.RESTORED, done(AlertState.ACKNOWLEDGED, "story muted", muted=True)
    ),
    "update": update,
    "update by none": lambda: update(alerts=(alert_of(1),), size=1),
    "escalation": lambda: alert(kind=MessageKind.ESCALATION),
    "reminder": lambda: alert(kind=MessageKind.REMINDER),
    "digest": lambda: digest(MessageKind.DIGEST),
    "summary": lambda: digest(MessageKind.SUMMARY),
    "minimal alert": lambda: alert(minimal=True),
    "minimal digest": lambda: digest(MessageKind.DIGEST, minimal=True),
    "minimal update": lambda: update(minimal=True, test=True),
    "sample": lambda: sample_message(samples.SENT_AT, RUSSIAN),
    "sample digest": lambda: digest(MessageKind.DIGEST, test=True),
}


@pytest.mark.parametrize("receiver", READ_BY_PEOPLE)
@pytest.mark.parametrize("shape", MESSAGES)
def test_a_reader_of_russian_sees_no_english(shape: str, receiver: str) -> None:
    assert english(RECEIVERS[receiver].preview(MESSAGES[shape]())) == []


@pytest.mark.parametrize("shape", MESSAGES)
def test_nor_does_the_html_of_a_mail_show_any(shape: str) -> None:
    written = RECEIVERS["email"].preview_html(MESSAGES[shape]())  # type: ignore[attr-defined]
    assert english(written) == []
    assert "<html" not in written or '<html lang="ru">' in written


@pytest.mark.parametrize("receiver", READ_BY_PEOPLE)
@pytest.mark.parametrize("about", [About.SOURCE, About.RECEIVER, About.RULE])
def test_news_of_ourselves_have_russian_labels(about: About, receiver: str) -> None:
    there = read(RECEIVERS[receiver].preview(health(about, words=RUSSIAN)))
    assert "Состояние" in there
    for label in ("health", "Noticed", "about itself", "Open the source", "high"):
        assert label not in there.replace("wirewatch sources health", "")


@pytest.mark.parametrize("test", [True, False])
def test_the_html_of_such_news_has_russian_labels(*, test: bool) -> None:
    made = health(About.SOURCE, words=RUSSIAN, test=test)
    there = read(RECEIVERS["email"].preview_html(made))  # type: ignore[attr-defined]
    assert ("Это проверка: ничего не случилось." in there) is test
    assert "Wirewatch о себе (важно) · подробнее: wirewatch sources health" in there
    for label in ("Состояние источника", "Замечено", "Открыть источник"):
        assert label in there


@pytest.mark.parametrize("receiver", READ_BY_PROGRAMS)
@pytest.mark.parametrize("shape", MESSAGES)
def test_programs_get_the_same_in_every_language(shape: str, receiver: str) -> None:
    made = MESSAGES[shape]()
    english_one = replace(made, words=ENGLISH)
    assert RECEIVERS[receiver].preview(made) == RECEIVERS[receiver].preview(english_one)


@pytest.mark.parametrize("receiver", READ_BY_PEOPLE)
def test_without_a_language_messages_are_in_english(receiver: str) -> None:
    there = read(RECEIVERS[receiver].preview(alert(words=ENGLISH)))
    assert "Taken on: Айгуль, 20 Nov 08:06 UTC (звоню им)" in re.sub(r"\\|\s*\n\s*", "", there)


def test_times_are_in_words_of_the_reader() -> None:
    assert short_time(samples.SENT_AT, RUSSIAN) == "20 ноя 08:06 UTC"
    assert clock_face(samples.SENT_AT, RUSSIAN) == "20 ноя 2026, 08:06 UTC"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 оповещение"), (3, "3 оповещения"), (11, "11 оповещений"), (1222, "1222 оповещения")],
)
def test_numbers_take_their_form(number: int, said: str) -> None:
    assert RUSSIAN.numbered("%(n)s alert", "%(n)s alerts", number) == said


def test_a_receiver_may_read_another_language_than_the_rest() -> None:
    receivers = [{"name": "a", "language": "en", "console": {}}, {"name": "b", "console": {}}]
    config = WatchConfig.model_validate({"language": "ru", "receivers": receivers})
    assert [language_of_messages(config, name) for name in "abc"] == ["en", "ru", "ru"]
    assert language_of_messages(CONFIG, "console") is None


def test_a_language_without_words_is_english() -> None:
    assert message_words("ky") is message_words("en") is message_words(None) is ENGLISH


def test_no_word_stands_where_the_catalogue_does_not_find_it() -> None:
    """What reads the source for words sees none within an f-string."""
    hidden = [
        (path.name, node.lineno)
        for folder in CATALOGUE.code
        for path in folder.rglob("*.py")
        for outer in ast.walk(ast.parse(path.read_text()))
        if isinstance(outer, ast.JoinedStr)
        for node in ast.walk(outer)
        if isinstance(node, ast.Call) and called(node) in KEYWORDS
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert hidden == []


def called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def test_the_words_of_messages_are_where_they_are_looked_for() -> None:
    assert [path.name for path in CATALOGUE.files] == ["ru.po"]
    assert Path("messages") == Path(CATALOGUE.translations.parent.name)
