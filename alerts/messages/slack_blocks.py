"""An alert as Slack Block Kit. Pure: a summary in, the message out.

Slack asks to escape `&`, `<` and `>`, which also disarms `<!channel>` and `<@user>`. It has no
escape for its formatting characters, so in text that is not ours they are replaced by twins that
look alike and mean nothing. Limits hold by construction: pieces are shortened before escaping, to
lengths that fit even if every character needs the longest escape (5 characters, `&amp;`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from alerts.messages.about import HEALTH_MARK
from alerts.messages.alert_view import AlertSummary
from alerts.messages.document import Block, BlockKind, Document, Run, alert_document
from alerts.messages.phrasing import and_more, sample_mark
from alerts.messages.snippet_pieces import Piece
from alerts.messages.times import clock_face
from core.alerting.matches import Level
from core.plain_text import shorten
from core.utc_offset import zone_mark

HEADER_LENGTH = 150
"""Characters in a header block, as Slack allows. Headers are plain text: nothing is escaped."""
URL_LENGTH = 1500
"""A longer link is not shown as one: with the title it would not fit a section's 3,000."""

MAX_BLOCKS = 48
"""Slack takes 50; one more may say what was left out."""

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TWINS = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_JOINER = "\u2060"
"""Word joiner: takes no room, and keeps Slack from seeing a name or an emoji."""
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]*[a-z+-][a-z0-9_+'-]*:)", re.IGNORECASE)
_ZERO_WIDTH_SPACE = "\u200b"

_LEVEL_MARKS = {Level.HIGH: "🔴 ", Level.NORMAL: "", Level.LOW: ""}


def alert_message(summary: AlertSummary) -> dict[str, object]:
    """Return the body of the webhook request."""
    words = summary.words
    mark = sample_mark(words, test=summary.test)
    level = f"{HEALTH_MARK} " if summary.is_health else _LEVEL_MARKS[summary.level]
    heading = shorten(level + mark + _unpinged(summary.badge), HEADER_LENGTH)
    blocks: list[dict[str, object]] = [
        {"type": "header", "text": {"type": "plain_text", "text": heading, "emoji": False}},
        *(_section(f"*{literal(line)}*") for line in summary.leads),
        _section(_title(summary)),
        _context([_origin(summary)]),
        *([_context([literal(summary.order)])] if summary.order else []),
    ]
    if summary.snippet:
        quoted = "" if summary.is_health else "> "
        blocks.append(_section(quoted + _highlighted(summary.snippet)))
    if summary.entities:
        blocks.append(_context([_named(summary)]))
    blocks.append(_context([_why(summary)]))
    if summary.more:
        items = (item for item in alert_document(summary).blocks if item.kind is BlockKind.ITEM)
        blocks += [_context([_written(item)]) for item in items]
    if summary.left_out:
        blocks.append(_context([and_more(summary.left_out, words)]))
    if summary.links:
        blocks.append(_buttons(summary))
    if summary.is_health:
        return _message(f"{mark}{literal(alert_document(summary).subject)}", blocks)
    head = summary.heading or summary.rule
    return _message(
        f"{mark}{literal(head)}: {literal(summary.title)} ({literal(summary.outlet)})", blocks
    )


def document_message(document: Document) -> dict[str, object]:
    """Return the body of the request for a digest, or for a message in its plainest form."""
    blocks: list[dict[str, object]] = []
    for block in document.blocks[:MAX_BLOCKS]:
        if block.kind is BlockKind.HEADING:
            text = shorten(_unpinged(block.text), HEADER_LENGTH)
            header = {"type": "plain_text", "text": text, "emoji": False}
            blocks.append({"type": "header", "text": header})
        elif block.kind is BlockKind.SMALL:
            blocks.append(_context([_written(block)]))
        else:
            blocks.append(_section(_written(block)))
    left_out = len(document.blocks) - MAX_BLOCKS
    if left_out > 0:
        said = document.words.numbered("and %(n)s more lines", "and %(n)s more lines", left_out)
        blocks.append(_context([said]))
    return _message(literal(document.subject), blocks)


def plain_message(document: Document) -> dict[str, object]:
    """Return a message without any layout, for when Slack cannot read one with it."""
    lines = (
        "".join(
            # An address must stay what it is; without blocks, text that looks like one is a link.
            run.link.translate(_ESCAPES) if run.link == run.text else literal(run.text)
            for run in block.runs
        )
        for block in document.blocks
    )
    return _message("\n".join(lines), [])


def _message(text: str, blocks: list[dict[str, object]]) -> dict[str, object]:
    message: dict[str, object] = {
        "text": text,
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return message | {"blocks": blocks} if blocks else message


def _written(block: Block) -> str:
    """Return a block as mrkdwn."""
    text = "".join(_run(run) for run in block.runs)
    return f"• {text}" if block.kind is BlockKind.ITEM else text


def _run(run: Run) -> str:
    text = literal(run.text)
    if run.link is not None and len(run.link) <= URL_LENGTH:
        return f"<{run.link.translate(_ESCAPES)}|{text}>"
    return f"*{text}*" if run.bold and text.strip() == text and text else text


def _buttons(summary: AlertSummary) -> dict[str, object]:
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": link.label, "emoji": False},
                "url": link.url,
                "action_id": f"wirewatch-{index}",
            }
            for index, link in enumerate(summary.links)
        ],
    }


