"""The newsroom as a process of its own: `python -m demo`."""

from __future__ import annotations

import argparse
import json
import sys

from demo.newsroom import Newsroom
from demo.outlets import Outlet
from demo.synthetic import synthetic_outlet


def main() -> None:
    """Run the newsroom and say where on stdout, as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=main.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--pace", type=float, default=1.0, help="stretch the timetable; 0 publishes all at once"
    )
    parser.add_argument(
        "--synthetic",
        type=_synthetic,
        action="append",
        metavar="NAME:LANGUAGE:ARTICLES[:WORDS[:PAGE_BYTES]]",
        help="an outlet made up for scale, in place of those built in; may be repeated",
    )
    chosen = parser.parse_args()
    newsroom = Newsroom(chosen.synthetic, host=chosen.host, port=chosen.port, pace=chosen.pace)
    address = {
        "outlets": newsroom.urls,
        "feeds": {outlet.slug: newsroom.feed_url(outlet.slug) for outlet in newsroom.outlets},
        "allow": newsroom.allow,
    }
    sys.stdout.write(json.dumps(address) + "\n")
    sys.stdout.flush()
    newsroom.run_until_parent_ends()


def _synthetic(text: str) -> Outlet:
    name, language, articles, *sizes = text.split(":")
    words, page_bytes = [*map(int, sizes), *(600, 100_000)[len(sizes) :]]
    return synthetic_outlet(name, language, int(articles), words=words, page_bytes=page_bytes)


if __name__ == "__main__":
    main()
