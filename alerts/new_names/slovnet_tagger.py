"""Names in Russian news, by slovnet: a small network that runs on numpy alone."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from alerts.new_names.tagger import TaggedName
from core.alerting.matches import NameKind
from core.config.new_names import TAGGER_FILE, VECTORS_FILE

LANGUAGE = "ru"
_KINDS = {"PER": NameKind.PERSON, "ORG": NameKind.BODY, "LOC": NameKind.PLACE}


class SlovnetTagger:
    """The model with its weights."""

    def __init__(self, folder: Path) -> None:
        """Load the weights, which takes a second; with the first article 220 MB."""
        from navec import Navec
        from slovnet import NER

        self._model: Any = NER.load(str(folder / TAGGER_FILE))
        self._model.navec(Navec.load(str(folder / VECTORS_FILE)))

    def tag(self, text: str) -> tuple[TaggedName, ...]:
        """Return the names in `text`, in order."""
        if not text.strip():  # the model wants at least one word
            return ()
        spans = self._model(text).spans
        return tuple(TaggedName(_KINDS[span.type], span.start, span.stop) for span in spans)


@functools.lru_cache(maxsize=1)
def slovnet_tagger(folder: Path) -> SlovnetTagger:
    """Return the model of a folder; a reload of the configuration need not load it again."""
    return SlovnetTagger(folder)
