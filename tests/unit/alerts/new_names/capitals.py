"""A tagger that takes capitals for names, for tests where the model's own judgement matters not."""

from __future__ import annotations

import re

from alerts.new_names.tagger import TaggedName
from core.alerting.matches import NameKind

_RUNS = re.compile(r"\b[А-ЯЁ]\w+(?: [А-ЯЁ]\w+)*")


class CapitalsTagger:
    """Runs of words with capitals: two are a person, one is a place, the Ministry … a body."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def tag(self, text: str) -> tuple[TaggedName, ...]:
        self.asked.append(text)
        return tuple(
            TaggedName(_kind(run.group()), run.start(), run.end()) for run in _RUNS.finditer(text)
        )


def _kind(run: str) -> NameKind:
    if run.startswith(("Посол", "Мин")):
        return NameKind.BODY
    return NameKind.PERSON if " " in run else NameKind.PLACE
