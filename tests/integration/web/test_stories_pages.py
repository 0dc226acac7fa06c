"""The pages of alerts, stories and articles, and what is done there."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from alerts.dispatch.deciders import DECIDERS
from core.alerting.alerts import AlertState
from core.clock import FixedClock
from core.deciding.escalation import Breadth
from core.people import Role
from desk.context import Desk
from storage.judging.judging_records import StoryPlacement
from tests.integration.storage.samples import NOON, alerted, judgement, recorded
from tests.integration.web.visitors import logged_in, text_of
from web.pages.acting import DONE

ANSWERS = {
    "acknowledge": AlertState.ACKNOWLEDGED,
    "snooze": AlertState.SNOOZED,
    "dismiss:old-news": AlertState.DISMISSED,
    "mute": AlertState.ACKNOWLEDGED,
}


def alert_id(desk: Desk) -> str:
    return desk.store.alerts().items[0].id


def state(desk: Desk) -> AlertState:
    return desk.store.alerts().items[0].state


async def test_the_first_page_shows_what_is_open(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/")
    alert = desk.store.alerts().items[0]
    assert page.status_code == 200
    assert alert.article.data.title in page.text
    assert "Open 1" in text_of(page)
    assert "1 new story" in text_of(page)


def deed(answer: httpx.Response) -> dict[str, str]:
    """Return the fields of the undo that an answer leads to."""
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    return {"alert": query["of"], "at": query["at"], "back": "/"}


async def do(client: httpx.AsyncClient, alert: str, verb: str) -> dict[str, str]:
    return deed(await client.post("/act", data={"alert": alert, "do": verb, "back": "/"}))


@pytest.mark.parametrize(("verb", "wanted"), ANSWERS.items())
async def test_each_button_does_what_it_says_and_can_be_undone(
    desk: Desk, verb: str, wanted: AlertState
) -> None:
    async with logged_in(desk) as client:
        done = await client.post("/act", data={"alert": alert_id(desk), "do": verb, "back": "/"})
        assert done.status_code == 303
        assert state(desk) is wanted
        page = await client.get(done.headers["location"])
        said = "part of no story" if verb == "mute" else DONE[verb.partition(":")[0]]
        assert said in text_of(page)
        assert "Undo" in text_of(page)
        undone = await client.post("/undo", data=deed(done))
        assert "did=undone" in undone.headers["location"]
    assert state(desk) is AlertState.OPEN


async def test_undo_gives_a_story_back_to_who_saw_to_it(desk: Desk) -> None:
    async with logged_in(desk, "aigul") as one, logged_in(desk, "azamat") as other:
        await do(one, alert_id(desk), "acknowledge")
        await other.post("/undo", data=await do(other, alert_id(desk), "dismiss:other"))
    case = desk.store.cases().items[0]
    assert (case.state, case.owner) == (AlertState.ACKNOWLEDGED, "aigul")


async def test_an_undo_that_is_asked_for_twice_is_done_once(desk: Desk, clock: FixedClock) -> None:
    answers = []
    async with logged_in(desk) as client:
        fields = await do(client, alert_id(desk), "dismiss:other")
        for _ in range(2):
            clock.advance(timedelta(seconds=1))
            answers.append(await client.post("/undo", data=fields))
    assert ["did=undone" in answer.headers["location"] for answer in answers] == [True, False]
    assert state(desk) is AlertState.OPEN


@pytest.mark.parametrize("seen_to_before", [True, False])
async def test_undoing_a_mute_lets_the_story_be_told_again(
    desk: Desk, clock: FixedClock, seen_to_before: bool
) -> None:
    article = desk.store.alerts().items[0].article
    placement = StoryPlacement(
        story=article.id, relation="new", of=None, containment=0.0, shared_words=0,
        first_source="kloop", first_at=NOON,
    )  # fmt: skip
    version = recorded(desk.store).version_id
    told = replace(judgement(version, "other"), placement=replace(placement, story=version))
    desk.store.commit_judgement([told], DECIDERS)
    chosen = desk.store.alerts(rule="other").items[0].id
    async with logged_in(desk) as client:
        if seen_to_before:
            await do(client, chosen, "acknowledge")
            clock.advance(timedelta(minutes=1))
        fields = await do(client, chosen, "mute")
        assert len(list(desk.store.silences(after=desk.now()))) == 1
        clock.advance(timedelta(seconds=1))
        await client.post("/undo", data=fields)
    assert list(desk.store.silences(after=desk.now())) == []
    wanted = AlertState.ACKNOWLEDGED if seen_to_before else AlertState.OPEN
    assert desk.store.alerts(rule="other").items[0].state is wanted


@pytest.mark.parametrize("rule", ["first", "second"])
async def test_undo_hides_nothing_that_was_open(desk: Desk, rule: str) -> None:
    version = recorded(desk.store).version_id
    desk.store.commit_judgement([judgement(version, "first", "second")], DECIDERS)
    first, chosen = (desk.store.alerts(rule=name).items[0].id for name in ("first", rule))
    desk.store.change_alert(
        first, AlertState.ACKNOWLEDGED, DECIDERS, by="azamat", at=desk.now(), breadth=Breadth.RULE
    )
    async with logged_in(desk) as client:
        await client.post("/undo", data=await do(client, chosen, "dismiss:other"))
    assert desk.store.alerts(rule="second").items[0].state is AlertState.OPEN


def in_one_story(desk: Desk, *rules: str) -> list[str]:
    """Store articles of one story, an alert in each; return the alerts' ids."""
    stored = [recorded(desk.store) for _ in rules]
    for article, rule in zip(stored, rules, strict=True):
        placement = StoryPlacement(
            story=stored[0].article_id, relation="copy", of=None, containment=1.0, shared_words=9,
            first_source="kloop", first_at=NOON,
        )  # fmt: skip
        told = replace(judgement(article.version_id, rule), placement=placement)
        desk.store.commit_judgement([told], DECIDERS)
    return [desk.store.alerts(rule=rule).items[0].id for rule in rules]


