"""What pages must show as the words they are."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx

TITLES = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "{{ 7*7 }} {% raw %}",
    "\u202egnp.exe \u2066hidden\u2069",
    "a\x00b\x1b[31m\x07",
    "javascript:alert(1)",
    "&lt;b&gt; &amp;amp;",
    "</title><svg onload=alert(1)>",
    "<!--", "]]>", "%00%0d%0aSet-Cookie: a=b",
)  # fmt: skip
_TURNING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and not (
                (value or "").startswith(("/", "#", "http://", "https://"))
            ):
                self.found.append(f"{tag} {name}={value}")
        if tag in ("img", "iframe", "object", "base") or (
            tag == "script" and "src" not in dict(attrs)
        ):
            self.found.append(tag)

    def handle_data(self, data: str) -> None:
        # What somebody edits is theirs as it is; what is shown among other words is not.
        if self.lasttag != "textarea":
            self.found += [repr(sign) for sign in _TURNING if sign in data]

    handle_startendtag = handle_starttag


def dangers(page: httpx.Response) -> list[str]:
    """Return what of a page would run, load from elsewhere, or turn text around."""
    reader = _Reader()
    reader.feed(page.text)
    return reader.found
