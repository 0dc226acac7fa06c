"""Read the sitemaps and robots.txt files of a folder and compare with what they hold.

    python -m bench.lists FOLDER

The folder has `sitemaps/sitemaps.jsonl`, with the number of addresses of each file, and `robots/`,
files of a published collection; what they allow is stated here, from RFC 9309 and their comments.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from crawler.discovery import NotASitemap, parse_sitemap
from crawler.download.robots_rules import RobotsRules

_LOCATION = re.compile(rb"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*(https?://[^\s<\]]+)")
_PICTURE = re.compile(rb"<(?:image|video):(?:\w*_)?loc>")


@dataclass(frozen=True)
class Case:
    """Whether an agent may fetch a path, by one robots.txt."""

    file: str
    agent: str
    path: str
    allowed: bool


CASES = tuple(
    Case(f"{file}.txt", agent, path, allowed)
    for file, agent, path, allowed in (
        ("rfc9309-example-simple-robots", "foobot", "/example/page.html", True),
        ("rfc9309-example-simple-robots", "foobot", "/other", False),
        ("rfc9309-example-simple-robots", "barbot", "/example/page.html", False),
        ("rfc9309-example-simple-robots", "bazbot", "/anything", True),
        ("rfc9309-example-simple-robots", "quxbot", "/anything", True),
        ("rfc9309-example-simple-robots", "otherbot", "/a.gif", False),
        ("rfc9309-example-simple-robots", "otherbot", "/example/x", False),
        ("rfc9309-example-longest-match-robots", "foobot", "/example/page/", True),
        ("rfc9309-example-longest-match-robots", "foobot", "/example/page/disallowed.gif", False),
        ("rfc9309-example-rule-group-merging", "ExampleBot", "/baz", False),
        ("rfc9309-example-rule-group-merging", "ExampleBot", "/foo", False),
        ("rfc9309-example-rule-group-merging", "BazBot", "/foo", True),
        ("precedence-of-rules", "testy", "/foo", False),
        ("precedence-of-rules", "testy", "/foo/bar", True),
        ("precedence-of-rules", "testy", "/foo/bxx", False),
        ("precedence-of-rules", "wget", "/index.html", True),
        ("merge-rules", "wget", "/tmp/bar", False),  # noqa: S108 - a path of that file
        ("merge-rules", "wget", "/foo/bar", True),
        ("merge-rules", "anybot", "/foo/bar", False),
        ("merge-rules", "curl", "/x", False),
        ("crawl-delay-group-merging", "mybot", "/private/", False),
        ("crawl-delay-group-merging", "yourbot", "/private/", False),
        ("crawl-delay-group-merging", "yourbot", "/login/", False),
        ("crawl-delay-group-merging", "otherbot", "/private/", True),
        ("extensions-group-merging", "mybot", "/private/", False),
        ("extensions-group-merging", "yourbot", "/login/", False),
        ("extensions-group-merging", "otherbot", "/x", False),
        ("extensions-group-merging", "otherbot", "/llms.txt", True),
        ("robots-with-utf8-bom", "anybot", "/profile", False),
        ("robots-with-utf16le-bom", "anybot", "/profile", False),
        ("robots-with-utf16be-bom", "anybot", "/profile", False),
        ("robots-with-utf16le-bom", "anybot", "/a/output/print", False),
        ("format-errors-robots", "bot1", "/whitespace-before-colon/", False),
        ("format-errors-robots", "bot3", "/whitespace-before-colon", True),
        ("format-errors-robots", "bot3", "/x", False),
        ("many-user-agents", "Alexibot", "/x", False),
        ("relative-sitemap-robots", "anybot", "/cache/x", False),
        ("malformed-path", "anybot", "/wiki/Wikipedia_talk:Mediation_Committee/", False),
        ("wildcards", "anybot", "/gp/cart", False),
        ("dos-line-endings", "anybot", "/x", True),
        ("sitemap-robots-dedup", "anybot", "/x", True),
    )
)


def main() -> int:
    """Compare and print; return 1 when a robots.txt is read otherwise than stated."""
    if len(sys.argv) != 2:
        print("no folder given: sitemaps and robots.txt files are not compared")
        return 0
    folder = Path(sys.argv[1])
    sitemaps = next(iter(sorted(folder.rglob("sitemaps.jsonl"))), None)
    robots = next((path for path in sorted(folder.rglob("robots")) if path.is_dir()), None)
    if sitemaps is not None:
        _sitemaps(sitemaps)
    return _robots(robots) if robots is not None else 0


def _sitemaps(index: Path) -> None:
    print(f"{'sitemap':58} {'stated':>6} {'read':>6} {'left out':>8}  why")
    equal = total = 0
    for line in index.read_text().splitlines():
        stated = json.loads(line)
        body = (index.parent / stated["path"]).read_bytes()
        total += 1
        found, left_out, why = _read(body)
        same = found + left_out == stated["n_loc"]
        equal += same
        if not same or left_out:
            print(f"{stated['path']:58} {stated['n_loc']:6} {found:6} {left_out:8}  {why}")
    print(f"{total} sitemaps, {equal} with every address read or left out with a reason\n")


def _read(body: bytes) -> tuple[int, int, str]:
    """Return how many addresses are read and left out, and the reasons."""
    plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    first = _LOCATION.search(plain)
    host = urlsplit(first[1].decode()).netloc if first else "www.example.com"
    try:
        document = parse_sitemap(body, f"https://{host}/sitemap.xml")
    except NotASitemap as error:
        return 0, 0, error.message
    reasons = sorted({skipped.reason.words for skipped in document.skipped})
    pictures = len(_PICTURE.findall(plain))
    if pictures:
        reasons.append(f"{pictures} of the stated are addresses of pictures")
    if first is None:
        reasons.append("plain text, of which nothing is stated")
    elif document.children and not document.entries:
        reasons.append("an index, of whose sitemaps nothing is stated")
    left_out = sum(skipped.count for skipped in document.skipped)
    return len(document.entries) + len(document.children), left_out, "; ".join(reasons)


def _robots(folder: Path) -> int:
    wrong = 0
    for case in CASES:
        rules = RobotsRules((folder / case.file).read_bytes())
        allowed = rules.allowed(f"https://a.example{case.path}", case.agent)
        if allowed is not case.allowed:
            wrong += 1
            print(f"robots {case.file}: {case.agent} {case.path} stated {case.allowed}, {allowed}")
    print(f"{len(CASES)} statements about {len({case.file for case in CASES})} robots.txt files, "
          f"{len(CASES) - wrong} hold")  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
