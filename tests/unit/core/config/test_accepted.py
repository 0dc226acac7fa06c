"""What a sound configuration becomes."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.alerting.matches import Level
from core.config import LANGUAGES, LoadedConfig, load_config
from core.config.values import parse_duration
from core.sources import SourceKind

EVERYDAY = """\
# yaml-language-server: $schema=./watch.schema.json
database: sqlite:///data/wirewatch.db
crawl: {contact: "mailto:wire@our-desk.kg", concurrency: 16, per_host_delay: 1s}
network: {allow: ["127.0.0.1/32:8080", "[::1/128]:8080"]}
retention: {raw_pages: null}
sources:
  - {name: kloop, url: "https://kloop.example/"}
  - {name: azattyk, feed: "https://azattyk.example/api/feed", language: ky, tags: [independent, kg]}
  - {name: sledcom, url: "https://sledcom.example/news", every: 15m, proxy: "${TOR_PROXY:-}"}
concepts:
  migrant: {ru: [мигрант, приезжий], en: [migrant], uz: [muhojir, муҳожир]}
entities:
  bastrykin: {kind: person, ru: ["Александр Бастрыкин", Бастрыкин], en: [Bastrykin]}
rules:
  - id: naturalized-migrants
    title: Naturalized migrants and mobilization
    level: high
    when: $migrant AND (мобилизация OR mobilization)
    none: [футбол]
    sources: {tags: [independent]}
    tests: [{text: "Мигрант и мобилизация", match: true}]
receivers:
  - {name: desk, slack: {url: "${SLACK_WEBHOOK_URL}"}}
  - name: editors
    email: {to: [a@example.org], from: w@example.org, smtp: {host: localhost, port: 25}}
  - {name: case-system, webhook: {url: "https://example.org/hook", secret: "${WEBHOOK_SECRET}"}}
  - {name: terminal, console: {}}
routes:
  - {when: {level: high}, to: [desk, case-system, terminal]}
  - {when: {rules: ["*"], languages: [ru, ky]}, to: [editors]}
