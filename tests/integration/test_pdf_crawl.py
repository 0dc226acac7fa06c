"""A decree that a feed leads to: from its bytes to the article, the alert and the evidence."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.articles import RejectReason, WordsFrom
from core.sources import EntryCause
from demo.inbox import Inbox
from demo.newsroom import Newsroom
from demo.outlets import Outlet
from storage import Store
from tests.integration.children import store_of, wirewatch, write_config
from tests.pdf_files import Scan, column, encrypted, pdf

DECREE = pdf(
    [
        column(
            [
                "УКАЗ",
                "О призыве граждан на военную службу",
                "",
                "12 мая 2026 г. № 15",
                "",
                "В соответствии с законом о воинской обя-",
                "занности призвать на службу граждан, кото-",
                "рым исполнилось восемнадцать лет, кроме тех,",
                "кто имеет отсрочку. Повестки разослать до июня.",
            ]
        ),
        Scan(),
    ],
    {"Title": "Microsoft Word - ukaz.doc", "Author": "user"},
)


def feed(newsroom: Newsroom, *names: str) -> str:
    """Serve a feed that leads to these files; return its address."""
    home = newsroom.home_url("office")
    items = "".join(
        f"<item><title>Документ {name}</title><link>{home}docs/{name}</link></item>"
        for name in names
    )
    text = f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
    return newsroom.place("office", "/decrees.xml", text.encode(), content_type="text/xml")


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom([Outlet(slug="office", name="Office", language="ru")]) as opened:
        yield opened


def polled(folder: Path, newsroom: Newsroom, inbox: Inbox, *names: str, **crawl: object) -> Store:
    config = write_config(
        folder,
        crawl=crawl,
        network={"allow": [*newsroom.allow, "127.0.0.1/32"]},
        sources=[{"name": "office", "feed": feed(newsroom, *names), "language": "ru"}],
        rules=[{"id": "draft", "title": "Draft", "any": ['"воинской обязанности"']}],
        receivers=[{"name": "desk", "webhook": {"url": inbox.webhook_url}}],
    )
    done = wirewatch("run", "--once", cwd=folder, env={"WIREWATCH_CONFIG": str(config)})
    assert done.status == 0, done
    return store_of(config)


def test_a_decree_in_a_feed_becomes_an_article_an_alert_and_evidence(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    newsroom.place("office", "/docs/ukaz.pdf", DECREE, content_type="application/pdf")
    with Inbox() as inbox, polled(tmp_path, newsroom, inbox, "ukaz.pdf") as store:
        (article,) = store.articles(source="office").items
        assert article.data.title == "Документ ukaz.pdf"
        assert "о воинской обязанности призвать на службу граждан, которым" in article.data.text
        assert article.data.text.endswith("\n[…]"), "its second page is a scan"
        assert article.data.language == "ru"
        assert article.data.published_at is not None
        assert article.data.published_at.date().isoformat() == "2026-05-12"
        (post, *_) = inbox.wait_for_posts(1)
        assert "ukaz.pdf" in post.body.decode()
        assert article.evidence_id is not None
        proof = store.evidence(article.evidence_id)
        assert proof is not None
        assert proof.body == DECREE, "what the server sent is kept to the byte"
        done = wirewatch(
            "articles", "evidence", str(article.id), "-o", "proof.warc.gz", cwd=tmp_path,
            env={"WIREWATCH_CONFIG": str(tmp_path / "watch.yaml")},
        )  # fmt: skip
        assert done.status == 0, done
        assert DECREE in gzip.decompress((tmp_path / "proof.warc.gz").read_bytes())


def test_commands_read_a_pdf_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    (tmp_path / "ukaz.pdf").write_bytes(DECREE)
    env = {"PATH": str(tmp_path)}
    url = ("--url", "https://office.example/ukaz.pdf")
    done = wirewatch("extract", "ukaz.pdf", *url, cwd=tmp_path, env=env)
    assert done.status == 0, done
    assert done.json()["title"] == "УКАЗ О призыве граждан на военную службу"
    assert "of 2 pages some are missing: 1 scan" in done.err
    refused = wirewatch("extract", "-", *url, cwd=tmp_path, stdin=encrypted(), env=env)
    assert refused.status == 1
    assert refused.json()["rejected"] == "pdf_encrypted"


def test_a_pdf_that_says_nothing_is_refused_with_its_own_reason(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    bodies = {
        "locked.pdf": (encrypted(), RejectReason.PDF_ENCRYPTED),
        "broken.pdf": (b"%PDF-1.7\n" + b"nothing of it is right\n" * 50, RejectReason.PDF_BROKEN),
        "blank.pdf": (pdf([[], []]), RejectReason.PDF_NO_TEXT),
        "scan.pdf": (pdf([Scan()]), RejectReason.PDF_SCANNED),
    }
    for name, (body, _) in bodies.items():
        newsroom.place("office", f"/docs/{name}", body, content_type="application/pdf")
    with Inbox() as inbox, polled(tmp_path, newsroom, inbox, *bodies) as store:
        entries = {e.entry.url.rsplit("/", 1)[1]: e for e in store.entries(source="office").items}
        for name, (_, reason) in bodies.items():
            assert entries[name].cause is EntryCause(reason.value), entries[name]
            assert entries[name].next_attempt_at is not None, "nothing is final after one look"
            assert len(entries[name].detail.split()) >= 4, entries[name].detail


def test_a_pdf_may_be_larger_than_a_page_up_to_what_is_configured(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    large = DECREE + b"%" + b" " * (9 * 2**20)
    too_large = DECREE + b"%" + b" " * (10 * 2**20)
    newsroom.place("office", "/docs/large.PDF", large, content_type="application/pdf")
    newsroom.place("office", "/docs/huge.pdf", too_large, content_type="application/pdf")
    with (
        Inbox() as inbox,
        polled(tmp_path, newsroom, inbox, "large.PDF", "huge.pdf", pdf={"max_mb": 10}) as store,
    ):
        read = {
            article.data.url.rsplit("/", 1)[1]: article.data.words_from
            for article in store.articles(source="office").items
        }
        assert read == {"large.PDF": WordsFrom.PAGE, "huge.pdf": WordsFrom.FEED}
