"""The mail: threaded, sorted, and unbroken by whatever an article holds."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import timedelta, timezone
from email.message import EmailMessage
from typing import Any

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.dispatch.digests import plan_digest
from alerts.messages.digest import traces_of
from alerts.messages.mail_message import build
from alerts.messages.message import Message
from core.alerting.matches import Snippet
from core.alerting.message_kinds import MessageKind
from core.config.sections.receivers import EmailConfig
from core.deciding.digests import DigestFacts
from tests.unit.alerts.samples import ENTITIES, message

BISHKEK = timezone(timedelta(hours=6))
CONFIG = EmailConfig.model_validate(
    {
        "to": ["Редакция <desk@example.org>", "two@example.org"],
        "from": "Wirewatch <watch@example.org>",
        "smtp": {"host": "localhost"},
    }
)


def made(config: EmailConfig = CONFIG, **changes: Any) -> EmailMessage:
    """Return the mail as a client reads it from the wire."""
    sent = replace(message(**changes), zone=BISHKEK)
    mail = build(sent, ENTITIES, config)
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content


def test_attempts_of_one_delivery_have_one_message_id() -> None:
    first, again = made(attempt=1), made(attempt=2)
    assert first["Message-ID"] == again["Message-ID"]
    assert made(delivery_id="dlv_other")["Message-ID"] != first["Message-ID"]


def test_an_update_answers_the_mail_that_began_the_conversation() -> None:
    first = message(delivery_id="dlv_first")
    update = replace(
        message(delivery_id="dlv_second", title="Another outlet's headline"),
        kind=MessageKind.UPDATE,
        thread="dlv_first",
        sequence=2,
        earlier=first.alerts,
    )
    opened = build(first, ENTITIES, CONFIG)
    mail = build(update, ENTITIES, CONFIG)
    assert opened["References"] is None
    assert mail["In-Reply-To"] == mail["References"] == opened["Message-ID"]
    assert mail["Subject"] == f"Re: {opened['Subject']}"
    assert mail["Message-ID"] != opened["Message-ID"]


def digest_of(size: int) -> Message:
    sample = message()
    alerts = tuple(
        replace(
            sample.alert,
            id=f"alt_{number}",
            story=number // 2,
            created_at=sample.alert.created_at + timedelta(minutes=7 * number),
            article=replace(sample.alert.article, id=number),
        )
        for number in range(size)
    )
    plan = plan_digest(DigestFacts(alerts=traces_of(alerts)))
    by_id = {alert.id: alert for alert in alerts}
    loaded = tuple(by_id[wanted] for wanted in plan.load[:300])
    return replace(sample, kind=MessageKind.DIGEST, alerts=loaded, size=size, digest=plan)


def test_a_digest_counts_stories_and_says_what_it_leaves_out() -> None:
    mail = build(digest_of(500), ENTITIES, CONFIG)
    plain = mail.get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    assert mail["Subject"] == "Digest: 250 stories, 500 alerts"
    assert "High · 250 stories" in text
    assert "and 226 more stories" in text
    assert any(bar in text for bar in "▁▂▃▄▅▆▇█")


def test_a_digest_shows_the_times_of_its_cases_in_the_zone_of_its_readers() -> None:
    mail = build(replace(digest_of(5), zone=BISHKEK), ENTITIES, CONFIG)
    plain, html = (part.get_content() for part in mail.iter_parts())
    times = set(re.findall(r"\d+ \w{3} \d\d:\d\d \S+", plain))
    shown = " ".join("".join(map(str, lxml.html.fromstring(html).itertext())).split())
    in_html = set(re.findall(r", (\d+ \w{3} \d\d:\d\d [^\s,·]+)", shown))
    assert in_html
    assert in_html <= times
    assert all(time.endswith(" +06") for time in in_html)


def test_the_longest_digest_is_not_clipped_by_gmail() -> None:
    assert len(build(digest_of(300), ENTITIES, CONFIG).as_bytes()) < 102_000


def test_the_plainest_form_has_no_html() -> None:
    mail = build(replace(message(), minimal=True), ENTITIES, CONFIG)
    assert mail.get_body(("html",)) is None
    assert samples_title() in mail.get_content()


def samples_title() -> str:
    return message().alert.article.data.title


def test_headers_say_what_the_mail_is() -> None:
    mail = made()
    assert mail["Subject"] == (
        "Новым гражданам закрыли выезд: мигрантов разворачивают на границе — Outlet"
    )
    assert mail["List-Id"] == "<new-citizens.wirewatch.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Fri, 20 Nov 2026 08:06:30 +0000"
    assert mail["To"] == "Редакция <desk@example.org>, two@example.org"
    assert mail["Importance"] == "high"


def test_both_parts_tell_the_whole_story() -> None:
    mail = made()
    for kind in ("plain", "html"):
        text = part(mail, kind)
        for expected in (
            "Новым гражданам закрыли выезд",
            "Outlet",
            "Published 20 Nov 2026, 14:05 +06 (08:05 UTC)",
            "https://outlet.example/news/1",
            "Тимур Осмонов",
            "Бишкек",
            "Why this alert: the rule",
            "мигрантов, повестку",
        ):
            assert expected in text


def test_hits_are_marked_in_html() -> None:
    page = lxml.html.fromstring(part(made(), "html"))
    assert [mark.text for mark in page.iter("mark")] == ["паспорт", "мигрантов", "повестку"]


@given(st.text(st.characters(), max_size=200))
def test_nothing_in_an_article_becomes_markup_or_a_header(text: str) -> None:
    hostile = f"{text}\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script><img src=x>"
    mail = made(title=hostile, outlet=hostile, rule_title=hostile, snippet=Snippet(hostile))
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    page = lxml.html.fromstring(part(mail, "html"))
    assert not list(page.iter("script", "img", "iframe", "object", "link"))


def test_an_unsafe_address_is_never_a_link() -> None:
    page = part(made(url="javascript:alert(1)"), "html")
    assert "javascript:" not in page
    assert "<a " not in page


def test_a_name_leads_to_its_item_in_wikidata_where_the_desk_gave_one() -> None:
    known = {
        label: entity.model_copy(update={"wikidata": "Q9361" if entity.kind == "place" else None})
        for label, entity in ENTITIES.items()
    }
    html = part(build(message(), known, CONFIG), "html")
    links = {
        lxml.html.tostring(link, method="text", encoding="unicode"): link.get("href")
        for link in lxml.html.fromstring(html).iter("a")
    }
    assert links["Бишкек"] == "https://www.wikidata.org/wiki/Q9361"
    assert "Тимур Осмонов" in html
    assert "Тимур Осмонов" not in links


def test_no_remote_content_is_loaded() -> None:
    page = part(made(), "html")
    assert "src=" not in page
    assert "url(" not in page


def test_a_sample_says_that_it_is_one() -> None:
    mail = made(test=True)
    assert mail["Subject"].startswith("[test] ")
    assert "TEST" in part(mail, "plain")
    assert "This is a test" in part(mail, "html")


@pytest.mark.parametrize("domain", ["пример.орг", "example.org"])
def test_a_cyrillic_domain_gives_ascii_ids(domain: str) -> None:
    config = CONFIG.model_copy(update={"from_": f"watch@{domain}"})
    sent = message()
    mail = build(sent, ENTITIES, config)
    assert str(mail["Message-ID"]).isascii()
