"""An alert as a mail: plain and HTML, threaded by article, sorted by rule. Pure.

Mail clients gather what refers to the same message id, so all mails about one article refer to one
id that no mail has. The subject is the article's title, since some clients part what differs there.
"""

from __future__ import annotations

import functools
import hashlib
import re
from datetime import UTC, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.receivers.protocol import Notice
from alerts.receivers.summary import AlertSummary, clock_face
from core.alerting import Level
from core.config.models import EmailConfig
from core.plain_text import one_line, shorten

SUBJECT_LENGTH = 180
"""Characters; clients show about 70, and RFC 5322 lines are folded by the policy."""

_POLICY: EmailPolicy[EmailMessage] = SMTP.clone(max_line_length=76)
_DOT_ATOM = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def build(
    notice: Notice, summary: AlertSummary, config: EmailConfig, *, zone: tzinfo | None = None
) -> EmailMessage:
    """Return the mail for one delivery; the same delivery gives the same Message-ID.

    `zone` is the time zone shown beside UTC; None is this machine's own.
    """
    sender = mailbox(config.from_)
    domain = _ascii_domain(sender.domain)
    thread = f"<article-{_article_key(notice)}@{domain}>"
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = tuple(mailbox(to) for to in config.to)
    mail["Subject"] = subject(summary)
    mail["Date"] = format_datetime(notice.sent_at.astimezone(UTC))
    mail["Message-ID"] = f"<{_token(notice.delivery_id)}@{domain}>"
    mail["In-Reply-To"] = thread
    mail["References"] = thread
    mail["List-Id"] = f"<{_token(notice.alert.match.rule_id)}.wirewatch.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    mail["X-Auto-Response-Suppress"] = "All"  # the same, as Exchange understands it
    mail["X-Wirewatch-Rule"] = _token(notice.alert.match.rule_id)
    mail["X-Wirewatch-Level"] = summary.level.value
    if summary.level is Level.HIGH:
        mail["Importance"] = "high"
    plain, html = render(summary, zone)
    # base64: Cyrillic in quoted-printable takes three bytes for every one
    mail.set_content(plain, cte="base64")
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
    return (
        templates.get_template("alert.txt").render(values),
        templates.get_template("alert.html").render(values),
    )


def subject(summary: AlertSummary) -> str:
    """Return the subject: the title and the outlet, on one line."""
    test = "[test] " if summary.test else ""
    outlet = f" — {summary.outlet}" if summary.outlet else ""
    return test + shorten(summary.title, SUBJECT_LENGTH - len(outlet) - len(test)) + outlet


def mailbox(text: str) -> Address:
    """Read `Name <local@domain>` or `local@domain` as the configuration holds it."""
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    return Address(one_line(name), local, domain)


def _article_key(notice: Notice) -> str:
    # the id alone would join articles of two installations that write from one domain
    article = notice.alert.article
    return f"{article.id}-{int(article.first_seen_at.timestamp())}"


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
        loader=PackageLoader("alerts.receivers"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
