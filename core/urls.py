"""Addresses: which article a URL names, which host and outlet it belongs to, what may be fetched.

A key that merges two articles loses one of them silently; a key that splits one costs a second
fetch. So every rule here removes only what is known to mean nothing, and doubt keeps URLs apart.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import (
    SplitResult,
    quote,
    quote_plus,
    unquote_to_bytes,
    urljoin,
    urlsplit,
    urlunsplit,
)

from w3lib.url import canonicalize_url, safe_url_string

from core.errors import WirewatchError
from core.tracking import is_tracking

MAX_URL_LENGTH = 4096
"""Longest address that is taken seriously, percent-encoded. RFC 9110 (4.1) asks servers for 8,000;
WordPress cuts slugs at 200 bytes, which is 1,800 characters when they are Cyrillic and escaped."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_STRAY_START = " \t\r\n\f\v\u00a0\u200b\ufeff\"'<“”«„"
_STRAY_END = " \t\r\n\f\v\u00a0\u200b\ufeff\"'>“”»,;"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAKS = re.compile(r"[\t\r\n]+")
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;|#38;|#038;)+", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_-])?|\[[0-9a-f:.]+\]")
_IP_V4 = re.compile(r"[0-9.]+")
_REPEATED_SLASHES = re.compile(r"(?<!:)/{2,}")
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_ESCAPED = re.compile(r"(?:[A-Za-z0-9_.~-]|%[89A-F][0-9A-F])*")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_COMMON_SITE = r"https?://(?![^/]*[a-z0-9-]{64})[a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z]{2,}"
_WHOLE = re.compile(
    rf"{_COMMON_SITE}/(?:[\w.~+/-]|%[0-9A-Fa-f]{{2}})*(?:\?(?:[\w.~+&=/-]|%[0-9A-Fa-f]{{2}})+)?"
)
"""Most whole addresses: at the most, letters beyond ASCII have to be escaped."""
_COMMON = re.compile(
    rf"(?P<page>{_COMMON_SITE}"
    r"(?:/|(?:/(?!\.{1,2}(?:[/?]|\Z))(?:[A-Za-z0-9_.-]|%[89A-F][0-9A-F])+)+/?))"
    r"(?:\?(?P<query>(?:[A-Za-z0-9_.~+&=-]|%[0-9A-Fa-f]{2})*))?"
)
"""Most addresses: only the query can be put differently. All escapes in the path are of bytes
beyond ASCII, so undoing them uncovers nothing. Ten times as fast as the rules in full."""
_INDEX = r"/?(?:(?:index|default|home)(?:\.\w{2,5})?/?)?\Z"
_HOME = re.compile(_INDEX, re.IGNORECASE)
_EDITION = re.compile(rf"/?(?:[a-z]{{2}}(?=/|\Z))?{_INDEX}", re.IGNORECASE)
_BARE_WWW = re.compile(r"www\.[^/\s]+\.[^/\s]+", re.IGNORECASE)
_MIRROR_HOST = re.compile(r"^(?:www\d?|m|mobile|mobi|wap|pda|amp)\.(?=[^.]+\.)")
_AMP_IN_PATH = re.compile(r"^/amp(?=/)|/amp$|(?<=.)[.]amp(?=(?:[.]html?)?$)", re.IGNORECASE)
_AMP_IN_QUERY = re.compile(r"(?:amp|_amp|amp=[^&]*|outputtype=amp|mobile=[^&]*)=?", re.IGNORECASE)
_AMP_CACHE = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/amp/s|[a-z0-9-]+\.cdn\.ampproject\.org/[cv]/s)/(?=[^/]+\.)"
)
_PLATFORMS = frozenset({"t.me", "telegram.me", "feedburner.com"})
"""Domains on which everybody publishes under a first part of the path."""
_BEFORE_NAMES = frozenset({"", "s", "~r"})
"""Parts of a path that stand before such a name and say how it is shown."""
_GIVE_NAMES = frozenset(
    {
        "livejournal.com", "medium.com", "narod.ru", "substack.com", "tumblr.com", "ucoz.ru",
        "wordpress.com", "dreamwidth.org", "typepad.com", "over-blog.com", "wixsite.com",
    }
)  # fmt: skip
"""Domains on which everybody publishes under a name before them, and which register none."""


class UrlError(WirewatchError, ValueError):
    """This is not the address of a web page."""


