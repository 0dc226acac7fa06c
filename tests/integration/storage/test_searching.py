"""Search over real databases: what the index finds is what the rules' own engine finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from alerts.rules.analysis import fold
from alerts.rules.indexing import FOLDING
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.searching import IndexedVersion, Stretch, Words
from core.sources import Validators
from desk.search import CountKind, QueryError, SearchDesk, SearchFilters
from scheduler.running_config import RunningConfig, live_of
from scheduler.search_indexing import SearchIndexing
from storage import Store, open_store
from tests.integration.storage.samples import HOUR, NOON, data, page

CONFIG = WatchConfig.model_validate(
    {
        "sources": [{"name": "kloop", "feed": "https://kloop.example/f", "tags": ["independent"]}],
        "concepts": {
            "migrant": {"ru": ["мигрант"], "kk": ["мигрант"], "unless": ["мигрант NEAR/1 птица"]}
        },
        "entities": {"sadyr": {"kind": "person", "ru": ["Садыр Жапаров"]}},
        "rules": [{"id": "raids", "when": "рейд AND $migrant"}],
        "searches": [{"name": "raids", "query": "рейд"}],
    }
)


@pytest.fixture
def live() -> RunningConfig:
    return live_of(CONFIG)


def desk_of(store: Store, live: RunningConfig, budget: float = 60.0) -> SearchDesk:
    return SearchDesk(store, lambda: live.config, lambda: live.rules, budget=budget)


def stored(
    store: Store, number: int, text: str, title: str = "Заголовок", language: str | None = None
) -> int:
    address = f"https://kloop.example/{number}"
    said = replace(data(address, text), title=title, language=language)
    return store.record(said, None, key=address).version_id


def indexed(store: Store, live: RunningConfig) -> None:
    SearchIndexing(store).catch_up(live.rules, live.config)


def found(desk: SearchDesk, query: str, filters: SearchFilters | None = None) -> list[int]:
    return [hit.article.version_id for hit in desk.search(query, filters).items]


def test_a_search_finds_words_in_every_form_the_newest_first(
    store: Store, live: RunningConfig
) -> None:
    first = stored(store, 1, "В городе прошли рейды полиции.")
    stored(store, 2, "Погода будет ясной.")
    last = stored(store, 3, "О рейде сообщили власти.")
    indexed(store, live)
    desk = desk_of(store, live)
    answer = desk.search("рейд")
    assert [hit.article.version_id for hit in answer.items] == [last, first]
    assert [piece.text for piece in answer.items[0].snippet if piece.hit] == ["рейде"]
    assert answer.understood.text == "рейд (10 forms)"
    assert str(answer.count) == "2"
    assert answer.count is not None
    assert answer.count.kind is CountKind.EXACT
    assert [day.versions for day in answer.per_day] == [2]
    assert answer.next is None
    assert answer.looked.complete
    assert (answer.lag.indexed_up_to, answer.lag.waiting) == (last, 0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("рейд NEAR/3 мигрант", [1]),
        ("мигрант ONEAR/3 рейд", []),
        ('"рейде мигрантов"', []),
        ('"рейды задержали мигрантов"', [1]),
        ("$migrant", [1, 3]),
        ("$migrant AND NOT рейд", [3]),
        ("$migrant AND NOT $migrant", []),
        ("title:рейд", [2]),
        ("text:рейд", [1]),
        ("@sadyr", [5]),
        ("=рейды", [1]),
        ("рей*", [1, 2]),
        ("lang:kk AND $migrant", [3]),
        ("tag:independent AND мигрант", [1, 4]),
        ("source:klo* AND птицы", [4]),
        ("ATLEAST/2(рейд, мигрант, птица)", [1, 4]),
        ("regex:/задерж\\w+/ AND мигрант", [1]),
        ("length<5 AND мигрант", [1, 4]),
        ("=садыр", [5]),
    ],
)
def test_every_part_of_the_language_is_searched(
    store: Store, live: RunningConfig, query: str, expected: list[int]
) -> None:
    ids = [
        stored(store, 1, "Рейды задержали мигрантов."),
        stored(store, 2, "Полиция.", title="Рейд"),
        stored(store, 3, "Мигранттарға көмек.", language="kk"),
        stored(store, 4, "Птицы мигранты улетели."),
        stored(store, 5, "Садыр Жапаров выступил."),
    ]
    indexed(store, live)
    hits = found(desk_of(store, live), query)
    assert sorted(ids.index(hit) + 1 for hit in hits) == expected


def test_what_was_edited_out_is_found_and_said_to_be_gone(
    store: Store, live: RunningConfig
) -> None:
    address = "https://kloop.example/1"
    old, new = "Рейд прошёл на рынке.", "Проверка прошла на рынке."
    first = store.record(data(address, old), page(at=NOON), key=address, plan_visit=lambda at: at)
    (visit,) = store.due_visits(NOON, 1, "kloop")
    store.record_visit(
        visit, data(address, new), page(at=NOON + HOUR), lambda _: None, Validators()
    )
    indexed(store, live)
    desk = desk_of(store, live)
    (hit,) = desk.search("рейд").items
    assert (hit.article.version_id, hit.latest_version) == (first.version_id, 2)
    assert not hit.still_there
    (shown,) = desk.search("рынок").items  # an article once, in its newest version
    assert shown.article.version == 2
    assert [
        hit.article.version for hit in desk.search("рынок", SearchFilters(versions=True)).items
    ] == [2, 1]


def test_pages_follow_each_other_without_a_gap(store: Store, live: RunningConfig) -> None:
    ids = [stored(store, number, f"Рейд номер {number}.") for number in range(1, 8)]
    indexed(store, live)
    desk = desk_of(store, live)
    seen: list[int] = []
    cursor = None
    while True:
        answer = desk.search("рейд", cursor=cursor, limit=3)
        seen += [hit.article.version_id for hit in answer.items]
        cursor = answer.next
        if cursor is None:
            break
    assert seen == ids[::-1]


def test_a_spent_budget_says_how_far_it_looked_and_goes_on(
    store: Store, live: RunningConfig
) -> None:
    ids = [stored(store, number, f"Рейд номер {number}.") for number in range(1, 6)]
    indexed(store, live)
    desk = desk_of(store, live, budget=0.0)
    answer = desk.search("рейд")
    assert len(answer.items) == 1
    assert answer.looked.out_of_time
    assert not answer.looked.complete
    seen, cursor = [], None
    while True:
        answer = desk.search("рейд", cursor=cursor)
        seen += [hit.article.version_id for hit in answer.items]
        cursor = answer.next
        if cursor is None:
            break
    assert seen == ids[::-1]


def test_filters_narrow_a_search(store: Store, clock: FixedClock, live: RunningConfig) -> None:
    old = stored(store, 1, "Рейд.", language="ru")
    clock.advance(timedelta(days=3))
    new = stored(store, 2, "Рейд.", language="uk")
    indexed(store, live)
    desk = desk_of(store, live)
    assert found(desk, "рейд", SearchFilters(since=NOON + HOUR)) == [new]
    assert found(desk, "рейд", SearchFilters(language="ru")) == [old]
    assert found(desk, "рейд", SearchFilters(source="other")) == []
    assert desk.count_since("raids", NOON + HOUR).number == 1
    assert [hit.article.version_id for hit in desk.search_saved("raids").items] == [new, old]


@pytest.mark.parametrize(
    ("query", "column", "said"),
    [
        ("рейд (мигрант)", 6, "put AND or OR between"),
        ("рейд AND $migrnt", 10, "did you mean '$migrant'?"),
        ("NOT рейд", 1, "none of its words"),
    ],
)
def test_a_wrong_query_is_located(
    store: Store, live: RunningConfig, query: str, column: int, said: str
) -> None:
    with pytest.raises(QueryError) as raised:
        desk_of(store, live).search(query)
    assert raised.value.column == column
    assert said in str(raised.value)


def test_making_the_index_anew_finds_what_following_found(
    store: Store, live: RunningConfig
) -> None:
    for number in range(1, 30):
        stored(store, number, f"Рейд и мигранты, {number}." if number % 3 else "Птицы.")
    indexed(store, live)
    desk = desk_of(store, live)
    before = {query: found(desk, query) for query in ("рейд", "$migrant", "птица")}
    store.clear_index(FOLDING)
    assert store.search_lag().waiting == 29
    assert found(desk, "рейд") == []
    indexed(store, live)
    assert {query: found(desk, query) for query in before} == before


def fill(store: Store, folding: str, words: str) -> None:
    """Index what is stored as somebody does who folds words otherwise."""
    store.clear_index(folding)
    batch = store.versions_to_index(folding)
    items = [IndexedVersion(each.version_id, each.fetched_at, "", words) for each in batch.articles]
    assert items
    assert store.index_versions(batch, items, ())


def test_an_index_of_an_older_folding_is_made_anew(store: Store, live: RunningConfig) -> None:
    version = stored(store, 1, "Рейд.")
    for older in ("of another time", "1-99.0.0", ""):
        fill(store, older, "folded otherwise")
        desk = desk_of(store, live)
        answer = desk.search("рейд")
        assert (answer.items, answer.lag.waiting) == ((), 1)
        indexed(store, live)
        assert found(desk, "рейд") == [version]
        assert desk.search("рейд").lag.waiting == 0


def test_an_index_of_another_folding_finds_nothing_that_only_looks_alike(
    store: Store, live: RunningConfig
) -> None:
    stored(store, 1, "Рейд.")
    fill(store, "1-1.0.0", fold("рейд"))
    answer = desk_of(store, live).search("рейд")
    assert (answer.items, answer.lag.waiting, answer.lag.indexed_up_to) == ((), 1, 0)


def test_an_index_of_a_newer_folding_is_left_alone_until_somebody_says_so(
    store: Store, live: RunningConfig
) -> None:
    version = stored(store, 1, "Рейд.")
    newer = f"9{FOLDING}"
    fill(store, newer, "folded otherwise")
    indexed(store, live)
    assert store.search_lag(newer).waiting == 0
    desk = desk_of(store, live)
    assert (found(desk, "рейд"), desk.search("рейд").lag.waiting) == ([], 1)
    store.clear_index(FOLDING)
    indexed(store, live)
    assert found(desk, "рейд") == [version]


def test_who_finds_an_older_folding_takes_nothing_from_who_was_quicker(
    migrated_url: str, live: RunningConfig
) -> None:
    with open_store(migrated_url) as store, open_store(migrated_url) as other:
        version = stored(store, 1, "Рейд.")
        fill(store, "1-1.0.0", "folded otherwise")
        words = other._words
        before = words.state()
        indexed(store, live)
        words.begin(FOLDING, instead_of=before)
        assert found(desk_of(store, live), "рейд") == [version]


def test_forgotten_versions_are_taken_again_where_they_are_still_there(
    store: Store, live: RunningConfig
) -> None:
    ids = [stored(store, number, "Рейд.") for number in range(1, 4)]
    indexed(store, live)
    store.forget_in_index([ids[1]])
    indexed(store, live)
    assert found(desk_of(store, live), "рейд") == ids[::-1]


def test_a_concept_that_changed_is_found_by_its_new_meaning(
    store: Store, live: RunningConfig
) -> None:
    stored(store, 1, "Мигранты приехали.")
    second = stored(store, 2, "Гастарбайтеры приехали.")
    indexed(store, live)
    concepts = {"migrant": {"ru": ["гастарбайтер"]}}
    newer = live_of(WatchConfig.model_validate({"concepts": concepts}))
    assert found(desk_of(store, newer), "$migrant") == [second]


def test_what_lies_in_earlier_months_is_not_taken_for_missing(
    store: Store, clock: FixedClock, live: RunningConfig
) -> None:
    ids = []
    for number in range(1, 5):
        ids.append(stored(store, number, "Рейд."))
        indexed(store, live)
        clock.advance(timedelta(days=40))
    batch = store.versions_to_index(FOLDING)
    assert (batch.articles, batch.up_to) == ((), ids[-1])


def test_more_words_than_an_index_takes_are_read_for(store: Store, live: RunningConfig) -> None:
    version = stored(store, 1, "Рейд.")
    indexed(store, live)
    for long, many in ((60, 20_000), (1, 40_000)):
        words = Words((*(f"{'w' * long}{number}" for number in range(many)), fold("рейд")))
        found = store.find_versions(words, Stretch(), 10, monotonic() + 60)
        assert [id_ for id_, _ in found.versions] == [version]
        assert found.complete
