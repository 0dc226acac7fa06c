"""An OPML file that is included → the tree that a YAML file with the same sources would give."""

from __future__ import annotations

from core.config.problems import Mark, Problem
from core.config.yaml_tree import Mapping, Node, Scalar, Sequence
from core.opml import OpmlError, OpmlOutline, parse_opml
from core.sources import SourceKind


def opml_tree(data: bytes, file: str) -> tuple[Mapping | None, list[Problem]]:
    """Return `sources:` with every outline, and what was left out as warnings."""
    try:
        document = parse_opml(data)
    except OpmlError as error:
        return None, [Problem(Mark(file, error.line, 1), error.message)]
    problems = [
        Problem(
            Mark(file, skipped.line, 1), f"outline left out: {skipped.reason}", severity="warning"
        )
        for skipped in document.skipped
    ]
    root = Mapping(Mark(file, 1, 1))
    root.keys["sources"] = root.mark
    root.items["sources"] = Sequence(
        root.mark, [_source(outline, Mark(file, outline.line, 1)) for outline in document.outlines]
    )
    return root, problems


def _source(outline: OpmlOutline, mark: Mark) -> Mapping:
    values: dict[str, Node] = {
        "name": Scalar(outline.name, mark, mark),
        "title": Scalar(outline.title, mark, mark),
        "feed" if outline.kind is SourceKind.FEED else "url": Scalar(outline.url, mark, mark),
    }
    if outline.language:
        values["language"] = Scalar(outline.language, mark, mark)
    if outline.tags:
        values["tags"] = Sequence(mark, [Scalar(tag, mark, mark) for tag in outline.tags])
    return Mapping(mark, values, dict.fromkeys(values, mark))