def state_of(desk: Desk, alert: str) -> tuple[AlertState, str]:
    known = desk.store.alert(alert)
    assert known is not None
    changes = desk.store.alert_changes(alert)
    return known.state, changes[-1].by if changes else ""


async def test_an_undo_leaves_alone_what_came_after_the_deed(desk: Desk, clock: FixedClock) -> None:
    before, after = in_one_story(desk, "early", "late")
    async with logged_in(desk, "anna") as anna, logged_in(desk, "bob") as bob:
        await do(anna, before, "acknowledge")
        clock.advance(timedelta(minutes=1))
        fields = await do(bob, before, "dismiss:other")
        clock.advance(timedelta(minutes=1))
        # What matters more than all that was dismissed is open, though its case was dismissed.
        desk.store.change_alert(
            after, AlertState.OPEN, DECIDERS, by="", at=clock(), among=frozenset({after})
        )
        clock.advance(timedelta(minutes=1))
        await bob.post("/undo", data=fields)
    assert state_of(desk, before) == (AlertState.ACKNOWLEDGED, "anna")
    assert state_of(desk, after)[0] is AlertState.OPEN


async def test_undoing_a_mute_takes_nothing_from_who_saw_to_a_part_of_it(
    desk: Desk, clock: FixedClock
) -> None:
    taken, free = in_one_story(desk, "taken", "free")
    desk.store.change_alert(
        taken, AlertState.ACKNOWLEDGED, DECIDERS, by="azamat", at=clock(), breadth=Breadth.RULE
    )
    async with logged_in(desk, "aigul") as client:
        clock.advance(timedelta(minutes=1))
        fields = await do(client, free, "mute")
        clock.advance(timedelta(seconds=1))
        await client.post("/undo", data=fields)
    assert state_of(desk, taken) == (AlertState.ACKNOWLEDGED, "azamat")
    assert state_of(desk, free)[0] is AlertState.OPEN
    assert list(desk.store.silences(after=desk.now())) == []


async def test_an_undo_of_several_says_that_some_were_not(desk: Desk, clock: FixedClock) -> None:
    alerted(desk.store, rule="second")
    both = [alert.id for alert in desk.store.alerts().items]
    async with logged_in(desk, "anna") as anna, logged_in(desk, "bob") as bob:
        done = await anna.post("/act", data={"do": "acknowledge", "alert": both, "back": "/"})
        query = dict(parse_qsl(urlsplit(done.headers["location"]).query))
        clock.advance(timedelta(seconds=1))
        await do(bob, both[0], "dismiss:other")
        fields = {"alert": both, "at": query["at"], "back": "/"}
        undone = await anna.post("/undo", data=fields)
        page = await anna.get(undone.headers["location"])
    assert "Not all were undone" in text_of(page)


async def test_a_mute_of_several_says_which_cannot_be(desk: Desk) -> None:
    (told,) = in_one_story(desk, "told")
    async with logged_in(desk) as client:
        picked = {"do": "mute", "alert": [alert_id_of(desk, "drafts"), told], "back": "/"}
        page = await client.get((await client.post("/act", data=picked)).headers["location"])
    assert "What is part of a story is muted for a week, the rest cannot be." in text_of(page)
    assert len(list(desk.store.silences(after=desk.now()))) == 1


def alert_id_of(desk: Desk, rule: str) -> str:
    return desk.store.alerts(rule=rule).items[0].id