def canonical_url(url: str) -> str:
    """Return the identity key of the article at `url`: equal keys mean the same article.

    Removed: tracking parameters (`core.tracking`), session ids, fragments other than routes (`#!…`
    and `#/…` name a page in a client-side router), user info, default ports, a host's final dot,
    empty parameters, and quotes, commas or blanks that a feed left around the address.
    Unified: case of scheme and host, IDN as punycode, percent-encoding, `+` and `%20` in queries,
    dot segments, repeated slashes (not in an embedded `https://`), and the order of parameters
    with different names.

    Kept apart, because a server may answer each differently: `/a` and `/a/`, http and https, www
    and bare host, letter case of paths, and the order of parameters with one name.

    Raises UrlError for what is not an http(s) address.
    """
    current = url
    if key := _common_form(url):
        return key
    for _ in range(8):  # unescaping can uncover noise (`%2C` at the end): repeat until it is stable
        following = _canonical_once(current, original=url)
        if following == current:
            return current
        if key := _common_form(following):
            return key
        current = following
    raise _not_a_web_address(url, "it has no stable form")


def host_of(url: str) -> str:
    """Return the host of `url` in lower case, IDN as punycode, without port; UrlError if none."""
    parts = _split_http(url, original=url)
    return _host(parts, original=url)


def registered_domain(url: str) -> str:
    """Return the domain an outlet registered: `gazeta.uz` for `https://m.gazeta.uz/ru/`.

    The public suffix list is the copy bundled with a library, so nothing is fetched. An IP address
    or a name without a public suffix is returned as the host it is. Raises UrlError.
    """
    return _registered(host_of(url))


def twin_name(url: str) -> str:
    """Return a name that the usual twins of one page share; it is no address.

    Twins differ in scheme, in `www.`, `m.`, `mobile.`, `wap.` or `amp.` before the host, in a final
    slash, in AMP's marks in path and query, or stand in Google's AMP caches. A server may put
    different pages there, so equal names are only a reason to compare texts. Raises UrlError.
    """
    parts = urlsplit(_out_of_cache(canonical_url(url)))
    host = _without_mirrors(parts.netloc)
    path = _AMP_IN_PATH.sub("", parts.path.rstrip("/"))
    kept = [
        parameter
        for parameter in parts.query.split("&")
        if parameter and not _AMP_IN_QUERY.fullmatch(parameter)
    ]
    return f"{host}{path}?{'&'.join(kept)}" + (f"#{parts.fragment}" if parts.fragment else "")


def is_front_page(url: str, *, editions: bool = True) -> bool:
    """Tell whether an address is a front page: an article has one of its own.

    With `editions`, so are those of one language. Parameters that track readers name no page;
    `#/news/7` and `#!7` name one that script shows, other fragments a place on it.
    """
    try:
        parts = urlsplit(canonical_url(url))
    except UrlError:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
    if parts.query or parts.fragment:
        return False
    return bool(_EDITION.match(parts.path)) if editions else bool(_HOME.match(parts.path))


def publisher_of(url: str) -> str:
    """Return who publishes at `url`: the registered domain, on t.me and the like the channel.

    Where everybody has a name under one domain, it is that name: `a.livejournal.com`. Raises
    UrlError.
    """
    domain = registered_domain(url)
    if domain in _GIVE_NAMES:
        return _name_given(host_of(url), domain)
    if domain not in _PLATFORMS:
        return domain
    path = [
        part for part in urlsplit(canonical_url(url)).path.split("/") if part not in _BEFORE_NAMES
    ]
    return f"{domain}/{path[0].lower()}" if path else domain


def outlet_of(url: str) -> str:
    """Return the outlet whose page is at `url`, whichever mirror shows it.

    As `publisher_of`, and what stands in Google's AMP caches is the outlet's own page. Where no
    name was registered, as for an IP address, each port is an outlet's. Raises UrlError.
    """
    shown = _out_of_cache(canonical_url(url))
    outlet = publisher_of(shown)
    if outlet.startswith("[") or _IP_V4.fullmatch(outlet) or "." not in outlet:
        return urlsplit(shown).netloc
    if outlet.startswith("telegram.me/"):
        return outlet.replace("telegram.me", "t.me", 1)
    return _without_mirrors(outlet)  # where no public suffix tells what was registered


def absolute_http_url(base: str, href: str) -> str | None:
    """Resolve `href` as found at `base`; None when it does not lead to a web page.

    The result is percent-encoded and without user info (`https://kloop.kg@evil.example/` shows a
    name that is not the host). None for javascript:, data:, mailto:, file: and the like, for
    control characters, and for more than `MAX_URL_LENGTH` characters.
    """
    href = _ESCAPED_AMPERSAND.sub("&", _LINE_BREAKS.sub("", href.strip(_STRAY_START)))
    if not href or len(href) > MAX_URL_LENGTH or _FORBIDDEN.search(href):
        return None
    if _WHOLE.fullmatch(href):  # a third of the time
        url = href if href.isascii() else _BEYOND_ASCII.sub(lambda found: quote(found[0]), href)
        return url if len(url) <= MAX_URL_LENGTH else None
    return _resolved(base, href)


