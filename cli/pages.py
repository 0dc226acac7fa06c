"""`match`, `extract` and `links`: one stage by itself, on files or on standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.options import DEFAULT_CONFIG, ConfigOption, OutputFormat, web_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.articles import ArticleData
    from desk.preview import Unreadable


UrlOption = Annotated[
    str,
    typer.Option("--url", help="The address the bytes came from.", callback=web_address),
]
ContentTypeOption = Annotated[
    str | None, typer.Option("--content-type", help="The Content-Type header they came with.")
]
FileArgument = Annotated[Path, typer.Argument(help="A file, or `-` for standard input.")]


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
    from desk.pages import read_page

    article = read_page(
        _read(file), url, content_type=content_type, source=source, language=language
    )
    if isinstance(article, Rejection):
        print_json({"url": url, "rejected": article.reason, "detail": article.detail})
        raise typer.Exit(exits.FINDINGS)
    shown = jsonable(article)
    print_json({**shown, "author": ", ".join(article.authors) or None})


def links(
    file: FileArgument,
    url: UrlOption,
    content_type: ContentTypeOption = None,
    selector: Annotated[
        str | None,
        typer.Option("--links", help="CSS selector or XPath of a page's links to articles."),
    ] = None,
) -> None:
    """Read a feed, sitemap, channel or web page and print what it leads to, one JSON object a line.

    Entries come first; then, of a web page, the addresses where its feed may be, best first, and of
    an index of sitemaps those it names.
    """
    from cli.output import complain, jsonable, print_json_line
    from core.plain_text import one_line
    from desk.pages import check_selector, read_links

    if selector is not None:
        try:
            check_selector(selector)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--links") from None
    found = read_links(_read(file), url, content_type=content_type, selector=selector)
    for entry in found.entries:
        print_json_line(entry)
    for candidate in found.candidates:
        print_json_line({**jsonable(candidate), "kind": "feed"})
    for part in found.sitemaps:
        print_json_line({**jsonable(part), "kind": "sitemap"})
    if found.how:
        complain(one_line(f"list: {found.how}"))
    for one in found.skipped:
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
    output: Annotated[
        OutputFormat, typer.Option("--format", help="`json` lines for programs, `text` for people.")
    ] = OutputFormat.JSON,
) -> None:
    """Run the rules over articles and print what fires on each.

    An article is a JSON object with `title`, `text` and `url`, and optionally `language`,
    `source`, `authors`, `tags` and `published_at`. In a `.txt` file the first line is the title.
    Lines that cannot be read are reported, the rest is matched, and the exit status is 1.
    """
    from cli.match import print_matches
    from cli.output import complain, print_json_line
    from core.clock import utc_now
    from desk.preview import Unreadable, judge
    from scheduler.running_config import load_live

    rules = load_live(config).rules
    now = utc_now()
    failed = 0
    for article in _articles_in(files or [Path("-")]):
        if isinstance(article, Unreadable):
            complain(f"{article.place}: error: {article.detail}")
            failed += 1
            continue
        judged = judge(rules, article, now, explain=explain)
        if output is OutputFormat.TEXT:
            print_matches(judged)
        else:
            print_json_line(judged.as_json())
    if failed:
        complain(f"{failed} could not be read")
        raise typer.Exit(exits.FINDINGS)


def _articles_in(files: list[Path]) -> Iterator[ArticleData | Unreadable]:
    """Yield the articles of all files; what cannot be read says where it stands."""
    from desk.preview import article_in_page, article_in_text, articles_in_lines

    for file in files:
        if file.suffix in (".html", ".htm"):
            yield article_in_page(_read(file), str(file), file.resolve().as_uri())
        elif file.suffix == ".txt":
            yield article_in_text(_read(file), str(file))
        else:
            yield from articles_in_lines(_read(file), "stdin" if str(file) == "-" else str(file))


def _read(file: Path) -> bytes:
    from core.errors import WirewatchError

    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise WirewatchError(f"{file} cannot be read: {error.strerror or error}") from None
