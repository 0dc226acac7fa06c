"""A secret appears in no error, repr or dump, however it was written and whatever is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import ConfigError, LoadedConfig, load_config
from core.config.watch import WatchConfig

SECRET = "correct-horse.battery"

SOUND = """\
database: postgresql+psycopg://wirewatch:{s}@localhost/wirewatch
crawl: {{contact: "mailto:desk@example.org"}}
sources:
  - {{name: kloop, url: "https://kloop.example/", proxy: "http://user:{s}@proxy.example:8080"}}
receivers:
  - {{name: desk, slack: {{url: "https://hooks.example.org/{s}"}}}}
  - name: editors
    email:
      to: [a@example.org]
      from: w@example.org
      smtp: {{host: mail.example, username: w, password: "{s}"}}
  - {{name: cases, webhook: {{url: "https://cases.example/{s}", secret: "{s}"}}}}
"""

MISTAKES = {
    "unknown key beside it": "receivers: [{name: d, slack: {url: 'https://h.ex/%s', bogus: 1}}]",
    "misspelt": "receivers: [{name: d, email: {smtp: {host: x, pasword: '%s'}}}]",
    "misspelt in another case": "receivers: [{name: d, email: {smtp: {host: x, PASSWORD: '%s'}}}]",
    "misspelt proxy": "sources: [{name: a, url: 'https://a.example', prxy: 'http://%s'}]",
    "misspelt database": "databse: 'postgresql://w:%s@h/w'",
    "misspelt section": "recievers: [{name: d, webook: {url: 'https://h.example/%s'}}]",
    "wrong section": "webhook: {url: 'https://h.example/%s'}",
    "twice": "receivers: [{name: d, webhook: {secret: a-secret, secret: '%s'}}]",
    "a list": "receivers: [{name: d, webhook: {secret: ['%s']}}]",
    "a map": "receivers: [{name: d, webhook: {secret: {'%s': x}}}]",
    "in place of a section": "receivers: [{name: d, webhook: 'https://h.example/%s'}]",
    "in place of a receiver": "receivers: ['https://h.example/%s']",
    "in place of the receivers": "receivers: 'https://h.example/%s'",
    "an address that is none": "receivers: [{name: d, slack: {url: 'hooks.example.org/%s'}}]",
    "a proxy that is none": "sources: [{name: a, url: 'https://a.example', proxy: 'socks://%s'}]",
    "a database that is none": "database: mysql://w:%s@localhost/w",
    "a tag": "receivers: [{name: d, webhook: {secret: !%s , bogus: 1}}]",
    "an anchor": "receivers: [{name: d, webhook: {secret: &%s , bogus: 1}}]",
    "an alias": "receivers: [{name: d, webhook: {secret: *%s , bogus: 1}}]",
    "cut by a comment sign": "receivers:\n  - {name: d, webhook: {bogus: 1, secret: x #%s\n  }}",
    "as the default of a variable": "receivers: [{name: d, webhook: {x: 1, secret: '${X:-%s}'}}]",
    "behind a variable": "receivers: [{name: d, webhook: {bogus: 1, secret: '${TOKEN}%s'}}]",
    "a block": "receivers:\n- name: d\n  webhook:\n    secret: |\n      %s\n    url: |\n      %s",
    "a login in a public address": "sources: [{name: a, feed: 'https://w:%s@a.example'}]",
    "as the path of a secret file": "receivers: [{name: d, slack: {url_file: 'https://h.example/%s'}}]",
    "a second document": "a: 1\n--- {receivers: [{name: d, webhook: {secret: '%s'}}]}",
    "beside a key that is no text": "receivers: [{name: d, webhook: {secret: '%s', [a]: '%s'}}]",
    "in a list at the top": "- {password: '%s'}",
    "alone in the file": "%s",
    "an ini file": "password = %s\nhost = x",
    "a broken map": "receivers:\n  - {name: d, webhook: {secret: %s\n  - {",
    "an open quote": 'receivers:\n  - name: d\n    webhook:\n      secret: "%s\n      url: x',
    "after a tab": "receivers:\n  - name: d\n    webhook:\n\tsecret: %s",
    "with a colon": "receivers:\n  - name: d\n    webhook:\n      secret: %s: x: y",
    "after an @": "receivers:\n  - name: d\n    webhook:\n      secret: @%s",
    "on a line of its own": 'receivers:\n  - name: d\n    webhook: {secret: "\n    %s\n   }',
    "beside a control character": "receivers: [{name: d, webhook: {secret: '\x1b%s'}}]",
    "too deep": "[" * 60 + "'%s'",
}


def message_of(directory: Path, text: str, environ: dict[str, str] | None = None) -> str:
    file = directory / "watch.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file, environ={"TOKEN": SECRET, **(environ or {})})
    problems = " ".join(f"{problem.message} {problem.hint}" for problem in caught.value.problems)
    return f"{caught.value} {caught.value!r} {caught.value.args} {problems}"


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_secret_on_a_wrong_line_is_not_shown(tmp_path: Path, text: str) -> None:
    said = message_of(tmp_path, text.replace("%s", SECRET))
    assert "horse" not in said
    assert "battery" not in said


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES.keys())
def test_what_a_variable_held_is_not_shown(tmp_path: Path, text: str) -> None:
    said = message_of(tmp_path, text.replace("%s", "${TOKEN}"))
    assert "horse" not in said


def test_a_file_that_is_not_utf8_shows_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_bytes(f"smtp: {{password: {SECRET}}} # связь".encode("cp1251"))
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert "horse" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "routes: [{to: ['${TOKEN}']}]",
        "sources: [{name: '${TOKEN}', url: x}]",
        "rules: [{id: a, any: [x], sources: {names: ['${TOKEN}']}}]",
        "concepts: {c: {'${TOKEN}': [x]}}\nrules: [{id: a, sources: {tags: ['${TOKEN}']}}]",
        "include: ['${TOKEN}']",
        "include: ['${TOKEN}/*']\ncrawl: x",
        "network: {allow: ['${TOKEN}']}",
        "receivers: [{name: d, webhook: {url: 'https://h.example/x', secret_file: '${TOKEN}'}}]",
        "receivers: [{name: '${TOKEN}', console: {}}, {name: '${TOKEN}', console: {}}]",
    ],
)
def test_a_variable_in_the_wrong_field_is_named_not_shown(tmp_path: Path, text: str) -> None:
    assert "horse" not in message_of(tmp_path, text)


def loaded(directory: Path, how: str, secret: str) -> LoadedConfig:
    """Load the sound configuration with its secrets inline, in a variable or in files."""
    file = directory / "watch.yaml"
    environ = {}
    text = SOUND.format(s=secret)
    if how == "variable":
        environ["TOKEN"] = secret
        text = SOUND.format(s="${TOKEN}")
    elif how == "file":
        (directory / "secret").write_text(f"https://h.example/{secret}\n")
        text = SOUND.format(s="${TOKEN}").replace("password:", "password_file:")
        text = text.replace("url: ", "url_file: ").replace("secret: ", "secret_file: ")
        text = text.replace("proxy: ", "proxy_file: ").replace("database: ", "database_file: ")
        lines = [line if "_file: " not in line else _with_file(line) for line in text.splitlines()]
        text = "\n".join(lines).replace('url_file: "https://kloop.example/"', "url: https://k.e/")
        (directory / "proxy").write_text(f"socks5h://user:{secret}@proxy.example:1080\n")
        (directory / "database").write_text(f"postgresql+psycopg://w:{secret}@localhost/w\n")
    file.write_text(text, encoding="utf-8")
    return load_config(file, environ=environ)


def _with_file(line: str) -> str:
    """Point every secret of a line at a file that holds it."""
    if line.startswith("database_file"):
        return "database_file: database"
    if "proxy_file: " in line:
        return '  - {name: kloop, url: "https://kloop.example/", proxy_file: proxy}'
    line = line.replace('url_file: "https://kloop.example/"', "url: https://kloop.example/")
    for value in (
        '"http://user:${TOKEN}@proxy.example:8080"',
        '"https://hooks.example.org/${TOKEN}"',
        '"https://cases.example/${TOKEN}"',
        '"${TOKEN}"',
    ):
        line = line.replace(value, "secret")
    return line


@pytest.mark.parametrize("how", ["inline", "variable", "file"])
def test_a_loaded_configuration_shows_no_secret(tmp_path: Path, how: str) -> None:
    result = loaded(tmp_path, how, SECRET)
    shown = [
        repr(result),
        str(result),
        result.warning_text(),
        repr(result.config),
        str(result.config.model_dump()),
        json.dumps(result.config.model_dump(mode="json")),
        result.config.model_dump_json(),
        repr(result.config.sources[0].to_source()),
    ]
    assert not any("horse" in text for text in shown)


@pytest.mark.parametrize("how", ["inline", "variable", "file"])
def test_a_loaded_configuration_holds_its_secrets(tmp_path: Path, how: str) -> None:
    config = loaded(tmp_path, how, SECRET).config
    smtp = config.receivers[1].email
    hook = config.receivers[2].webhook
    assert smtp is not None
    assert smtp.smtp.password is not None
    assert smtp.smtp.password.get_secret_value().endswith(SECRET)
    assert hook is not None
    assert hook.secret is not None
    assert hook.secret.get_secret_value().endswith(SECRET)
    assert SECRET in config.database.get_secret_value()


@settings(deadline=None)
@given(
    secret=st.text("abcxyzЖ019!@$%^&*()_+=;:<>?/\\|~`{}[]#,. -'\"", min_size=8).filter(
        lambda text: sum(char.isalnum() for char in text) >= 6
    ),
    quote=st.sampled_from(['"', "'", "", "|\n          "]),
    tail=st.sampled_from(
        ["", "\n      bogus: 1", " }", "\n   x", '\n      tls: "'],
    ),
)
def test_no_way_to_write_a_password_shows_it(
    tmp_path_factory: pytest.TempPathFactory, secret: str, quote: str, tail: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "secret.yaml"
    closing = quote if len(quote) == 1 else ""
    file.write_text(
        "crawl: {contct: x}\nreceivers:\n  - name: editors\n    email:\n     smtp:\n"
        f"      password: {quote}{secret}{closing}{tail}\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_config(file, environ={"abc": "environment"})
    assert secret not in str(caught.value)


def test_an_untouched_model_shows_no_default_database() -> None:
    assert "wirewatch.db" not in repr(WatchConfig())