async def test_the_neighbours_of_a_story_are_those_of_its_shelf(
    desk: Desk, clock: FixedClock
) -> None:
    alone = alert_id(desk)
    part, pressing = in_one_story(desk, "part", "pressing")
    for alert in (alone, part):
        clock.advance(timedelta(seconds=1))
        desk.store.change_alert(
            alert, AlertState.ACKNOWLEDGED, DECIDERS, by="a", at=clock(), among=frozenset({alert})
        )
    assert state_of(desk, pressing)[0] is AlertState.OPEN
    case = desk.store.alert(alone)
    assert case is not None
    async with logged_in(desk) as client:
        page = await client.get(f"/story/{case.case_id}")
    assert "1 of 1" in text_of(page)


async def test_nobody_undoes_what_another_did(desk: Desk) -> None:
    async with logged_in(desk, "aigul") as one, logged_in(desk, "azamat") as other:
        fields = await do(one, alert_id(desk), "acknowledge")
        refused = await other.post("/undo", data=fields)
        page = await other.get(refused.headers["location"])
    assert state(desk) is AlertState.ACKNOWLEDGED
    assert "nothing was undone" in text_of(page)


@pytest.mark.parametrize("at", ["", "soon", "2026-03-01T12:00:00", "9999-12-31T00:00:00+00:00"])
async def test_an_undo_of_no_moment_undoes_nothing(desk: Desk, at: str) -> None:
    async with logged_in(desk) as client:
        fields = await do(client, alert_id(desk), "acknowledge")
        refused = await client.post("/undo", data={**fields, "at": at})
    assert "did=late" in refused.headers["location"]
    assert state(desk) is AlertState.ACKNOWLEDGED


async def test_what_was_done_long_ago_is_not_undone(desk: Desk, clock: FixedClock) -> None:
    async with logged_in(desk) as client:
        fields = await do(client, alert_id(desk), "dismiss:other")
        clock.advance(timedelta(hours=1, seconds=1))
        await client.post("/undo", data=fields)
    assert state(desk) is AlertState.DISMISSED


@pytest.mark.parametrize("verb", ["poll", "undone", "late", "nothing", "", "ACKNOWLEDGE"])
async def test_words_that_are_no_actions_do_nothing_and_say_so(desk: Desk, verb: str) -> None:
    async with logged_in(desk) as client:
        done = await client.post("/act", data={"alert": alert_id(desk), "do": verb})
    assert done.status_code == 400
    assert state(desk) is AlertState.OPEN


async def test_an_alert_that_is_gone_is_not_said_to_be_done(desk: Desk) -> None:
    async with logged_in(desk) as client:
        done = await client.post("/act", data={"alert": "alt_gone", "do": "dismiss:other"})
    assert done.headers["location"] == "/?did=gone"


async def test_a_story_lies_on_the_shelf_of_what_was_done(desk: Desk) -> None:
    title = desk.store.alerts().items[0].article.data.title
    async with logged_in(desk) as client:
        for verb, shelf in (("acknowledge", "taken"), ("snooze", "later"), ("dismiss", "closed")):
            await client.post("/act", data={"alert": alert_id(desk), "do": verb})
            for other in ("open", "taken", "later", "closed"):
                page = await client.get("/", params={"shelf": other})
                assert (title in page.text) is (other == shelf), (verb, other)


async def test_an_empty_list_proves_that_it_is_not_blind(desk: Desk) -> None:
    async with logged_in(desk) as client:
        await client.post("/act", data={"alert": alert_id(desk), "do": "acknowledge"})
        page = await client.get("/")
    assert "Nothing open. The last alert came" in text_of(page)
    assert "sources were read in the last hour" in text_of(page)