"""
ENVIRON = {"SLACK_WEBHOOK_URL": "https://hooks.example.org/T0", "WEBHOOK_SECRET": "whsec_c2VjcmV0"}


def load(directory: Path, text: str, environ: dict[str, str] | None = None) -> LoadedConfig:
    file = directory / "watch.yaml"
    file.write_text(text, encoding="utf-8")
    return load_config(file, environ=ENVIRON if environ is None else environ)


def test_an_everyday_configuration_loads_without_a_warning(tmp_path: Path) -> None:
    loaded = load(tmp_path, EVERYDAY)
    config = loaded.config
    assert loaded.warnings == ()
    assert [source.name for source in config.sources] == ["kloop", "azattyk", "sledcom"]
    azattyk = config.sources[1].to_source()
    assert (azattyk.kind, azattyk.language) == (SourceKind.FEED, "ky")
    assert azattyk.tags == {"independent", "kg"}
    assert config.sources[2].every == timedelta(minutes=15)
    assert config.sources[2].proxy == ()
    assert config.concepts["migrant"].terms["uz"] == ("muhojir", "муҳожир")
    assert config.entities["bastrykin"].kind == "person"
    assert config.entities["bastrykin"].terms["en"] == ("Bastrykin",)
    assert config.rules[0].level is Level.HIGH
    assert [receiver.kind for receiver in config.receivers] == [
        "slack", "email", "webhook", "console",
    ]  # fmt: skip
    assert config.receivers[0].slack is not None
    assert config.receivers[0].slack.url is not None
    assert config.receivers[0].slack.url.get_secret_value() == "https://hooks.example.org/T0"
    assert config.routes[0].when.level == (Level.HIGH,)
    assert config.retention.raw_pages is None


def test_an_almost_empty_file_gets_safe_defaults(tmp_path: Path) -> None:
    loaded = load(tmp_path, "rules:\n")
    crawl = loaded.config.crawl
    assert (crawl.concurrency, crawl.per_host_concurrency) == (16, 2)
    assert (crawl.per_host_delay, crawl.timeout) == (timedelta(seconds=1), timedelta(seconds=30))
    assert crawl.languages == LANGUAGES
    assert loaded.config.network.allow == ()
    assert loaded.config.retention.raw_pages == timedelta(days=90)
    assert loaded.config.sources == ()


def test_what_is_likely_an_oversight_is_a_warning(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "sources: [{name: kloop, url: 'https://kloop.example/'}]\nrules: [{id: a, any: [x]}]\n"
        "receivers: [{name: desk, console: {}}, {name: spare, console: {}}]\n"
        "routes: [{to: [desk]}]\n",
    )
    assert [problem.message for problem in loaded.warnings] == [
        "no `crawl.contact`: site owners cannot reach you, and some block such crawlers",
        "no route leads to receiver 'spare'",
    ]
    assert "no route leads to receiver 'spare'" in loaded.warning_text()


def test_a_relative_database_lies_beside_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    database = load(tmp_path, EVERYDAY).config.database.get_secret_value()
    assert database == f"sqlite:///{tmp_path.resolve()}/data/wirewatch.db"


@pytest.mark.parametrize(
    "url",
    ["sqlite:////var/lib/wirewatch/w.db", "sqlite:///:memory:", "postgresql+psycopg://w@db/w"],
)
def test_other_databases_stay_as_written(tmp_path: Path, url: str) -> None:
    assert load(tmp_path, f"database: '{url}'").config.database.get_secret_value() == url


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("${NAME}", "value"),
        ("a ${NAME} b ${NAME}", "a value b value"),
        ("${NAME:-other}", "value"),
        ("${EMPTY:-other}", "other"),
        ("${UNSET:-}", ""),
        ("${UNSET:-a:-b$c}", "a:-b$c"),
        ("$${NAME}", "${NAME}"),
        ("$NAME costs $5", "$NAME costs $5"),
        ("${TRICKY}", "x: [y]\n- z"),
        ("${NESTED}", "${NAME}"),
    ],
)
def test_variables_are_filled_in_after_parsing(tmp_path: Path, written: str, read: str) -> None:
    environ = {"NAME": "value", "EMPTY": "", "TRICKY": "x: [y]\n- z", "NESTED": "${NAME}"}
    config = load(tmp_path, f"rules: [{{id: a, any: [x], title: '{written}'}}]", environ).config
    assert config.rules[0].title == read


def test_the_process_environment_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREWATCH_TEST_TITLE", "from the environment")
    file = tmp_path / "watch.yaml"
    file.write_text("rules: [{id: a, any: [x], title: '${WIREWATCH_TEST_TITLE}'}]")
    assert load_config(file).config.rules[0].title == "from the environment"


def test_secret_files_are_read_beside_the_configuration_and_watched(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("https://hooks.example.org/T0\n")
    (tmp_path / "ca.pem").write_text("certificate")
    loaded = load(
        tmp_path,
        "receivers:\n  - {name: desk, slack: {url_file: hook}}\n  - name: mail\n    email:\n"
        "      {to: [a@b.example], from: c@d.example, smtp: {host: h, ca_file: ca.pem}}\n",
    )
    slack, mail = loaded.config.receivers[0].slack, loaded.config.receivers[1].email
    assert slack is not None
    assert slack.url is not None
    assert slack.url.get_secret_value() == "https://hooks.example.org/T0"
    assert mail is not None
    assert mail.smtp.ca_file == tmp_path / "ca.pem"
    assert loaded.files == (tmp_path / "watch.yaml", tmp_path / "hook", tmp_path / "ca.pem")


def test_files_that_receivers_write_stand_beside_the_configuration(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "receivers:\n  - {name: log, file: {path: alerts.jsonl}}\n"
        f"  - {{name: feed, atom: {{path: {tmp_path}/alerts.xml}}}}\n",
    )
    log, feed = loaded.config.receivers
    assert log.file is not None
    assert log.file.path == tmp_path / "alerts.jsonl"
    assert feed.atom is not None
    assert feed.atom.path == tmp_path / "alerts.xml"
    assert loaded.files == (tmp_path / "watch.yaml",)


def test_includes_add_to_lists_and_maps(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "a.yaml").write_text("concepts: {a: {ru: [а]}}\nrules: [{id: a, any: [$a]}]\n")
    (parts / "b.yaml").write_text(
        "include: [deeper/c.yaml]\nconcepts: {b: {ru: [б]}}\ncrawl: {timeout: 20s}\n"
    )
    (parts / "deeper").mkdir()
    (parts / "deeper" / "c.yaml").write_text("rules: [{id: c, any: [x]}]\nsources:\n")
    loaded = load(
        tmp_path,
        "include: [parts/*.yaml]\ncrawl: {contact: 'mailto:a@b.example'}\nrules:\n"
        "concepts: {main: {ru: [в]}}\n",
    )
    assert set(loaded.config.concepts) == {"main", "a", "b"}
    assert [rule.id for rule in loaded.config.rules] == ["a", "c"]
    assert loaded.config.crawl.timeout == timedelta(seconds=20)
    assert loaded.config.crawl.contact == "mailto:a@b.example"
    assert [file.name for file in loaded.files] == ["watch.yaml", "a.yaml", "b.yaml", "c.yaml"]


def test_files_that_include_each_other_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("include: [watch.yaml, other.yaml, ./other.yaml]\n")
    loaded = load(tmp_path, "include: [other.yaml, '*.yaml']\nrules: [{id: a, any: [x]}]\n")
    assert len(loaded.files) == 2
    assert len(loaded.config.rules) == 1


def test_an_absolute_include_works_with_and_without_a_star(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.yaml").write_text("rules: [{id: one, any: [x]}]")
    for pattern in (f"{tmp_path}/a/one.yaml", f"{tmp_path}/a/*.yaml", f"{tmp_path}/**/one.yaml"):
        assert len(load(tmp_path, f"include: ['{pattern}']").config.rules) == 1


def test_the_fingerprint_follows_meaning_not_layout(tmp_path: Path) -> None:
    first = load(tmp_path, "rules: [{id: a, any: [x]}]").fingerprint
    assert load(tmp_path, "# moved\nrules:\n  - any: ['x']\n    id: a\n").fingerprint == first
    assert load(tmp_path, "rules: [{id: a, any: [y]}]").fingerprint != first
    variable = "rules: [{id: a, any: ['${X}']}]"
    assert load(tmp_path, variable, {"X": "x"}).fingerprint == first


@pytest.mark.parametrize(
    "text", ["\ufeffrules:\n", "rules:\r\n", "---\nrules:\n...\n", "rules: NULL"]
)
def test_harmless_ways_to_write_yaml_are_read(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text).config.rules == ()


def test_values_stay_as_written(tmp_path: Path) -> None:
    config = load(
        tmp_path, "rules: [{id: 007, any: [12:30:00, yes, 1e3, 0x1F, 2026-01-01]}]"
    ).config
    assert config.rules[0].id == "007"
    assert config.rules[0].any == ("12:30:00", "yes", "1e3", "0x1F", "2026-01-01")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("250ms", 0.25), ("30s", 30), ("1.5h", 5400), ("1h30m", 5400), ("2w", 1209600), ("0s", 0)],
)
def test_durations_are_read_with_their_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "30", "s", "-5s", "1 h", "1h 30m", "5y", "1e3s", "٣s", "9" * 30 + "w"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@settings(deadline=None)
@given(st.text(max_size=20))
def test_no_text_crashes_the_duration_reader(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_duration(text) >= timedelta()


@pytest.mark.parametrize(
    "mailbox",
    [
        "a@example.org",
        "Desk <a@example.org>",
        '"Desk, Night" <a@b.example>',
        "Дежурный <a@b.example>",
    ],
)
def test_mail_addresses_with_and_without_a_name_are_accepted(tmp_path: Path, mailbox: str) -> None:
    text = f"{{to: ['{mailbox}'], from: '{mailbox}', smtp: {{host: h}}}}"
    config = load(tmp_path, f"receivers: [{{name: a, email: {text}}}]").config
    assert config.receivers[0].email is not None
    assert config.receivers[0].email.to == (mailbox,)
