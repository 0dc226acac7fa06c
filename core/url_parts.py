"""What an article's key leaves out of its address, for hosts where that names an article. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.tracking import is_tracking

FRAGMENT = "#"
"""The name of the fragment among the parts of an address."""


def left_out_of_key(url: str) -> dict[str, str]:
    """Return the fragment and the tracking parameters of an address, which its key has not."""
    if "?" not in url and "#" not in url:
        return {}
    parts = urlsplit(url)
    found: dict[str, str] = {}
    if parts.fragment and not parts.fragment.startswith(("!", "/")):
        found[FRAGMENT] = parts.fragment
    for parameter in parts.query.split("&"):
        name, _, value = parameter.partition("=")
        if value and is_tracking(name, value):
            found[name] = value
    return found


def key_with(key: str, name: str, value: str) -> str:
    """Return a key that keeps one part which the usual key leaves out."""
    if name == FRAGMENT:
        return f"{key}#{value}"
    return f"{key}{'&' if '?' in key else '?'}{name}={value}"


def keys_of(url: str, usual: str) -> list[str]:
    """Return every key that an address may have: the `usual` one, and those that keep one part."""
    return [usual, *(key_with(usual, name, value) for name, value in left_out_of_key(url).items())]


def names_a_place(key: str) -> bool:
    """Tell whether a key keeps a fragment: its article is one of several on one page."""
    return FRAGMENT in left_out_of_key(key)