def literal(text: str) -> str:
    """Return `text` so that Slack's mrkdwn shows it as it is."""
    return _unpinged(text).translate(_TWINS).translate(_ESCAPES)


def _unpinged(text: str) -> str:
    return _EMOJI.sub(":" + _JOINER, _BROADCAST.sub("@" + _JOINER, text))


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(texts: list[str]) -> dict[str, object]:
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts]}


def _mrkdwn(text: str) -> dict[str, object]:
    # verbatim: Slack would otherwise turn plain `@here` and `#general` into mentions by itself
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _title(summary: AlertSummary) -> str:
    title = literal(summary.title)
    url = summary.url.translate(_ESCAPES) if summary.url else None
    if url is None or len(url) > URL_LENGTH:
        return f"*{title}*"
    return f"*<{url}|{title}>*"


def _origin(summary: AlertSummary) -> str:
    label, moment = summary.time
    plain = clock_face(moment, summary.words)
    # Slack shows this in each reader's own time zone, the part after the bar where it cannot
    stamp = f"<!date^{int(moment.timestamp())}^{{date_short_pretty}}, {{time}}|{plain}>"
    voices = f"  ·  {literal(summary.voices)}" if summary.voices else ""
    at = f"{moment:%H:%M} {zone_mark(moment)}"
    return f"*{literal(summary.outlet)}*{voices}  ·  {label} {stamp} ({at})"


def _why(summary: AlertSummary) -> str:
    if summary.is_health:
        return literal(summary.why)
    terms = ", ".join(literal(term) for term in summary.terms)
    found = summary.words("found: %(words)s") % {"words": terms}
    rules = ", ".join(literal(rule) for rule in (summary.rule, *summary.other_rules))
    named = f"{summary.rules_label}: {rules} ({summary.level_word})"
    return "  ·  ".join((named, *([found] if terms else []), summary.case))


def _named(summary: AlertSummary) -> str:
    return "  ·  ".join(
        f"{heading}: " + ", ".join(f"*{literal(name)}*" for name in names)
        for heading, names in summary.named
    )


def _highlighted(pieces: Sequence[Piece]) -> str:
    """Return the snippet with its hits in bold.

    Slack reads `*` as bold only where a word begins and ends, so a hit that touches a letter or a
    quotation mark is set off by zero-width spaces.
    """
    out: list[str] = []
    for index, piece in enumerate(pieces):
        if not piece.hit:
            out.append(literal(piece.text))
            continue
        before = pieces[index - 1].text[-1:] if index else ""
        after = pieces[index + 1].text[:1] if index + 1 < len(pieces) else ""
        lead = "" if not before or before.isspace() else _ZERO_WIDTH_SPACE
        trail = "" if not after or after.isspace() or after in ".,;:!?)" else _ZERO_WIDTH_SPACE
        out.append(f"{lead}*{literal(piece.text)}*{trail}")
    return "".join(out)
