"""Single values of watch.yaml: durations, names, addresses. Pure functions, clear messages."""

from __future__ import annotations

import base64
import binascii
import difflib
import ipaddress
import re
from datetime import UTC, datetime, time, timedelta
from email.utils import getaddresses
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

from core.calendar import NoSuchTimeError, next_time
from core.network import NetworkAllowance
from core.vantages import DIRECT

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)")
_IDENTIFIER = re.compile(r"[^\W_][\w.-]{0,99}")
_LONGEST_HEADER = 4_000
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_USER_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_BROWSERS_HEADERS = frozenset({
    "host", "origin", "referer", "cookie", "authorization", "user-agent", "connection", "forwarded",
    "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "te", "trailer",
    "transfer-encoding", "upgrade", "range", "date", "expect", "pragma", "cache-control",
    "last-event-id", "idempotency-key", "keep-alive",
})  # fmt: skip
"""What browsers and proxies say of other things than a person."""
_BROWSERS_BEGINNINGS = ("sec-", "accept", "content-", "if-", "hx-", "proxy-")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]+")
_OUR_HEADERS = frozenset({
    "host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade",
    "accept-encoding", "if-none-match", "if-modified-since", "cookie", "user-agent",
    "proxy-authorization",
})  # fmt: skip
"""What the connection needs, what the crawler decides, and what has a key of its own."""
_LONGEST_SELECTOR = 1_000
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,63}")
"""As Telegram allows them; private channels have invitation links instead of names."""
_MAIL_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_WIKIDATA_ID = re.compile(r"Q[1-9][0-9]{0,11}")

_FILE_MODE = re.compile(r"0?([0-7]{3})")
_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")

ENTITY_KINDS = ("person", "body", "place", "group", "other")


def parse_duration(value: object) -> timedelta:
    """Read a duration such as `30s`, `15m` or `1h30m`.

    A bare number is refused: nobody can tell seconds from minutes by looking at it.
    """
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise PydanticCustomError(
            "duration", "not a duration: write a number and a unit, such as `30s`, `15m` or `1h30m`"
        )
    try:
        return sum((float(number) * _UNITS[unit] for number, unit in parts), timedelta())
    except OverflowError:
        raise PydanticCustomError("duration", "this duration is too long") from None


