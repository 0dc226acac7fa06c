"""Channels read by an account: polls, Telegram's wish to wait, the login and its file."""

from __future__ import annotations

import os
import pty
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from telethon import errors
from telethon.crypto import AuthKey
from telethon.sessions import StringSession
from telethon.tl import types

from core.articles import ArticleEvent, FetchedPage
from core.clock import FixedClock
from core.config import ConfigError, load_config
from core.config.sections.telegram_account import TelegramAccountSection
from core.config.watch import WatchConfig
from core.failures import FailureKind
from core.sources import Source, SourceKind, SourceState, Validators
from crawler.account.account_login import opened_by
from crawler.account.account_pages import AccountPages
from crawler.account.account_polls import AccountPolls
from crawler.account.channel_client import AccountError, ChannelClient, ChannelMessages
from crawler.account.login_port import AccountLogin, LoginRefused
from crawler.account.post_mapping import channel_messages
from crawler.account.telethon_client import failures, proxy_of
from crawler.context import keep_schedule
from crawler.counts import CrawlCounts
from crawler.parse.article_reader import Reader
from crawler.parse.document_reader import DocumentReader
from crawler.parse.sandbox import Sandbox
from crawler.polls import PollContext, poll_for
from crawler.queue import PollSource
from crawler.record.article_recording import ArticleRecording
from crawler.record.poll_recording import PollRecording
from desk.telegram_account import Answers, TelegramLoginError, logged_in, section_for_login
from storage import Store, open_store
from tests.integration.children import WIREWATCH, child_environment, wirewatch
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON

CHANNEL = types.Channel(
    id=77, title="Вестник", photo=types.ChatPhotoEmpty(), date=NOON, username="outlet",
    broadcast=True,
)  # fmt: skip
SECTION = {"api_id": 12345, "api_hash": "0123456789abcdef", "session": "telegram.session"}


def flood(seconds: int) -> AccountError:
    with pytest.raises(AccountError) as raised, failures():
        raise errors.FloodWaitError(None, seconds)
    return raised.value


class Channel:
    """A channel at Telegram, answering in telethon's values."""

    def __init__(self) -> None:
        self.posts: dict[int, str] = {}
        self.trouble: list[AccountError] = []
        self.asked: list[int | None] = []
        self.opened = 0

    async def open(self) -> ChannelClient:
        self.opened += 1
        return self

    async def messages(self, name: str, before: int | None) -> ChannelMessages:
        assert name == "outlet"
        self.asked.append(before)
        if self.trouble:
            raise self.trouble.pop()
        numbers = [n for n in sorted(self.posts, reverse=True) if before is None or n < before]
        newest = [
            types.Message(id=n, peer_id=types.PeerChannel(77), date=NOON, message=self.posts[n])
            for n in numbers[:100]
        ]
        return channel_messages(CHANNEL, newest, [CHANNEL], more=len(numbers) > 100)

    async def close(self) -> None:
        pass


class Watch:
    """A monitor of that channel."""

    source = Source(
        name="outlet", kind=SourceKind.TELEGRAM, url="https://t.me/s/outlet", by_account=True
    )

    def __init__(self, store: Store, sandbox: Sandbox, channel: Channel, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        crawl, counts = WatchConfig().crawl, CrawlCounts()
        self.context = PollContext(
            DocumentReader(sandbox),
            PollRecording(store, clock, keep_schedule, counts, 500),
            ArticleRecording(store, Reader(sandbox, crawl), crawl, clock, counts, lambda: None),
            crawl.languages,
            clock,
        )
        self.pages = AccountPages(channel.open, clock, timedelta(seconds=20), pause=0.0)
        store.sync_sources([self.source])

    async def poll(self) -> SourceState:
        (state,) = self.store.source_states()
        await AccountPolls(self.pages).run(poll_for(self.context, PollSource(self.source, state)))
        (after,) = self.store.source_states()
        return after

    def articles(self) -> dict[str, str]:
        return {str(found.data.url): found.data.text for found in self.store.articles().items}

    def events(self) -> dict[str, list[ArticleEvent]]:
        return {
            found.data.url: [version.event for version in self.store.versions(found.id)]
            for found in sorted(self.store.articles().items, key=lambda found: found.data.url)
        }


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1, 20.0, 768) as opened:
        yield opened


@pytest.fixture
def channel() -> Channel:
    return Channel()


@pytest.fixture
def watch(tmp_path: Path, sandbox: Sandbox, channel: Channel) -> Iterator[Watch]:
    clock = FixedClock(NOON)
    with open_store(empty_database(tmp_path / "archive.db"), clock=clock) as store:
        yield Watch(store, sandbox, channel, clock)


