"""The newsroom and the inbox over real sockets."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from core.clock import FixedClock
from demo.catalogue import built_in_outlets
from demo.desk import NewsroomError
from demo.inbox import Answer, Inbox, Post, read_log
from demo.loopback import LoopbackError, bind_hosts
from demo.newsroom import Newsroom
from demo.outlets import FeedFormat, Outlet, Story
from demo.process import inbox_process, newsroom_process
from demo.recorder import NotSeenError
from demo.synthetic import synthetic_outlet

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAIN = Outlet(slug="gazette", name="Gazette", language="en", page_bytes=20_000)
STORY = Story(
    slug="bridge",
    title="The bridge is open",
    paragraphs=("People walked across it.", "Some ran."),
    language="en",
    authors=("Ann Lee",),
)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=10) as client:
        yield client


def outlet(**changes: object) -> Outlet:
    return replace(PLAIN, **changes)  # type: ignore[arg-type]


def test_each_outlet_is_a_host_of_its_own(client: httpx.Client) -> None:
    with Newsroom([outlet(), outlet(slug="second", name="Second")]) as newsroom:
        hosts = {urlsplit(url).hostname for url in newsroom.urls.values()}
        assert hosts == {"127.0.0.1", "127.0.0.2"}
        assert "Gazette" in client.get(newsroom.home_url("gazette")).text
        assert "Second" in client.get(newsroom.home_url("second")).text
        assert newsroom.allow == tuple(
            f"{urlsplit(url).hostname}/32:{urlsplit(url).port}" for url in newsroom.urls.values()
        )


def test_outlets_share_an_address_where_neighbours_cannot_be_bound() -> None:
    # 128.0.0.0 comes after the last loopback addresses, and is nobody's here.
    sockets = bind_hosts("127.255.255.254", 0, 3)
    try:
        places = [listener.getsockname() for listener in sockets]
        assert {address for address, _ in places} == {"127.255.255.254"}
        assert len({port for _, port in places}) == 3
    finally:
        for listener in sockets:
            listener.close()


def test_taken_port_is_an_error_with_the_place() -> None:
    with (
        Newsroom([PLAIN]) as newsroom,
        pytest.raises(LoopbackError, match=r"cannot listen on 127\.0\.0\.1 port \d+"),
    ):
        Newsroom([PLAIN], port=urlsplit(newsroom.home_url("gazette")).port or 0)


def test_published_story_is_on_its_page_the_homepage_and_in_the_feed(client: httpx.Client) -> None:
    with Newsroom([PLAIN]) as newsroom:
        empty = client.get(newsroom.feed_url("gazette"))
        url = newsroom.publish("gazette", STORY)
        assert url not in empty.text
        assert url in client.get(newsroom.feed_url("gazette")).text
        assert url in client.get(newsroom.home_url("gazette")).text
        page = client.get(url)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert all(text in page.text for text in (STORY.title, *STORY.paragraphs, "Ann Lee"))
        assert newsroom.story_url("gazette", "bridge") == url


def test_edited_story_has_another_etag(client: httpx.Client) -> None:
    with Newsroom([PLAIN]) as newsroom:
        url = newsroom.publish("gazette", STORY)
        first = client.get(url)
        newsroom.edit("gazette", "bridge", title="The bridge is closed")
        second = client.get(url, headers={"if-none-match": first.headers["etag"]})
        assert second.status_code == 200
        assert "The bridge is closed" in second.text
        assert second.headers["etag"] != first.headers["etag"]


def test_unchanged_feed_and_page_answer_304(client: httpx.Client) -> None:
    with Newsroom([PLAIN]) as newsroom:
        newsroom.publish("gazette", STORY)
        for url in (newsroom.feed_url("gazette"), newsroom.story_url("gazette", "bridge")):
            first = client.get(url)
            by_tag = client.get(url, headers={"if-none-match": first.headers["etag"]})
            since = {"if-modified-since": first.headers["last-modified"]}
            by_date = client.get(url, headers=since)
            assert (by_tag.status_code, by_tag.content) == (304, b"")
            assert by_date.status_code == 304
            assert by_tag.headers["etag"].removeprefix("W/") in first.headers["etag"]


def test_publication_ends_the_304s(client: httpx.Client) -> None:
    with Newsroom([PLAIN]) as newsroom:
        feed = newsroom.feed_url("gazette")
        tag = {"if-none-match": client.get(feed).headers["etag"]}
        assert client.get(feed, headers=tag).status_code == 304
        newsroom.publish("gazette", STORY)
        assert client.get(feed, headers=tag).status_code == 200


def test_changing_etag_is_never_the_same(client: httpx.Client) -> None:
    with Newsroom([outlet(changing_etag=True)]) as newsroom:
        first, second = (client.get(newsroom.feed_url("gazette")) for _ in range(2))
        assert first.headers["etag"] != second.headers["etag"]
        assert first.content == second.content
        again = {"if-none-match": second.headers["etag"]}
        assert client.get(newsroom.feed_url("gazette"), headers=again).status_code == 200


def test_story_of_the_timetable_appears_when_the_clock_reaches_it(client: httpx.Client) -> None:
    clock = FixedClock(NOON)
    worker = built_in_outlets()[0]
    with Newsroom([worker], clock=clock) as newsroom:
        feed = newsroom.feed_url(worker.slug)
        assert "turned back" not in client.get(feed).text
        clock.advance(timedelta(seconds=2))
        assert "turned back" in client.get(feed).text
        page = client.get(newsroom.story_url(worker.slug, "new-citizens-turned-back-at-border"))
        assert "Add a Comment" in page.text
        assert page.text.count("More on this story") == 1
        assert newsroom.story_url(worker.slug, "remittances-fall") in page.text
        assert 100_000 < len(page.content) < 150_000


def test_every_built_in_page_feed_and_homepage_answers(client: httpx.Client) -> None:
    calm = [replace(outlet, fail_first=0, fail_every=0, delay=0) for outlet in built_in_outlets()]
    client.follow_redirects = True
    with Newsroom(calm, pace=0) as newsroom:
        for outlet in calm:
            feed = client.get(newsroom.feed_url(outlet.slug))
            home = client.get(newsroom.home_url(outlet.slug))
            robots = client.get(newsroom.home_url(outlet.slug) + "robots.txt")
            assert (feed.status_code, home.status_code, robots.status_code) == (200, 200, 200)
            assert outlet.charset in feed.headers["content-type"] or outlet.feed_format == "json"
            assert ('rel="alternate"' in home.text) is outlet.advertises_feed
            for scheduled in outlet.stories:
                url = newsroom.story_url(outlet.slug, scheduled.story.slug)
                text = client.get(url).content.decode(outlet.charset)
                assert scheduled.story.title.split()[0] in text
                assert 0.75 < len(client.get(url).content) / outlet.page_bytes < 1.25


def test_windows_1251_page_names_its_charset_in_the_markup_only(client: httpx.Client) -> None:
    old = outlet(language="ru", layout="bitrix", charset="windows-1251")
    with Newsroom([old]) as newsroom:
        page = client.get(newsroom.publish("gazette", replace(STORY, title="Мост открыт")))
        assert page.headers["content-type"] == "text/html"
        assert b"charset=windows-1251" in page.content
        assert "Мост открыт" in page.content.decode("windows-1251")


def test_moved_feed_and_article_links_redirect(client: httpx.Client) -> None:
    moving = outlet(feed_path="/new.xml", feed_moved_from="/old.xml", links_redirect=True)
    with Newsroom([moving]) as newsroom:
        url = newsroom.publish("gazette", STORY)
        base = newsroom.urls["gazette"]
        moved = client.get(f"{base}/old.xml")
        assert (moved.status_code, moved.headers["location"]) == (301, f"{base}/new.xml")
        assert url not in client.get(f"{base}/new.xml").text
        (link,) = re.findall(r"<link>(.+/go/.+)</link>", client.get(f"{base}/new.xml").text)
        followed = client.get(link)
        assert (followed.status_code, followed.headers["location"]) == (302, url)


def test_unknown_path_is_404_and_post_is_405(client: httpx.Client) -> None:
    with Newsroom([outlet(links_redirect=True)]) as newsroom:
        base = newsroom.urls["gazette"]
        assert client.get(f"{base}/nothing").status_code == 404
        assert client.get(f"{base}/go/1").status_code == 404
        assert client.post(f"{base}/").status_code == 405
        head = client.head(f"{base}/")
        assert (head.status_code, head.content) == (200, b"")


def test_asked_for_failures_come_first_and_spare_robots(client: httpx.Client) -> None:
    with Newsroom([PLAIN]) as newsroom:
        newsroom.fail_next("gazette", 503, times=2, retry_after=7)
        base = newsroom.urls["gazette"]
        assert client.get(f"{base}/robots.txt").status_code == 200
        answers = [client.get(f"{base}/") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [503, 503, 200]
        assert answers[0].headers["retry-after"] == "7"
        newsroom.fail_next("gazette", 500, path="/robots.txt")
        assert client.get(f"{base}/").status_code == 200
        assert client.get(f"{base}/robots.txt").status_code == 500


def test_failing_outlet_fails_at_its_own_rate(client: httpx.Client) -> None:
    with Newsroom([outlet(fail_first=2, fail_every=3, retry_after=4)]) as newsroom:
        answers = [client.get(newsroom.home_url("gazette")) for _ in range(8)]
        assert [a.status_code for a in answers] == [503, 503, 200, 200, 503, 200, 200, 503]
        assert answers[0].headers["retry-after"] == "4"


def test_delayed_outlet_does_not_hold_up_the_others(client: httpx.Client) -> None:
    with (
        Newsroom([outlet(), outlet(slug="second")]) as newsroom,
        httpx.Client(trust_env=False, timeout=0.2) as impatient,
    ):
        newsroom.delay("gazette", 30)
        with pytest.raises(httpx.ReadTimeout):
            impatient.get(newsroom.home_url("gazette"))
        assert client.get(newsroom.home_url("second")).status_code == 200
        newsroom.delay("gazette", 0)
        assert client.get(newsroom.home_url("gazette")).status_code == 200


def test_requests_are_on_record_with_headers_and_status(client: httpx.Client) -> None:
    clock = FixedClock(NOON)
    with Newsroom([PLAIN], clock=clock) as newsroom:
        client.get(newsroom.home_url("gazette") + "nothing?page=2", headers={"User-Agent": "me"})
        client.get(newsroom.feed_url("gazette"))
        (missed,) = newsroom.requests("gazette", status=404)
        assert (missed.path, missed.query, missed.at) == ("/nothing", "page=2", NOON)
        assert (missed.method, missed.headers["user-agent"]) == ("GET", "me")
        assert [seen.path for seen in newsroom.requests()] == ["/nothing", "/feed/"]
        newsroom.forget_requests()
        assert newsroom.requests() == ()


def test_waiting_for_requests_ends_when_they_come_or_the_time_is_up(client: httpx.Client) -> None:
    with Newsroom([PLAIN]) as newsroom:
        with pytest.raises(NotSeenError, match="saw 0 of 1"):
            newsroom.wait_for_requests("gazette", timeout=0.01)
        asker = threading.Thread(target=client.get, args=(newsroom.feed_url("gazette"),))
        asker.start()
        (seen,) = newsroom.wait_for_requests("gazette", path="/feed/", status=200)
        asker.join()
        assert seen.outlet == "gazette"


def test_placed_bytes_are_served_as_they_are(client: httpx.Client) -> None:
    with Newsroom([PLAIN]) as newsroom:
        url = newsroom.place(
            "gazette", "/feed/", b"\xff<not a feed>", content_type="text/plain", status=203
        )
        answer = client.get(url)
        assert (answer.status_code, answer.content) == (203, b"\xff<not a feed>")
        assert answer.headers["content-type"] == "text/plain"


def test_unknown_outlet_is_an_error() -> None:
    with Newsroom([PLAIN]) as newsroom, pytest.raises(NewsroomError, match="no outlet 'other'"):
        newsroom.feed_url("other")


def test_threads_publish_and_read_at_the_same_time(client: httpx.Client) -> None:
    with Newsroom([outlet(feed_limit=200)]) as newsroom, ThreadPoolExecutor(8) as pool:
        published = [
            pool.submit(newsroom.publish, "gazette", replace(STORY, slug=f"story-{n}"))
            for n in range(60)
        ]
        read = [pool.submit(client.get, newsroom.feed_url("gazette")) for _ in range(20)]
        assert {answer.result().status_code for answer in read} == {200}
        feed = client.get(newsroom.feed_url("gazette")).text
        assert all(url.result() in feed for url in published)


def test_synthetic_outlet_serves_as_many_pages_as_asked(client: httpx.Client) -> None:
    made = synthetic_outlet("scale", "uz", 30, words=200, page_bytes=60_000)
    with Newsroom([replace(made, feed_format=FeedFormat.JSON)]) as newsroom:
        items = client.get(newsroom.feed_url("scale")).json()["items"]
        assert len(items) == 30
        sizes = [len(client.get(item["url"]).content) for item in items]
        assert all(45_000 < size < 75_000 for size in sizes)


def test_newsroom_process_serves_and_ends_with_its_stdin(client: httpx.Client) -> None:
    with newsroom_process("--synthetic", "scale:en:4:80:20000") as address:
        assert client.get(address["outlets"]["scale"] + "/").status_code == 200
        assert "story-3" in client.get(address["feeds"]["scale"]).text
        place = urlsplit(address["outlets"]["scale"])
        assert address["allow"] == [f"{place.hostname}/32:{place.port}"]
    with pytest.raises(ProcessLookupError):
        os.kill(address["pid"], 0)


def test_newsroom_process_ends_when_its_parent_is_killed() -> None:
    parent_code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'demo', '--synthetic', 'a:en:1:50:20000'],"
        " stdin=subprocess.PIPE)\n"
        "child.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert b"outlets" in parent.stdout.readline()
        parent.send_signal(signal.SIGKILL)
        # The pipe reaches its end only when the child, which shares it, is gone as well.
        assert parent.stdout.read() == b""


def test_inbox_keeps_headers_and_raw_body(client: httpx.Client) -> None:
    with Inbox(clock=FixedClock(NOON)) as inbox:
        answer = client.post(inbox.webhook_url, content=b"\x00raw", headers={"webhook-id": "m1"})
        assert (answer.status_code, answer.text) == (200, "ok")
        (post,) = inbox.posts("/webhook")
        assert (post.body, post.headers["webhook-id"], post.at) == (b"\x00raw", "m1", NOON)
        assert post.accepted
        client.post(inbox.slack_url, json={"text": "hi"})
        assert inbox.wait_for_posts(1, "/slack")[0].json() == {"text": "hi"}
        assert client.get(inbox.url).status_code == 405


def test_inbox_fails_at_a_fixed_rate(client: httpx.Client) -> None:
    with Inbox(fail_every=3) as inbox:
        statuses = [client.post(inbox.slack_url, content=b"x").status_code for _ in range(6)]
        assert statuses == [200, 200, 500, 200, 200, 500]
        assert len(inbox.posts(accepted=True)) == 4


def test_inbox_says_what_was_scripted_then_ok(client: httpx.Client) -> None:
    with Inbox() as inbox:
        inbox.script(
            "/slack",
            Answer(status=429, body=b"slow down", headers={"retry-after": "3"}),
            Answer(status=404, body=b"no_service"),
        )
        first, second, third = (client.post(inbox.slack_url, content=b"x") for _ in range(3))
        assert (first.status_code, first.headers["retry-after"]) == (429, "3")
        assert (second.status_code, second.text) == (404, "no_service")
        assert third.status_code == 200
        assert client.post(inbox.webhook_url, content=b"x").status_code == 200


def test_inbox_takes_thousands_of_posts() -> None:
    with Inbox(fail_every=10) as inbox, httpx.Client(trust_env=False, timeout=30) as client:

        def send(number: int) -> int:
            return client.post(inbox.webhook_url, content=str(number).encode()).status_code

        with ThreadPoolExecutor(4) as pool:
            statuses = list(pool.map(send, range(2000)))
        assert statuses.count(500) == 200
        assert {int(post.body) for post in inbox.posts()} == set(range(2000))


def test_inbox_process_writes_each_post_to_its_log(tmp_path: Path, client: httpx.Client) -> None:
    log = tmp_path / "posts.jsonl"
    with inbox_process(log=log, fail_every=2) as address:
        statuses = [client.post(address["url"] + "/webhook", content=b"1") for _ in range(2)]
        assert [answer.status_code for answer in statuses] == [200, 500]
        os.kill(address["pid"], signal.SIGKILL)
    posts = read_log(log)
    assert [(post.path, post.body, post.status) for post in posts] == [
        ("/webhook", b"1", 200),
        ("/webhook", b"1", 500),
    ]
    with log.open("a") as torn:
        torn.write('{"path": "/web')
    assert read_log(log) == posts


def test_post_survives_the_way_through_the_log() -> None:
    post = Post(path="/slack", headers={"a": "é"}, body=b"\xff\n", status=200, at=NOON)
    assert Post.from_line(post.to_line()) == post
    assert json.loads(post.to_line())["status"] == 200
