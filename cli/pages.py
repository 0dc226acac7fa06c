"""`match`, `extract` and `links`: one stage by itself, on files or on standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.options import DEFAULT_CONFIG, ConfigOption

if TYPE_CHECKING:
    from core.articles import ArticleData


def _web_address(url: str) -> str:
    from core.urls import UrlError, canonical_url

    try:
        canonical_url(url)
    except UrlError as error:
        raise typer.BadParameter(error.message) from None
    return url


UrlOption = Annotated[
    str,
    typer.Option("--url", help="The address the bytes came from.", callback=_web_address),
]
ContentTypeOption = Annotated[
    str | None, typer.Option("--content-type", help="The Content-Type header they came with.")
]
FileArgument = Annotated[Path, typer.Argument(help="A file, or `-` for standard input.")]

PARSE_SECONDS = 30.0
"""Deadline of one parse by hand; the daemon's own is in the configuration."""
PARSE_MEMORY_MB = 768


def extract(
    file: FileArgument,
    url: UrlOption,
    content_type: ContentTypeOption = None,
    source: Annotated[str, typer.Option(help="Name of the source, as rules see it.")] = "",
    language: Annotated[
        str | None, typer.Option(help="Language the source writes in, as a hint.")
    ] = None,
) -> None:
    """Read a web page and print its article as JSON.

    Exit status 1 when the page is not an article; the reason is printed.
    """
    from cli.output import jsonable, print_json
    from core.articles import Rejection
    from crawler.extract import extract_article
    from crawler.sandbox import Sandbox

    body = _read(file)
    with Sandbox(1, PARSE_SECONDS, PARSE_MEMORY_MB) as sandbox:
        article = sandbox.call(
            extract_article,
            body,
            url,
            content_type=content_type,
            source=source,
            language_hint=language,
        )
    if isinstance(article, Rejection):
        print_json({"url": url, "rejected": article.reason, "detail": article.detail})
        raise typer.Exit(exits.FINDINGS)
    shown = jsonable(article)
    print_json({**shown, "author": ", ".join(article.authors) or None})


def links(file: FileArgument, url: UrlOption, content_type: ContentTypeOption = None) -> None:
    """Read a feed or a homepage and print what it leads to, one JSON object a line.

    A feed gives its entries; a homepage gives the addresses where its feed may be, best first.
    """
    from cli.output import complain, jsonable, print_json_line
    from core.plain_text import one_line
    from crawler.discovery import discover_links
    from crawler.sandbox import Sandbox

    # The libraries for web pages would take a second to load and are not needed here.
    with Sandbox(1, PARSE_SECONDS, PARSE_MEMORY_MB, preloaded=()) as sandbox:
        found = sandbox.call(discover_links, _read(file), url, content_type=content_type)
    for entry in found.entries:
        print_json_line(entry)
    for candidate in found.candidates:
        print_json_line({**jsonable(candidate), "kind": "feed"})
    skipped = found.feed.skipped if found.feed else ()
    for one in skipped:
        complain(one_line(f"skipped: {one.reason}: {one.detail}"))


def match(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="`.jsonl`, `.txt` or `.html` files; without any, JSONL on stdin."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add why each rule fired, or why not.")
    ] = False,
) -> None:
    """Run the rules over articles and print one JSON object for each.

    An article is a JSON object with `title`, `text` and `url`, and optionally `language` and
    `source`. In a `.txt` file the first line is the title. Lines that cannot be read are
    reported, the rest is matched, and the exit status is 1.
    """
    from alerts.rules import match_to_json
    from cli.output import complain, print_json_line
    from scheduler.live import load_live

    rules = load_live(config).rules
    failed = 0
    for article in _articles(files or [Path("-")]):
        if isinstance(article, str):
            complain(article)
            failed += 1
            continue
        line: dict[str, object] = {
            "url": article.url,
            "matches": [match_to_json(found, article) for found in rules.match(article)],
        }
        if explain:
            line["explain"] = rules.explain(article)
        print_json_line(line)
    if failed:
        complain(f"{failed} could not be read")
        raise typer.Exit(exits.FINDINGS)


def _articles(files: list[Path]) -> Iterator[ArticleData | str]:
    """Yield the articles of all files; for what cannot be read, a message that names it."""
    from core.articles import ArticleData

    for file in files:
        if file.suffix in (".html", ".htm"):
            yield _from_html(file)
        elif file.suffix == ".txt":
            text = _read(file).decode("utf-8", errors="replace")
            title, _, body = text.partition("\n")
            yield ArticleData(url=str(file), title=title.strip(), text=body.strip())
        else:
            for number, line in enumerate(_read(file).split(b"\n"), start=1):
                if line.strip():
                    yield _from_json(line, f"{'stdin' if str(file) == '-' else file}:{number}")


def _from_json(line: bytes, place: str) -> ArticleData | str:
    from core.articles import ArticleData

    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"{place}: error: not JSON: {error}"
    if not isinstance(fields, dict):
        return f"{place}: error: not an object with `title`, `text` and `url`"
    values: dict[str, str | None] = {}
    for name in ("title", "text", "url", "language", "source"):
        value = fields.get(name)
        if value is not None and not isinstance(value, str):
            return f"{place}: error: `{name}` is not text"
        values[name] = value
    if values["title"] is None and values["text"] is None:
        return f"{place}: error: neither `title` nor `text`"
    return ArticleData(
        url=values["url"] or "",
        title=values["title"] or "",
        text=values["text"] or "",
        language=values["language"],
        source=values["source"] or "",
    )


def _from_html(file: Path) -> ArticleData | str:
    from core.articles import Rejection
    from core.errors import SandboxError
    from crawler.extract import extract_article
    from crawler.sandbox import Sandbox

    body = _read(file)
    with Sandbox(1, PARSE_SECONDS, PARSE_MEMORY_MB) as sandbox:
        try:
            article = sandbox.call(extract_article, body, file.resolve().as_uri())
        except SandboxError as error:
            return f"{file}: error: {error.message}"
    if isinstance(article, Rejection):
        return f"{file}: error: not an article ({article.reason.value}): {article.detail}"
    return article


def _read(file: Path) -> bytes:
    from core.errors import WirewatchError

    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise WirewatchError(f"{file} cannot be read: {error.strerror or error}") from None