def duration_text(value: timedelta) -> str:
    """Write a duration the way it is read, with the largest units that fit: `1h30m`."""
    parts: list[str] = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, value = divmod(value, _UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def check_some_time(value: timedelta) -> timedelta:
    """Accept a duration that is longer than nothing."""
    if value <= timedelta():
        raise PydanticCustomError("duration_zero", "this must be longer than nothing")
    return value


def check_identifier(value: str) -> str:
    """Accept a short name that is safe in commands, file names and headers."""
    if not _IDENTIFIER.fullmatch(value):
        raise PydanticCustomError(
            "identifier", "use letters, digits, `.`, `_` and `-`, starting with a letter or digit"
        )
    return value


def check_language(value: str) -> str:
    """Accept an ISO 639 language code of two or three letters."""
    if not _LANGUAGE.fullmatch(value):
        raise PydanticCustomError("language", "not a language code such as `ru` or `ky`")
    return value


PROXY_SCHEMES = ("http", "socks5", "socks5h", "socks4", "socks4a")
"""Ways to speak with a proxy. With an `h`, and an `a`, it is the proxy that looks names up."""


def check_http_url(value: str) -> str:
    """Accept an absolute http or https URL."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", value):
        raise PydanticCustomError(
            "http_url", "not a web address: it must start with http:// or https://"
        )
    return value


def check_public_http_url(value: str) -> str:
    """Accept an http or https URL without a user name or password, since it is shown and stored."""
    if "@" in urlsplit(check_http_url(value)).netloc:
        raise PydanticCustomError("url_login", "a user name or password cannot stand in an address")
    return value


def check_secret_http_url(value: SecretStr) -> SecretStr:
    """Accept an http or https URL that may hold a token; it is never shown in the error."""
    check_http_url(value.get_secret_value())
    return value


def check_secret_proxy(value: SecretStr) -> SecretStr:
    """Accept the address of an HTTP or SOCKS proxy, never shown in the error, or `direct`."""
    url = value.get_secret_value()
    if url == DIRECT:
        return value
    try:
        parts = urlsplit(url)
        usable = parts.scheme in PROXY_SCHEMES and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", url):
        known = ", ".join(f"{scheme}://" for scheme in PROXY_SCHEMES)
        raise PydanticCustomError("proxy", f"not the address of a proxy: it starts with {known}")
    return value


def check_header_name(value: str) -> str:
    """Accept the name of a request header that may be set by hand."""
    if not _HEADER_NAME.fullmatch(value):
        raise PydanticCustomError("header_name", "not the name of a header")
    if value.lower() in _OUR_HEADERS:
        raise PydanticCustomError("header_name", f"`{value}` is set by the crawler itself")
    return value


def check_user_header(value: str) -> str:
    """Accept the name of a header in which a proxy says who asks, and nobody else says a thing."""
    # Some proxies take `_` for `-`, so a header that they never look at would count as theirs.
    if not _USER_HEADER.fullmatch(value):
        raise PydanticCustomError("user_header", "use letters, digits and `-`")
    if value.lower() in _BROWSERS_HEADERS or value.lower().startswith(_BROWSERS_BEGINNINGS):
        raise PydanticCustomError("user_header", f"`{value}` says something else already")
    return value


def check_header_value(value: str) -> str:
    """Accept text that can stand in a header; the error never shows it."""
    if not value or len(value) > _LONGEST_HEADER or not _HEADER_VALUE.fullmatch(value):
        raise PydanticCustomError(
            "header_value", "not the value of a header: plain characters on one line are needed"
        )
    return value


def check_secret_header_value(value: SecretStr) -> SecretStr:
    """Accept a secret that can stand in a header; it is never shown in the error."""
    check_header_value(value.get_secret_value())
    return value


def check_link_selector(value: str) -> str:
    """Accept a CSS selector, or an XPath expression, which begins with `/`, `(` or `./`."""
    from cssselect import HTMLTranslator, SelectorError
    from lxml import etree

    if len(value) > _LONGEST_SELECTOR:
        raise PydanticCustomError("selector", "a selector of more than 1,000 characters")
    try:
        is_xpath = value.lstrip().startswith(("/", "(", "./"))
        etree.XPath(value.strip() if is_xpath else HTMLTranslator().css_to_xpath(value))
    except (SelectorError, etree.XPathError) as error:
        said = " ".join(str(error).split()) or "it cannot be read"
        raise PydanticCustomError("selector", f"not a selector of links: {said}") from None
    return value


PREVIEWS = "https://t.me/s/"
"""What the address of a channel's preview begins with."""


def check_telegram_channel(value: str) -> str:
    """Return the address of a channel's preview page, given its name or any address of it."""
    if value.startswith(("http://", "https://")):
        parts = urlsplit(check_public_http_url(value))
        if parts.hostname not in ("t.me", "telegram.me"):
            return value  # a mirror of the preview
        value = next((part for part in parts.path.split("/") if part not in ("", "s")), "")
    name = value.removeprefix("@")
    if not _CHANNEL.fullmatch(name):
        raise PydanticCustomError(
            "telegram", "not a public channel: give its name, such as `agentstvonews`"
        )
    return f"{PREVIEWS}{name}"


def check_host(value: str) -> str:
    """Return the name of a host in lower case, IDN as punycode."""
    from core.urls import UrlError, host_of  # takes a while to import, and few sources have it

    try:
        host = host_of(f"http://{value}/")
    except UrlError:
        host = ""
    if not host or any(mark in value for mark in "/@?#:"):
        raise PydanticCustomError("host", "not the name of a host such as `example.org`")
    return host


def check_mailbox(value: str) -> str:
    """Accept one mail address, with or without a display name."""
    mailboxes = getaddresses([value])
    address = mailboxes[0][1] if len(mailboxes) == 1 else ""
    if not _MAIL_ADDRESS.fullmatch(address) or re.search(r"[\x00-\x1f\x7f]", value):
        raise PydanticCustomError("mailbox", "not a mail address such as desk@example.org")
    return value


def check_network(value: str) -> str:
    """Accept `CIDR` or `CIDR:port`."""
    try:
        NetworkAllowance.parse(value)
    except ValueError as error:
        raise PydanticCustomError("network", "{reason}", {"reason": str(error)}) from None
    return value


def check_client_network(value: str) -> str:
    """Accept an address or a network in CIDR notation, from which somebody asks."""
    try:
        ipaddress.ip_network(value)
    except ValueError:
        raise PydanticCustomError(
            "client_network", "this is no address or network, such as 10.0.0.7 or 10.0.0.0/8"
        ) from None
    return value


def check_entity_kind(value: str) -> str:
    """Accept one of the kinds an entity can have."""
    if value not in ENTITY_KINDS:
        raise PydanticCustomError(
            "entity_kind", "use one of {kinds}", {"kinds": ", ".join(ENTITY_KINDS)}
        )
    return value


def is_loopback_host(host: str) -> bool:
    """Tell whether a host name or address can only mean this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_wikidata_id(value: str) -> str:
    """Accept the id of a Wikidata item, such as Q7747."""
    if not _WIKIDATA_ID.fullmatch(value):
        raise PydanticCustomError("wikidata", "not the id of a Wikidata item, such as Q7747")
    return value


def parse_time_of_day(value: object) -> time:
    """Read a time such as `22:00`."""
    if isinstance(value, time):
        return value
    found = _TIME_OF_DAY.fullmatch(str(value).strip())
    if found is None:
        raise PydanticCustomError("time_of_day", "not a time of day such as `07:30` or `22:00`")
    return time(int(found[1]), int(found[2]))


def parse_end_of_hours(value: object) -> time:
    """Read a time at which hours end; `24:00` is the midnight after the day."""
    return time(0) if str(value).strip() == "24:00" else parse_time_of_day(value)


def parse_file_mode(value: object) -> int:
    """Read the rights of a file, such as `640`."""
    if isinstance(value, int):
        return value
    found = _FILE_MODE.fullmatch(str(value).strip())
    if found is None:
        raise PydanticCustomError("file_mode", "not the rights of a file such as `600` or `644`")
    return int(found[1], 8)


def check_time_zone(value: str) -> str:
    """Accept the name of a time zone, such as `Asia/Bishkek`."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError("time_zone", "{said}", {"said": _no_zone(value)}) from None
    return value


def _no_zone(value: str) -> str:
    """Say that this is no time zone, and which is near: a city by itself, or one mistyped."""
    zones = sorted(available_timezones())
    of_city = [zone for zone in zones if zone.rpartition("/")[2].lower() == value.strip().lower()]
    near = next(iter(of_city or difflib.get_close_matches(value[:40], zones, n=1)), None)
    said = f"'{value[:40]}' is not a time zone such as `Asia/Bishkek` or `UTC`"
    return f"{said} (did you mean '{near}'?)" if near else said


def check_cron(value: str) -> str:
    """Accept a cron expression of five fields that names a time which comes."""
    if len(value.split()) != 5:
        raise PydanticCustomError(
            "cron", "not a cron expression: minute, hour, day, month, weekday, such as `0 8 * * *`"
        )
    try:
        next_time(value, "UTC", datetime(2026, 1, 1, tzinfo=UTC))
    except NoSuchTimeError as error:
        raise PydanticCustomError(
            "cron", "not a cron expression: {reason}", {"reason": str(error).lower()}
        ) from None
    return value


def check_listen(value: str) -> str:
    """Accept `host:port`."""
    host, colon, port = value.rpartition(":")
    if not (host and colon and port.isdigit() and 0 < int(port) < 65536):
        raise PydanticCustomError("listen", "not `host:port`, such as `127.0.0.1:8750`")
    return value


def is_signing_secret(value: str) -> bool:
    """Tell whether a secret can sign: any can, but behind `whsec_` it must be base64."""
    encoded = value.removeprefix("whsec_")
    if encoded == value:
        return True
    try:
        base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        return False
    return True


def check_template(value: str) -> str:
    """Accept a Jinja template that can be read."""
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        ImmutableSandboxedEnvironment().from_string(value)
    except TemplateError as error:
        raise PydanticCustomError(
            "template", "not a template: {reason}", {"reason": error.message or "cannot be read"}
        ) from None
    return value
