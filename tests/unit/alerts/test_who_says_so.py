"""What messages say of who stands behind a story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.messages.digest import summarize_digest
from alerts.messages.document import compose
from alerts.messages.message import Message
from alerts.messages.who_says_so import badges_of, order_of
from alerts.receivers import build_receivers
from alerts.receivers.webhook import payload
from core.alerting.accounts import Account, Copied
from core.alerting.message_kinds import MessageKind
from core.config.sections.health import HEALTH_RULE
from core.config.watch import WatchConfig
from tests.unit.alerts.samples import ENTITIES, SENT_AT, match, message

STATE, FREE = ("state",), ("independent", "kg")


def account(number: int, source: str, copies: str | None = None, **more: Any) -> Account:
    return Account(
        source=source,
        article=number,
        at=SENT_AT - timedelta(hours=1) + timedelta(minutes=number),
        copies=Copied(copies, 0) if copies else None,
        **more,
    )


def told(*accounts: Account, tags: dict[str, tuple[str, ...]], **changes: Any) -> Message:
    made = message()
    return replace(
        made,
        tags=tags,
        badges=("state", "independent"),
        outlets={**made.outlets, **{one.source: one.source.title() for one in accounts}},
        accounts={made.alert.case_id: accounts} if accounts else {},
        **changes,
    )


def badges(made: Message) -> str:
    return badges_of(made, made.alert.case_id)


def order(made: Message) -> str:
    return order_of(made, made.alert.case_id, ENTITIES, "ru")


@pytest.mark.parametrize(
    ("tags", "said"),
    [(STATE, "state"), (FREE, "independent"), (("kg",), ""), ((), ""),
     (("independent", "state"), "state + independent")],
)  # fmt: skip
def test_a_single_outlet_has_its_badge(tags: tuple[str, ...], said: str) -> None:
    assert badges(told(tags={"outlet": tags})) == said


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ([STATE, FREE, STATE], "2 state, 1 independent"),
        ([STATE, STATE], "2 state"),
        ([STATE, (), ("kg",)], "1 state, 2 others"),
        ([FREE, ()], "1 independent, 1 other"),
        ([(), ("kg",)], ""),
    ],
)
def test_of_several_outlets_each_badge_is_counted(tags: list[tuple[str, ...]], said: str) -> None:
    accounts = [account(number, f"o{number}") for number in range(len(tags))]
    made = told(*accounts, tags={f"o{number}": each for number, each in enumerate(tags)})
    assert badges(made) == said


def test_a_badge_says_how_many_only_copy() -> None:
    accounts = (account(0, "kloop"), account(1, "azattyk", copies="kloop"))
    assert badges(told(*accounts, tags={"kloop": FREE, "azattyk": FREE})) == (
        "2 independent (1 copy)"
    )


def test_sources_of_one_outlet_count_once() -> None:
    made = told(account(0, "kabar"), account(1, "kabar-en"), tags={"kabar": STATE})
    outlets = {"kabar": "Kabar", "kabar-en": "Kabar"}
    assert badges(replace(made, outlets=outlets)) == "state"


def test_the_order_says_who_was_first_who_copies_and_what_each_adds() -> None:
    made = told(
        account(0, "kloop"),
        account(5, "kabar", copies="kloop"),
        account(9, "azattyk", names=(("osmonov", "Осмонова"),), numbers=("26 паспортов",)),
        tags={},
    )
    assert order(made) == (
        "Kloop first, 20 Nov 07:06 UTC · Kabar 20 Nov 07:11 UTC, copies Kloop · "
        "Azattyk 20 Nov 07:15 UTC, adds Тимур Осмонов, 26 паспортов"
    )


def test_a_single_outlet_has_no_order() -> None:
    assert order(told(account(0, "kloop"), tags={})) == order(told(tags={})) == ""


def test_of_many_the_first_and_those_that_the_message_is_about_are_named() -> None:
    made = told(*(account(n, f"o{n}") for n in range(20)), account(30, "outlet"), tags={})
    parts = order(made).split(" · ")
    assert [part.split()[0] for part in parts] == ["O0", "O1", "O2", "Outlet", "and"]
    assert parts[-1] == "and 17 more"


RECEIVERS = WatchConfig.model_validate(
    {
        "receivers": [
            {"name": "console", "console": {}},
            {"name": "slack", "slack": {"url": "https://chat.example/hooks/0123456789"}},
            {"name": "mail", "email": {"to": ["a@desk.example"], "from": "w@desk.example",
                                       "smtp": {"host": "localhost"}}},
            {"name": "telegram", "telegram": {"token": "123:abcdef", "chat": "-1001"}},
            {"name": "discord", "discord": {"url": "https://chat.example/hooks/0123456789"}},
            {"name": "teams", "teams": {"url": "https://chat.example/hooks/0123456789"}},
            {"name": "mattermost", "mattermost": {"url": "https://chat.example/hooks/0123456789"}},
            {"name": "alertmanager", "alertmanager": {"url": "https://am.example"}},
            {"name": "atom", "atom": {"path": "news.atom"}},
        ]
    }
)  # fmt: skip


@pytest.mark.parametrize("receiver", [one.name for one in RECEIVERS.receivers])
@pytest.mark.parametrize("kind", [MessageKind.ALERT, MessageKind.UPDATE, MessageKind.DIGEST])
def test_every_receiver_shows_the_badge_and_the_order(receiver: str, kind: MessageKind) -> None:
    made = told(
        account(0, "kloop"),
        account(5, "outlet", copies="kloop"),
        tags={"kloop": FREE, "outlet": STATE},
        kind=kind,
    )
    shown = " ".join(build_receivers(RECEIVERS)[receiver].preview(made).replace("\\", "").split())
    assert "1 state (1 copy), 1 independent" in shown
    first = "Kloop first" if kind is MessageKind.DIGEST else "Kloop first, 20 Nov 07:06 UTC"
    assert first in shown
    assert "copies Kloop" in shown


def test_the_plainest_form_shows_the_badge_of_what_it_tells() -> None:
    made = told(tags={"outlet": STATE}, minimal=True)
    assert compose(made, ENTITIES).subject.endswith("(Outlet, state)")


def test_news_of_ourselves_has_no_badge_and_no_outlets() -> None:
    made = told(tags={"outlet": STATE})
    own = replace(made.alert, match=match(rule_id=HEALTH_RULE))
    assert badges(replace(made, alerts=(own,))) == ""
    assert payload(replace(made, alerts=(own,)), ENTITIES)["data"]["outlets"] == []


def test_a_digest_shows_both_of_each_case() -> None:
    made = told(
        account(0, "kloop"), account(5, "outlet"), tags={"outlet": STATE}, kind=MessageKind.DIGEST
    )
    (section,) = summarize_digest(made, ENTITIES).sections
    (line,) = section.cases
    assert (line.voices, line.order) == ("1 state, 1 other", "Kloop first · Outlet")


def test_programs_are_told_the_outlets_with_all_their_tags() -> None:
    accounts = (account(0, "kloop"), account(5, "outlet", copies="kloop"))
    made = told(*accounts, tags={"kloop": FREE, "outlet": STATE})
    assert payload(made, ENTITIES)["data"]["outlets"] == [
        {"source": "kloop", "outlet": "Kloop", "tags": ["independent", "kg"],
         "at": "2026-11-20T07:06:30Z", "copies": None},
        {"source": "outlet", "outlet": "Outlet", "tags": ["state"],
         "at": "2026-11-20T07:11:30Z", "copies": "kloop"},
    ]  # fmt: skip
