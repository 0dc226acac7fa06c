"""Writers of a document in the markups of chats. Pure; everything that is not ours is escaped."""

from __future__ import annotations

import html
import re

from alerts.messages.document import Block, BlockKind, Document, Run

_JOINER = "\u2060"
"""Takes no room, and keeps a chat from seeing a name behind an `@`."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>:<])")
_AT = re.compile("@")
"""Whatever follows: the name may stand in the next run."""


def plain(document: Document) -> str:
    """Return a document as text without any markup; links stand behind their words."""
    lines = []
    for block in document.blocks:
        lead = "• " if block.kind is BlockKind.ITEM else ""
        links = [run.link for run in block.runs if run.link and run.link not in block.text]
        text = "".join(
            run.text if run.text == run.link else _AT.sub("@" + _JOINER, run.text)
            for run in block.runs
        )
        lines.append(" ".join([lead + text, *links]))
    lines += [f"{link.label}: {link.url}" for link in document.links]
    return "\n".join(lines)


def telegram_html(document: Document) -> str:
    """Return a document in the few tags that Telegram knows."""
    return "\n".join(_telegram(block) for block in document.blocks)


def matrix_html(document: Document) -> str:
    """Return a document as simple HTML."""
    parts = []
    for block in document.blocks:
        inner = "".join(_html_run(run) for run in block.runs)
        if block.kind is BlockKind.QUOTE:
            parts.append(f"<blockquote>{inner}</blockquote>")
        elif block.kind is BlockKind.HEADING:
            parts.append(f"<h4>{inner}</h4>")
        else:
            parts.append(f"<p>{'• ' if block.kind is BlockKind.ITEM else ''}{inner}</p>")
    links = " · ".join(
        f'<a href="{html.escape(x.url)}">{html.escape(x.label)}</a>' for x in document.links
    )
    return "".join(parts) + (f"<p>{links}</p>" if links else "")


def markdown(document: Document, *, links: bool = True) -> str:
    """Return a document in the Markdown of Discord, Mattermost and Teams."""
    lines = []
    for block in document.blocks:
        inner = "".join(_markdown_run(run) for run in block.runs)
        if block.kind is BlockKind.QUOTE:
            inner = f"> {inner}"
        elif block.kind is BlockKind.ITEM:
            inner = f"- {inner}"
        elif block.kind is BlockKind.HEADING:
            inner = f"**{inner}**"
        lines.append(inner)
    if links and document.links:
        lines.append(" · ".join(f"[{literal(x.label)}](<{x.url}>)" for x in document.links))
    return "\n".join(lines)


def literal(text: str) -> str:
    """Return text so that Markdown shows it as it is, and nobody is called by it."""
    return _AT.sub("@" + _JOINER, _MARKDOWN.sub(r"\\\1", text))


def _telegram(block: Block) -> str:
    inner = "".join(_html_run(run) for run in block.runs)
    if block.kind is BlockKind.QUOTE:
        return f"<blockquote>{inner}</blockquote>"
    if block.kind is BlockKind.HEADING:
        return f"<b>{inner}</b>"
    return f"• {inner}" if block.kind is BlockKind.ITEM else inner


def _html_run(run: Run) -> str:
    # The joiner keeps `@name` from calling somebody: Telegram reads it in plain text, too.
    text = html.escape(_AT.sub("@" + _JOINER, run.text))
    text = f"<b>{text}</b>" if run.bold and text else text
    return f'<a href="{html.escape(run.link)}">{text}</a>' if run.link else text


def _markdown_run(run: Run) -> str:
    core = run.text.strip()
    if not core:
        return run.text
    lead, trail = run.text[: len(run.text) - len(run.text.lstrip())], ""
    trail = run.text[len(lead) + len(core) :]
    text = literal(core)
    text = f"**{text}**" if run.bold else text
    if run.link:
        text = f"[{text}](<{run.link}>)"
    return lead + text + trail
