"""`extract` and `links`: one stage by itself, on a file or on standard input."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.options import web_address

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
    """Read a web page or PDF and print its article as JSON.

    Exit status 1 when it is not an article; the reason is printed. Standard error says which pages
    of a PDF are missing from it. "Yesterday" on a page is the day before the file was saved.
    """
    from cli.output import complain, jsonable, print_json
    from core.articles import Rejection
    from desk.pages import read_page

    read = read_page(
        read_input(file),
        url,
        content_type=content_type,
        source=source,
        language=language,
        fetched_at=_saved_at(file),
    )
    if isinstance(read, Rejection):
        print_json({"url": url, "rejected": read.reason, "detail": read.detail})
        raise typer.Exit(exits.FINDINGS)
    if read.missing:
        complain(read.missing)
    shown = jsonable(read.article)
    print_json({**shown, "author": ", ".join(read.article.authors) or None})


def _saved_at(file: Path) -> datetime:
    """Return when a file was saved; what comes over standard input was fetched by now."""
    return (
        datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.is_file() else datetime.now(UTC)
    )


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
    found = read_links(read_input(file), url, content_type=content_type, selector=selector)
    for entry in found.entries:
        print_json_line(entry)
    for candidate in found.candidates:
        print_json_line({**jsonable(candidate), "kind": "feed"})
    for part in found.sitemaps:
        print_json_line({**jsonable(part), "kind": "sitemap"})
    if found.how:
        complain(one_line(f"list: {found.how}"))
    for skipped in found.skipped:
        complain(one_line(f"skipped: {skipped.reason}: {skipped.detail}"))


def read_input(file: Path) -> bytes:
    """Return the bytes of a file, or of standard input for `-`."""
    from core.errors import WirewatchError

    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise WirewatchError(f"{file} cannot be read: {error.strerror or error}") from None