async def test_posts_are_articles_and_edits_and_deletions_are_noticed(
    watch: Watch, channel: Channel
) -> None:
    channel.posts = {n: f"Суд вынес решение номер {n} по делу журналистов." for n in range(3, 6)}
    await watch.poll()
    assert set(watch.articles()) == {f"https://t.me/outlet/{n}" for n in range(3, 6)}
    channel.posts[5] = "Суд отменил своё решение по делу журналистов."
    del channel.posts[4]
    await watch.poll()
    assert watch.articles()["https://t.me/outlet/5"] == channel.posts[5]
    assert watch.events() == {
        "https://t.me/outlet/3": [ArticleEvent.PUBLISHED],
        "https://t.me/outlet/4": [ArticleEvent.PUBLISHED, ArticleEvent.REMOVED],
        "https://t.me/outlet/5": [ArticleEvent.PUBLISHED, ArticleEvent.EDITED],
    }


async def test_nothing_is_new_or_edited_when_the_preview_opens(
    watch: Watch, channel: Channel
) -> None:
    channel.posts = {n: f"Суд вынес  решение {n}.\n\nПо делу журналистов." for n in (3, 4)}
    await watch.poll()
    shown = "".join(
        f'<div class="tgme_widget_message" data-post="outlet/{n}"><div class='
        f'"tgme_widget_message_text">Суд вынес решение {n}.<br><br>По делу журналистов.</div></div>'
        for n in (3, 4)
    )
    title = '<div class="tgme_channel_info_header_title">Вестник</div>'
    page = FetchedPage(
        url=watch.source.url,
        final_url=watch.source.url,
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"),),
        body=f"<html><body>{title}{shown}</body></html>".encode(),
        fetched_at=NOON,
    )
    (state,) = watch.store.source_states()
    opened = replace(watch.source, by_account=False)
    await poll_for(watch.context, PollSource(opened, state)).answered(page, Validators())
    assert list(watch.events().values()) == [[ArticleEvent.PUBLISHED]] * 2


async def test_more_than_one_answer_of_posts_is_read_to_its_end(
    watch: Watch, channel: Channel
) -> None:
    channel.posts = {1: "Суд вынес решение по делу журналистов."}
    await watch.poll()
    channel.posts |= {n: f"Суд вынес решение номер {n}." for n in range(2, 202)}
    state = await watch.poll()
    assert channel.asked == [None, None, 102, 2]
    assert len(watch.store.articles(limit=500).items) == 201
    assert state.last_gap is not None


async def test_a_wish_to_wait_is_heeded_for_every_channel_until_it_ends(
    watch: Watch, channel: Channel
) -> None:
    channel.trouble = [flood(300)]
    state = await watch.poll()
    assert (state.last_failure, state.last_status_code) == (FailureKind.HTTP, 429)
    assert state.last_error == "http: Telegram asks this account to wait 300 s"
    failure = await watch.pages.answer("https://t.me/s/another")
    assert failure.retry_after == 300.0  # type: ignore[union-attr]
    assert channel.asked == [None]
    watch.clock.advance(timedelta(seconds=301))
    channel.posts = {1: "Суд вынес решение по делу журналистов."}
    state = await watch.poll()
    assert (state.last_error, channel.opened) == (None, 1)


def test_what_telethon_raises_is_a_failure_with_a_reason() -> None:
    for raised, kind, said in [
        (errors.AuthKeyUnregisteredError(None), FailureKind.DOCUMENT, "wirewatch telegram login"),
        (errors.ChannelPrivateError(None), FailureKind.DOCUMENT, "private"),
        (errors.UsernameNotOccupiedError(None), FailureKind.DOCUMENT, "no channel of this name"),
        (ConnectionError("10.0.0.1"), FailureKind.CONNECT, "cannot be reached"),
        (TimeoutError(), FailureKind.TIMEOUT, "did not answer"),
    ]:
        with pytest.raises(AccountError) as found, failures():
            raise raised
        assert found.value.failure.kind is kind
        assert said in found.value.failure.detail


def login_text() -> str:
    session = StringSession()
    session.set_dc(2, "149.154.167.51", 443)
    session.auth_key = AuthKey(os.urandom(256))
    return str(session.save())


@pytest.mark.parametrize(
    ("mode", "text", "said"),
    [
        (None, "", "no account is logged in"),
        (0o640, "x", "others may read the login"),
        (0o600, "no login", "the file of the login holds none"),
    ],
)
async def test_a_login_that_is_none_is_said(
    tmp_path: Path, mode: int | None, text: str, said: str
) -> None:
    path = tmp_path / "telegram.session"
    if mode is not None:
        path.write_text(text)
        path.chmod(mode)
    section = TelegramAccountSection.model_validate({**SECTION, "session": str(path)})
    with pytest.raises(AccountError, match=said):
        await opened_by(section)()


