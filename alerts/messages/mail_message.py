"""An alert as a mail: plain and HTML, in conversations by story, sorted by rule. Pure.

Mail clients gather what refers to the same message id, so every update refers to the mail that
began its conversation, and has that one's subject, since some clients part what differs there.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.messages.alert_view import AlertSummary, summarize
from alerts.messages.digest import MAX_OUTLETS, DigestSummary, summarize_digest
from alerts.messages.document import BlockKind, alert_document, digest_document
from alerts.messages.message import Message
from alerts.messages.times import clock_face
from core.alerting.matches import Level
from core.config.sections.receivers import EmailConfig
from core.config.sections.vocabulary import EntityConfig
from core.plain_text import one_line, shorten

SUBJECT_LENGTH = 180
"""Characters; clients show about 70, and RFC 5322 lines are folded by the policy."""

ACCENTS = {"high": "#b42318", "normal": "#b54708", "low": "#175cd3"}
_POLICY: EmailPolicy[EmailMessage] = SMTP.clone(max_line_length=76)
_DOT_ATOM = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def build(
    message: Message,
    entities: Mapping[str, EntityConfig],
    config: EmailConfig,
    *,
    zone: tzinfo | None = None,
) -> EmailMessage:
    """Return the mail for one delivery; the same delivery gives the same Message-ID.

    `zone` is the time zone shown beside UTC; None is this machine's own.
    """
    sender = mailbox(config.from_)
    domain = _ascii_domain(sender.domain)
    first = f"<{_token(message.thread or message.delivery_id)}@{domain}>"
    message_id = f"<{_token(message.delivery_id)}@{domain}>"
    summary: AlertSummary | DigestSummary
    if message.is_digest:
        summary = summarize_digest(message, entities)
    else:
        summary = summarize(message, entities)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = tuple(mailbox(to) for to in config.to)
    mail["Subject"] = _subject_of(message, summary)
    mail["Date"] = format_datetime(message.sent_at.astimezone(UTC))
    mail["Message-ID"] = message_id
    if first != message_id:
        mail["In-Reply-To"] = first
        mail["References"] = first
    mail["List-Id"] = f"<{_list_of(message)}.wirewatch.{domain}>"
    owner = mailbox(config.unsubscribe or config.from_).addr_spec
    mail["List-Unsubscribe"] = f"<mailto:{owner}?subject=unsubscribe%20{_list_of(message)}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    mail["X-Auto-Response-Suppress"] = "All"  # the same, as Exchange understands it
    mail["X-Wirewatch-Rule"] = _token(message.alert.match.rule_id)
    mail["X-Wirewatch-Level"] = summary.level.value
    if summary.level is Level.HIGH:
        mail["Importance"] = "high"
    if isinstance(summary, DigestSummary):
        plain, html = render_digest(summary, zone)
    elif message.minimal:
        document = alert_document(summary, plain=True)
        plain, html = "\n".join(block.text for block in document.blocks), ""
    else:
        plain, html = render(summary, zone)
    # base64: Cyrillic in quoted-printable takes three bytes for every one
    mail.set_content(plain, cte="base64")
    if html:
        mail.add_alternative(html, subtype="html", cte="base64")
    return mail


def render(summary: AlertSummary, zone: tzinfo | None = None) -> tuple[str, str]:
    """Return the plain and the HTML part."""
    label, moment = summary.time
    values = {
        "alert": summary,
        "snippet": "".join(piece.text for piece in summary.snippet),
        "time_label": label,
        "time": clock_face(moment, zone),
        "seen": clock_face(summary.seen_at, zone),
    }
    templates = _templates()
    name = "health" if summary.is_health else "alert"
    return (
        templates.get_template(f"{name}.txt").render(values),
        templates.get_template(f"{name}.html").render(values),
    )


def render_digest(digest: DigestSummary, zone: tzinfo | None = None) -> tuple[str, str]:
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
        "begins": clock_face(digest.begins, zone),
        "ends": clock_face(digest.ends, zone),
        "accents": ACCENTS,
        "most_outlets": MAX_OUTLETS,
    }
    return "\n".join(lines) + "\n", _templates().get_template("digest.html").render(values)


def _subject_of(message: Message, summary: AlertSummary | DigestSummary) -> str:
    """Return the subject; that of an update is the conversation's, for clients that go by it."""
    if isinstance(summary, DigestSummary):
        return ("[test] " if summary.test else "") + summary.title
    if not message.earlier:
        return subject(summary)
    opened = replace(message, alerts=message.earlier[:1], earlier=(), size=1)
    return f"Re: {subject(summarize(opened, {}))}"


def _list_of(message: Message) -> str:
    return "digest" if message.is_digest else _token(message.alert.match.rule_id)


def subject(summary: AlertSummary) -> str:
    """Return the subject: the title and the outlet, on one line."""
    test = "[test] " if summary.test else ""
    if summary.is_health:
        return test + shorten(f"[{summary.badge}] {summary.title}", SUBJECT_LENGTH - len(test))
    outlet = f" — {summary.outlet}" if summary.outlet else ""
    return test + shorten(summary.title, SUBJECT_LENGTH - len(outlet) - len(test)) + outlet


def mailbox(text: str) -> Address:
    """Read `Name <local@domain>` or `local@domain` as the configuration holds it."""
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    return Address(one_line(name), local, domain)


def _token(text: str) -> str:
    """Return `text` if a message id can hold it, else a short hash of it (Cyrillic rule ids)."""
    if _DOT_ATOM.fullmatch(text):
        return text
    return "x" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return "wirewatch.invalid"


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
