"""Messages as an Atom feed in a file (RFC 4287), for feed readers and web servers."""

from __future__ import annotations

import html
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from lxml import etree

from alerts.messages.document import Block, BlockKind, Document, compose
from alerts.messages.message import Message
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import AT_ONCE, SendResult
from alerts.receivers.transport.written import written
from core.config.sections.receivers import AtomConfig
from core.config.sections.vocabulary import EntityConfig
from core.plain_text import one_line
from core.private_files import FILE_MODE

NAMESPACE = "http://www.w3.org/2005/Atom"
_NSMAP = cast("dict[str, str]", {None: NAMESPACE})  # the stubs know no default namespace
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_A = f"{{{NAMESPACE}}}"


class AtomReceiver:
    """Keeps the latest messages in a feed."""

    kind = "atom"
    rate = AT_ONCE

    def __init__(self, name: str, config: AtomConfig, entities: Mapping[str, EntityConfig]) -> None:
        self.name = name
        self._config = config
        self._entities = entities

    async def send(self, message: Message) -> SendResult:
        """Put the message first in the feed; one that is in it already is replaced."""
        try:
            entry = self._entry(message)
            etree.tostring(entry)
        except Exception as error:
            return not_composed(error, self.name)
        return await written(lambda: self._add(entry, message.sent_at))

    async def close(self) -> None:
        """Do nothing: the file is written as a whole each time."""

    def preview(self, message: Message) -> str:
        """Return the entry."""
        entry = self._entry(message)
        etree.indent(entry)
        return etree.tostring(entry, encoding="unicode")

    def _add(self, new: etree._Element, at: datetime) -> None:
        path = self._config.path
        wanted = new.findtext(f"{_A}id")
        kept = [entry for entry in self._entries(path) if entry.findtext(f"{_A}id") != wanted]
        feed = etree.Element(f"{_A}feed", nsmap=_NSMAP)
        _text(feed, "id", f"urn:wirewatch:feed:{self.name}")
        _text(feed, "title", self._config.title)
        _text(feed, "updated", _iso(at))
        _text(etree.SubElement(feed, f"{_A}author"), "name", "Wirewatch")
        feed.extend([new, *kept][: self._config.entries])
        data = etree.tostring(feed, xml_declaration=True, encoding="utf-8")
        # A reader sees the old feed or the new one, also when the power goes.
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".atom-", delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), self._mode_of(path))
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    def _mode_of(self, path: Path) -> int:
        """Return the rights of the feed: as configured, or as it has them."""
        if self._config.mode is not None:
            return self._config.mode
        try:
            return stat.S_IMODE(path.stat().st_mode)
        except OSError:
            return FILE_MODE

    @staticmethod
    def _entries(path: Path) -> list[etree._Element]:
        """Return what is in the feed. A file that is none is begun anew."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return []
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False)
        try:
            return etree.fromstring(data, parser).findall(f"{_A}entry")
        except etree.XMLSyntaxError:
            return []

    def _entry(self, message: Message) -> etree._Element:
        document = compose(message, self._entities)
        entry = etree.Element(f"{_A}entry", nsmap=_NSMAP)
        _text(entry, "id", f"urn:wirewatch:{message.delivery_id}")
        _text(entry, "title", document.subject)
        _text(entry, "updated", _iso(message.sent_at))
        if document.url:
            etree.SubElement(entry, f"{_A}link", href=one_line(document.url), rel="alternate")
        etree.SubElement(entry, f"{_A}category", term=document.level.value)
        if document.is_health:
            etree.SubElement(entry, f"{_A}category", term="health")
        content = _text(entry, "content", as_html(document))
        content.set("type", "html")
        return entry


def as_html(document: Document) -> str:
    """Return a document as simple HTML, everything in it escaped."""
    return "".join(_paragraph(block) for block in document.blocks)


def _paragraph(block: Block) -> str:
    runs = []
    for run in block.runs:
        text = html.escape(run.text)
        text = f"<b>{text}</b>" if run.bold else text
        runs.append(f'<a href="{html.escape(run.link)}">{text}</a>' if run.link else text)
    inner = "".join(runs)
    if block.kind is BlockKind.QUOTE:
        return f"<blockquote>{inner}</blockquote>"
    return f"<h3>{inner}</h3>" if block.kind is BlockKind.HEADING else f"<p>{inner}</p>"


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, f"{_A}{name}")
    child.text = _xml(text)
    return child


def _xml(text: str) -> str:
    """Drop what XML cannot hold at all."""
    return _NOT_XML.sub("\ufffd", text)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
