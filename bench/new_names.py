"""Names that no list has: how long the real model takes, and what it finds.

    python -m bench.new_names WEIGHTS [CORPUS.jsonl.gz]

Prints processor seconds and memory of loading, milliseconds for articles of the usual length, the
worst of hostile texts, and what is found in made-up sentences whose names are known. With a corpus
of articles (`text` in each line) also milliseconds an article, and the names of most. Fails
when the model does worse than what the pages say of it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from alerts.new_names.finder import DEADLINE, PIECE, READ, NewNames
from alerts.new_names.slovnet_tagger import LANGUAGE, SlovnetTagger
from core.alerting.matches import Level, Match, NewName, Snippet
from core.articles import ArticleData

PERSON, BODY, PLACE = "person", "body", "place"
SENTENCES: tuple[tuple[str, frozenset[tuple[str, str]]], ...] = (
    (
        "О задержаниях рассказала правозащитница Валентина Чупик, передаёт агентство «Фергана».",
        frozenset({(PERSON, "Валентина Чупик"), (BODY, "Фергана")}),
    ),
    (
        "В Министерстве внутренних дел Башкирии заявили, что рейд прошёл на рынке в Стерлитамаке.",
        frozenset({(BODY, "Министерство внутренних дел Башкирии"), (PLACE, "Стерлитамак")}),
    ),
    (
        "Адвокат Тимур Абдуллаев сообщил, что его подзащитного увезли в военкомат Калуги.",
        frozenset({(PERSON, "Тимур Абдуллаев"), (PLACE, "Калуга")}),
    ),
    (
        "Глава Следственного комитета Александр Бастрыкин поручил возбудить дело в Екатеринбурге.",
        frozenset(
            {
                (BODY, "Следственный комитет"),
                (PERSON, "Александр Бастрыкин"),
                (PLACE, "Екатеринбург"),
            }
        ),
    ),
    (
        "Посольство Таджикистана направило ноту после гибели Шахрома Назарова в Подмосковье.",
        frozenset(
            {
                (BODY, "Посольство Таджикистана"),
                (PERSON, "Шахром Назаров"),
                (PLACE, "Подмосковье"),
            }
        ),
    ),
    (
        "С Гульнарой Каримовой и Русланом Кутаевым журналисты говорили в Грозном и Дербенте.",
        frozenset(
            {
                (PERSON, "Гульнара Каримова"),
                (PERSON, "Руслан Кутаев"),
                (PLACE, "Грозный"),
                (PLACE, "Дербент"),
            }
        ),
    ),
    (
        "Фонд «Здоровье людей» и Комитет «Гражданское содействие» помогают рабочим из Намангана.",
        frozenset(
            {
                (BODY, "Фонд «Здоровье людей»"),
                (BODY, "Комитет «Гражданское содействие»"),
                (PLACE, "Наманган"),
            }
        ),
    ),
    ("Полиция провела рейд на складе и доставила рабочих в отдел.", frozenset()),
)
HOSTILE = {
    "one letter": "а",
    "stops": ".",
    "initials": "А.",
    "quotes": '«"',
    "addresses": "http://a.b/",
    "emoji": "😀",
    "capitals": "АЛЕКСЕЙ ",
    "numbers": "1 ",
    "abbreviations": "т. е. ",
    "NUL": "\x00",
    "lines": "\n",
    "hyphens": "а-",
    "names": "Иван Иванов ",
}
WORDS = 600
GOAL_USUAL = 0.15
"""Seconds of processor time for an article of 600 words."""
GOAL_HOSTILE = DEADLINE * 3
"""Seconds of processor time: the deadline, and pieces that are slower on a busy machine."""
GOAL_FOUND = 0.8
"""F1 on the sentences."""


def main() -> int:
    """Measure and print; return 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("corpus", type=Path, nargs="?")
    asked = parser.parse_args()
    before, began = _memory(), time.thread_time()
    tagger = SlovnetTagger(asked.weights)
    print(f"loaded in {time.thread_time() - began:.2f} s, {_memory() - before} MB more")
    names = NewNames(lambda: tagger, LANGUAGE)
    found(names, "Прогрев")
    passed = [_usual(names), _hostile(names), _sentences(names)]
    if asked.corpus:
        _corpus(names, asked.corpus)
    print(f"failures: {names.failures}")
    return 0 if all(passed) and not names.failures else 1


def found(names: NewNames, text: str) -> tuple[NewName, ...]:
    """Return the names in a text, as an alert of a rule that fired on it would have them."""
    match = Match(rule_id="all", rule_title="", level=Level.LOW, spans=(), snippet=Snippet(""))
    data = ArticleData(url="", title="", text=text, language=LANGUAGE)
    (named,) = names.batch(lambda _: False)(data, (match,))
    return named.new_names


def _usual(names: NewNames) -> bool:
    words = " ".join(text for text, _ in SENTENCES).split()
    text = " ".join((words * (WORDS // len(words) + 1))[:WORDS])
    taken = [_seconds(names, text) for _ in range(10)]
    middle = statistics.median(taken)
    print(f"{WORDS} words ({len(text)} characters): {middle * 1000:.0f} ms, goal {GOAL_USUAL}")
    return middle <= GOAL_USUAL


def _hostile(names: NewNames) -> bool:
    taken = {name: _seconds(names, (unit * READ)[: READ * 2]) for name, unit in HOSTILE.items()}
    for name, seconds in sorted(taken.items(), key=lambda item: -item[1])[:5]:
        print(f"hostile, {name}: {seconds * 1000:.0f} ms")
    print(f"pieces of {PIECE} characters, deadline {DEADLINE} s, goal {GOAL_HOSTILE} s")
    return max(taken.values()) <= GOAL_HOSTILE


def _sentences(names: NewNames) -> bool:
    right = told = wanted = 0
    for text, truth in SENTENCES:
        have = {(named.kind.value, named.name) for named in found(names, text)}
        right, told, wanted = right + len(have & truth), told + len(have), wanted + len(truth)
        for kind, name in sorted(truth - have):
            print(f"  missed {kind} {name}")
        for kind, name in sorted(have - truth):
            print(f"  extra {kind} {name}")
    score = 2 * right / (told + wanted)
    print(f"sentences: {right} right of {told} told and {wanted} wanted, F1 {score:.2f}")
    return score >= GOAL_FOUND


def _corpus(names: NewNames, corpus: Path) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    taken = []
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            began = time.thread_time()
            counts.update((named.kind.value, named.name) for named in found(names, text))
            taken.append(time.thread_time() - began)
    taken.sort()
    last = taken[len(taken) * 99 // 100]
    print(
        f"corpus: {len(taken)} articles, median {statistics.median(taken) * 1000:.0f} ms, "
        f"99 % within {last * 1000:.0f} ms, {counts.total() / len(taken):.1f} names an article"
    )
    for (kind, name), articles in counts.most_common(30):
        print(f"  {articles:4} {kind:6} {name}")


def _seconds(names: NewNames, text: str) -> float:
    began = time.thread_time()
    found(names, text)
    return time.thread_time() - began


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