def _name_given(host: str, domain: str) -> str:
    """Return the name that a domain gave to whoever publishes at a host below it."""
    label = host.removesuffix(domain).rstrip(".").rpartition(".")[2]
    return domain if label in ("", "www") else f"{label}.{domain}"


def _resolved(base: str, href: str) -> str | None:
    """Resolve any `href` without what surrounds it; `absolute_http_url` for the rarer half."""
    if _BARE_WWW.match(href):
        href = f"http://{href}"
    try:
        parts = _split_http(urljoin(base, href), original=href)
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return None
    return url if len(url) <= MAX_URL_LENGTH else None


def _without_mirrors(host: str) -> str:
    while (shorter := _MIRROR_HOST.sub("", host)) != host and "." in shorter:
        host = shorter
    return host


def _out_of_cache(url: str) -> str:
    """Return the address of the page that a URL of Google's AMP caches shows."""
    found = _AMP_CACHE.match(url)
    return f"https://{url[found.end() :]}" if found else url


def _common_form(url: str) -> str | None:
    """Return the key of an address of the form that most have; None says nothing."""
    found = _COMMON.fullmatch(url) if len(url) <= MAX_URL_LENGTH else None
    if found is None:
        return None
    query = _canonical_query(found["query"]) if found["query"] else ""
    return f"{found['page']}?{query}" if query else found["page"]


def _canonical_once(url: str, *, original: str) -> str:
    parts = _split_http(url.lstrip(_STRAY_START).rstrip(_STRAY_END), original=original)
    host = _host(parts, original=original)
    port = parts.port
    netloc = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    bare = canonicalize_url(urlunsplit((parts.scheme, netloc, parts.path, "", "")))
    path = _SESSION_IN_PATH.sub("", urlsplit(bare).path) or "/"
    path = _REPEATED_SLASHES.sub("/", path)
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit((parts.scheme, netloc, path, _canonical_query(parts.query), fragment))


def _canonical_query(query: str) -> str:
    kept: list[tuple[str, str]] = []
    for parameter in _ESCAPED_AMPERSAND.sub("&", query).split("&"):
        name, equals, value = (_escaped(part) for part in parameter.partition("="))
        if (name or value) and not is_tracking(name, value):
            kept.append((name, name + ("=" if equals else "") + value))
    # The sort is stable: ?id=1&id=2 and ?id=2&id=1 may be two articles.
    return "&".join(text for _, text in sorted(kept, key=lambda pair: pair[0]))


def _escaped(part: str) -> str:
    if _ESCAPED.fullmatch(part):
        return part
    return quote_plus(unquote_to_bytes(part.replace("+", " ")))


def _split_http(url: str, *, original: str) -> SplitResult:
    if len(url) > 2 * MAX_URL_LENGTH:
        raise _not_a_web_address(original, "it is too long")
    if _FORBIDDEN.search(url):
        raise _not_a_web_address(original, "it has control characters")
    try:
        parts = urlsplit(safe_url_string(url))
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError as error:
        raise _not_a_web_address(original, str(error)) from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise _not_a_web_address(original, "it does not start with http:// or https://")
    if not port_is_readable:
        raise _not_a_web_address(original, "port 0 cannot be dialled")
    _host(parts, original=original)
    return parts


def _host(parts: SplitResult, *, original: str) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if ":" in host:
        host = f"[{_compressed(host)}]"
    if not _HOST.fullmatch(host) or ".." in host:
        raise _not_a_web_address(original, "it names no host")
    return host


def _compressed(host: str) -> str:
    try:
        return ipaddress.IPv6Address(host).compressed
    except ValueError:
        return ""


def _not_a_web_address(url: str, why: str) -> UrlError:
    shown = url[:200].encode("ascii", "backslashreplace").decode()
    return UrlError(f"not the address of a web page: {why}", url=shown)


@lru_cache(maxsize=4096)
def _registered(host: str) -> str:
    from courlan import extract_domain  # 90 ms to import, needed by few callers

    if host.startswith("[") or _IP_V4.fullmatch(host) or "." not in host:
        return host
    domain = extract_domain(f"https://{host}/")
    return domain if isinstance(domain, str) and "." in domain else host
