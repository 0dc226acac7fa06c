"""An alert as a mail: plain and HTML, in conversations by story, sorted by rule. Pure.

Mail clients gather what refers to the same message id, so every update refers to the mail that
began its conversation, and has that one's subject, since some clients part what differs there.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.messages.alert_view import AlertSummary, outlet_name, shown_title, summarize
from alerts.messages.digest import DigestSummary, also_told, summarize_digest
from alerts.messages.document import BlockKind, Document, digest_document, plainest
from alerts.messages.mail_headers import mailbox_header, text_header, token_header
from alerts.messages.message import Message
from alerts.messages.phrasing import and_more, sample_mark
from alerts.messages.times import clock_face, short_time
from core.alerting.matches import Level
from core.config.sections.receivers import EmailConfig
from core.config.sections.vocabulary import EntityConfig
from core.plain_text import encodable, one_line, shorten
from core.words import Words

SUBJECT_LENGTH = 180
"""Characters; clients show about 70."""

ACCENTS = {"high": "#b42318", "normal": "#b54708", "low": "#175cd3"}
_POLICY: EmailPolicy[EmailMessage] = SMTP.clone(max_line_length=76)
_DOT_ATOM = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_NO_DOMAIN = "wirewatch.invalid"
_LONGEST_TOKEN = 100
"""Characters: what is made of tokens must fit on a line, and a List-Id into 255 (RFC 2919, 3)."""
_OF_A_MAILBOX = "!$'*+-._~"
"""What RFC 6068 lets stand in the address of a mailto link, besides letters and digits."""


def build(
    message: Message,
    entities: Mapping[str, EntityConfig],
    config: EmailConfig,
) -> EmailMessage:
    """Return the mail for one delivery; the same delivery gives the same Message-ID."""
    sender, recipients = mailbox(config.from_), tuple(mailbox(to) for to in config.to)
    domain = _ascii_domain(sender.domain)
    first = f"<{_token(message.thread or message.delivery_id)}@{domain}>"
    message_id = f"<{_token(message.delivery_id)}@{domain}>"
    about, plain, html = _parts(message, entities)
    # An address that is not ASCII goes over the wire as it is, to servers that offer SMTPUTF8.
    utf8 = not all(box.addr_spec.isascii() for box in (sender, *recipients))
    mail = EmailMessage(policy=_POLICY.clone(utf8=utf8))
    mail["From"] = mailbox_header("From", (sender,))
    mail["To"] = mailbox_header("To", recipients)
    mail["Subject"] = text_header("Subject", about.subject)
    for name, token in {
        "Date": format_datetime(message.sent_at.astimezone(UTC)),
        "Message-ID": message_id,
        **({"In-Reply-To": first, "References": first} if first != message_id else {}),
        "List-Id": f"<{_list_of(message)}.wirewatch.{domain}>",
        "List-Unsubscribe": f"<{_unsubscribe(message, config)}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office answers, please
        "X-Auto-Response-Suppress": "All",  # the same, as Exchange understands it
        "X-Wirewatch-Rule": _token(message.alert.match.rule_id),
        "X-Wirewatch-Level": about.level.value,
        **({"Importance": "high"} if about.level is Level.HIGH else {}),
    }.items():
        mail[name] = token_header(name, token)
    # base64: Cyrillic in quoted-printable takes three bytes for every one
    mail.set_content(plain, cte="base64")
    if html:
        mail.add_alternative(html, subtype="html", cte="base64")
    return mail


@dataclass(frozen=True, slots=True)
class _About:
    """What the headers say of a message."""

    subject: str
    level: Level


def _parts(message: Message, entities: Mapping[str, EntityConfig]) -> tuple[_About, str, str]:
    """Return what the headers say, the plain part, and the HTML part, which may be empty."""
    if message.minimal:
        document = plainest(message)
        text = "\n".join(block.text for block in document.blocks)
        return _About(_plain_subject(message, document), document.level), encodable(text), ""
    if message.is_digest:
        digest = summarize_digest(message, entities)
        subject_of = sample_mark(digest.words, test=digest.test) + digest.title
        return _About(subject_of, digest.level), *render_digest(digest)
    summary = summarize(message, entities)
    return _About(_subject_of(message, summary), summary.level), *render(summary)


def render(summary: AlertSummary) -> tuple[str, str]:
    """Return the plain and the HTML part."""
    label, moment = summary.time
    values = {
        "alert": summary,
        "snippet": "".join(piece.text for piece in summary.snippet),
        "time_label": label,
        "time": clock_face(moment, summary.words),
        "seen": clock_face(summary.seen_at, summary.words),
        **_speaking(summary.words),
    }
    templates = _templates()
    name = "health" if summary.is_health else "alert"
    return (
        templates.get_template(f"{name}.txt").render(values),
        templates.get_template(f"{name}.html").render(values),
    )


def render_digest(digest: DigestSummary) -> tuple[str, str]:
    """Return the plain and the HTML part of a digest."""
    lines = []
    for block in digest_document(digest).blocks:
        lead = "  * " if block.kind is BlockKind.ITEM else ""
        lines.append(lead + block.text)
        lines += [f"    {run.link}" for run in block.runs if run.link]
        if block.kind is BlockKind.HEADING:
            lines.append("")
    values = {
        "digest": digest,
        "begins": clock_face(digest.begins, digest.words),
        "ends": clock_face(digest.ends, digest.words),
        "accents": ACCENTS,
        **_speaking(digest.words),
    }
    return "\n".join(lines) + "\n", _templates().get_template("digest.html").render(values)


def _speaking(words: Words) -> dict[str, object]:
    """Return what templates speak with."""
    return {
        "_": words,
        "language": words.language,
        "and_more": functools.partial(and_more, words=words),
        "also_told": functools.partial(also_told, words=words),
        "short_time": functools.partial(short_time, words=words),
    }


def _subject_of(message: Message, summary: AlertSummary) -> str:
    """Return the subject; that of an update is the conversation's, for clients that go by it."""
    if not message.earlier:
        return subject(summary)
    opened = replace(message, alerts=message.earlier[:1], earlier=(), size=1)
    return f"Re: {subject(summarize(opened, {}))}"