async def test_filters_that_nothing_fits_can_be_dropped(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/", params={"lang": "tg", "level": "low"})
        assert "No story here is about that." in text_of(page)
        assert "Drop the filters" in text_of(page)


async def test_what_an_address_says_wrongly_is_left_out(desk: Desk) -> None:
    async with logged_in(desk) as client:
        page = await client.get("/", params={"shelf": "no", "level": "<b>", "did": "<script>"})
    assert page.status_code == 200
    assert "<script>" not in page.text.partition("<main")[2]


async def test_an_address_that_names_no_place_begins_at_the_top(desk: Desk) -> None:
    title = desk.store.alerts().items[0].article.data.title
    async with logged_in(desk) as client:
        page = await client.get("/", params={"before": "nonsense"})
    assert title in page.text


async def test_a_story_has_text_reasons_and_messages(desk: Desk) -> None:
    alert = desk.store.alerts().items[0]
    async with logged_in(desk) as client:
        page = await client.get(f"/story/{alert.case_id}")
    words = text_of(page)
    for said in (alert.article.data.title, "Why this alerted", "Who was told", "Who had it when"):
        assert said in words, said


async def test_a_note_is_written_and_shown(desk: Desk) -> None:
    alert = desk.store.alerts().items[0]
    async with logged_in(desk) as client:
        done = await client.post(
            "/note",
            data={"alert": alert.id, "words": "calling the <consulate>", "back": "/story/1"},
        )
        assert done.status_code == 303
        page = await client.get(f"/story/{alert.case_id}")
    assert "calling the &lt;consulate&gt;" in page.text


async def test_an_article_has_versions_rules_and_its_way(desk: Desk) -> None:
    alert = desk.store.alerts().items[0]
    async with logged_in(desk) as client:
        page = await client.get(f"/article/{alert.article.id}")
    words = text_of(page)
    for said in (alert.article.data.title, "Version 1", "How it came", "alert"):
        assert said in words, said


@pytest.mark.parametrize(
    "path",
    ["/story/999", "/story/abc", "/story/-1", "/story/9999999999999999999", "/article/999",
     "/article/x", "/article/1?v=99", "/article/1?v=abc"],
)  # fmt: skip
async def test_what_is_not_there_is_said_plainly(desk: Desk, path: str) -> None:
    async with logged_in(desk) as client:
        page = await client.get(path)
    assert page.status_code == 404
    assert "There is no" in page.text


async def test_script_gets_the_card_alone(desk: Desk) -> None:
    async with logged_in(desk) as client:
        part = await client.post(
            "/act",
            data={"alert": alert_id(desk), "do": "acknowledge", "as": "card", "back": "/"},
            headers={"HX-Request": "true"},
        )
    assert part.text.lstrip().startswith('<li class="story')
    assert "Taken on by aigul" in part.text
    assert 'id="strip"' in part.text
    assert "<html" not in part.text


async def test_new_stories_are_counted_from_what_the_page_showed(desk: Desk) -> None:
    newest = desk.store.newest_alert_at()
    assert newest is not None
    async with logged_in(desk) as client:

        async def new(after: str) -> str:
            return (await client.get("/new", params={"after": after})).text

        assert await new((newest - timedelta(seconds=1)).isoformat()) == "1"
        assert await new(newest.isoformat()) == "0"
        assert await new("rubbish") == "0"


async def test_script_gets_the_counts_of_the_shelves_with_the_card(desk: Desk) -> None:
    async with logged_in(desk) as client:
        part = await client.post(
            "/act",
            data={
                "alert": alert_id(desk), "do": "acknowledge", "as": "card",
                "back": "/?shelf=open&lang=ru",
            },
            headers={"HX-Request": "true"},
        )  # fmt: skip
        whole = await client.get("/?shelf=open&lang=ru")
    (swapped,) = re.findall(r'<nav class="tabs" id="shelves".*?</nav>', part.text)
    (shown,) = re.findall(r'<nav class="tabs" id="shelves".*?</nav>', whole.text)
    assert swapped.replace(' hx-swap-oob="true"', "") == shown
    assert "Taken on 1" in re.sub(r"<[^>]+>", " ", shown)


async def test_who_may_only_look_sees_nothing_that_acts(desk: Desk) -> None:
    alert = desk.store.alerts().items[0]
    pages = ("/", f"/story/{alert.case_id}", "/sources", "/deliveries", "/rules/drafts/try")
    acts = ('name="do"', 'action="/note"', 'action="/sources/poll"')
    async with logged_in(desk, role=Role.READ) as client:
        seen = "".join([(await client.get(path)).text for path in pages])
    assert [act for act in acts if act in seen] == []
    async with logged_in(desk, role=Role.WORK) as client:
        seen = "".join([(await client.get(path)).text for path in pages])
    assert [act for act in acts if act not in seen] == [], "who works has them"


async def test_reasons_are_told_in_the_language_of_who_looks(desk: Desk) -> None:
    alert = desk.store.alerts().items[0]
    async with logged_in(desk) as client:
        client.headers["accept-language"] = "ru"
        story = text_of(await client.get(f"/story/{alert.case_id}"))
        sources = text_of(await client.get("/sources"))
    assert "Почему сработало" in story
    assert "новый источник" in sources
    assert "new source" not in sources


async def test_a_client_that_asks_for_too_many_pages_at_once_is_told_when_to_come_again(
    desk: Desk,
) -> None:
    async with logged_in(desk) as client:
        pages = await asyncio.gather(*(client.get("/status") for _ in range(80)))
    statuses = {page.status_code for page in pages}
    assert statuses == {200, 429}
    assert all(page.headers["retry-after"] for page in pages if page.status_code == 429)