class Login:
    """Telegram, as one logs in there."""

    def __init__(self, password: str = "") -> None:
        self.password, self.given, self.closed = password, list[str](), False

    async def send_code(self, phone: str) -> None:
        self.given.append(phone)

    async def sign_in(self, code: str) -> bool:
        self.given.append(code)
        if code == "wrong":
            raise LoginRefused("Telegram says PHONE_CODE_INVALID")
        return not self.password

    async def give_password(self, password: str) -> None:
        assert password == self.password

    def session(self) -> str:
        return login_text()

    async def close(self) -> None:
        self.closed = True


def answers(code: str = "12345", password: str = "") -> Answers:
    return Answers(lambda: "+996700000000", lambda: code, lambda: password)


def section_in(folder: Path) -> TelegramAccountSection:
    path = str(folder / "telegram.session")
    return TelegramAccountSection.model_validate({**SECTION, "session": path})


@pytest.mark.parametrize("password", ["", "hunter2"])
async def test_a_login_is_its_owners_alone_and_not_written_over(
    tmp_path: Path, password: str
) -> None:
    section, login = section_in(tmp_path), Login(password)

    def begin(_section: TelegramAccountSection) -> AccountLogin:
        return login

    old = os.umask(0)
    try:
        path = await logged_in(begin, section_for_login(section), answers(password=password))
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert StringSession(path.read_text().strip()).auth_key is not None
    assert (login.given, login.closed) == (["+996700000000", "12345"], True)
    with pytest.raises(TelegramLoginError, match="holds a login already"):
        section_for_login(section)


async def test_a_wrong_code_leaves_no_file(tmp_path: Path) -> None:
    login = Login()
    with pytest.raises(LoginRefused):
        await logged_in(lambda _: login, section_in(tmp_path), answers("wrong"))
    assert login.closed
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - nothing hidden either


def written(folder: Path, more: str = "") -> Path:
    path = folder / "watch.yaml"
    path.write_text(
        "telegram: {api_id: '${API_ID:-12345}', api_hash_file: hash, session: telegram.session}\n"
        f"sources: [{{name: closed, telegram: closedchannel, account: true{more}}}]\n"
    )
    (folder / "hash").write_text("0123456789abcdef")
    return path


def test_the_configuration_names_the_account_and_its_file(tmp_path: Path) -> None:
    loaded = load_config(written(tmp_path))
    section = loaded.config.telegram
    assert section is not None
    assert Path(section.session) == tmp_path / "telegram.session"
    assert section.api_hash.get_secret_value() == "0123456789abcdef"
    assert loaded.config.sources[0].to_source().by_account


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", render: true", "`account` does not go with `render`"),
        (", proxy: 'socks5://127.0.0.1:9050'", "`account` does not go with `proxy`"),
    ],
)
def test_an_account_has_a_way_of_its_own(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_config(written(tmp_path, more))


def test_an_account_needs_its_section(tmp_path: Path) -> None:
    path = tmp_path / "watch.yaml"
    path.write_text("sources: [{name: closed, telegram: closedchannel, account: true}]\n")
    with pytest.raises(ConfigError, match="needs the section `telegram`"):
        load_config(path)


def test_without_the_extra_the_configuration_says_what_to_install(tmp_path: Path) -> None:
    without = (
        "import sys; sys.modules['telethon'] = None\n"
        "import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'telethon' else real(name, *more)\n"
        "from cli.main import main; main()"
    )
    path = written(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", without, "check", "-c", str(path)],
        capture_output=True, text=True, env=child_environment(), check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "pip install 'wirewatch[telegram]'" in done.stdout + done.stderr


def test_nothing_of_telethon_is_imported_where_no_account_is_used(tmp_path: Path) -> None:
    asked = (
        "import sys, crawler.service, crawler.spiders.watch, desk.telegram_account, cli.main\n"
        "print([name for name in sys.modules if name.startswith('telethon')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True, text=True, cwd=tmp_path, env=child_environment(), check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_the_login_warns_and_is_asked_at_a_terminal_only(tmp_path: Path) -> None:
    done = wirewatch("telegram", "login", "-c", str(written(tmp_path)), cwd=tmp_path)
    assert done.status == 1
    assert "limit or ban this account" in done.out
    assert "full key to the account" in done.out
    assert "this is none" in done.err
    assert not (tmp_path / "telegram.session").exists()


def test_a_person_who_does_not_say_yes_is_not_logged_in(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*WIREWATCH, "telegram", "login", "-c", str(written(tmp_path))],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=child_environment(),
    )  # fmt: skip
    os.write(ours, b"no\n")
    said, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 1
    assert b"nothing was done" in said
    assert not (tmp_path / "telegram.session").exists()


def test_a_proxy_is_given_as_telethon_takes_it() -> None:
    found: Any = proxy_of("socks5h://a%40b:c@127.0.0.1:9050")
    assert (found["proxy_type"], found["addr"], found["port"]) == ("socks5", "127.0.0.1", 9050)
    assert (found["username"], found["password"], found["rdns"]) == ("a@b", "c", True)
    assert proxy_of(None) is None