def _plain_subject(message: Message, document: Document) -> str:
    """Return the same from as little as there is."""
    if message.is_digest:
        return document.subject
    alert = message.earlier[0] if message.earlier else message.alert
    title = shown_title(alert.article.data, message.words)
    return ("Re: " if message.earlier else "") + _subject(
        title, outlet_name(message, alert), sample_mark(message.words, test=message.test)
    )


def _list_of(message: Message) -> str:
    return "digest" if message.is_digest else _token(message.alert.match.rule_id)


def subject(summary: AlertSummary) -> str:
    """Return the subject: the title and the outlet, on one line."""
    mark = sample_mark(summary.words, test=summary.test)
    if summary.is_health:
        return mark + shorten(f"[{summary.badge}] {summary.title}", SUBJECT_LENGTH - len(mark))
    return _subject(summary.title, summary.outlet, mark)


def _subject(title: str, outlet: str, mark: str) -> str:
    origin = f" — {outlet}" if outlet else ""
    return mark + shorten(title, SUBJECT_LENGTH - len(origin) - len(mark)) + origin


def _unsubscribe(message: Message, config: EmailConfig) -> str:
    """Return the link by which people leave a list."""
    owner = mailbox(config.unsubscribe or config.from_)
    local = quote(owner.username, safe=_OF_A_MAILBOX)
    address = f"{local}@{_ascii_domain(owner.domain)}"
    return f"mailto:{address}?subject=unsubscribe%20{_list_of(message)}"


def mailbox(text: str) -> Address:
    """Read `Name <local@domain>` or `local@domain` as the configuration holds it."""
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    ascii_domain = _ascii_domain(domain)
    return Address(one_line(name), local, domain if ascii_domain == _NO_DOMAIN else ascii_domain)


def _token(text: str) -> str:
    """Return `text` if a message id can hold it, else a short hash of it (Cyrillic rule ids)."""
    if len(text) <= _LONGEST_TOKEN and _DOT_ATOM.fullmatch(text):
        return text
    return "x" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return _NO_DOMAIN


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("alerts.messages"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
