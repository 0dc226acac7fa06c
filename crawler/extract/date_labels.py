"""What stands beside a date and says whose it is: when a page was published, or when changed."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

LONGEST_LABEL = 40
"""Characters of what stands before a date and names it."""

_PUBLISHED = (
    r"publish\w*|posted|first published|publication date|опубликован\w*|публикаци\w*|размещен\w*"
    r"|добавлен\w*|опублікован\w*|публікаці\w*|розміщен\w*|додан\w*|жариялан\w*|жарық көр\w*"
    r"|жарыялан\w*|жарык көр\w*|chop etil\w*|e.?lon qilin\w*|joylan\w*|joylashtiril\w*|nashr\b"
    r"|чоп этил\w*|эълон қилин\w*|жойлан\w*|жойлаштирил\w*|нашр\b|интишор\w*|чоп шуд\w*"
)
_CHANGED = (
    r"updated?\b|modified|edited|corrected|обновл\w*|изменен\w*|отредактирован\w*|исправлен\w*"
    r"|оновл\w*|змінен\w*|відредагован\w*|виправлен\w*|жаңартыл\w*|өзгертіл\w*|түзетіл\w*"
    r"|жаңылан\w*|жаңыртыл\w*|өзгөртүл\w*|оңдол\w*|yangilan\w*|o.?zgartiril\w*|tahrirlan\w*"
    r"|tahrir qilin\w*|янгилан\w*|ўзгартирил\w*|таҳрирлан\w*|таҳрир (?:қилин|шуд)\w*|навсоз\w*"
    r"|таҷдид\w*|нав карда\w*|тағйир\w*"
)
_LABELS = re.compile(
    rf"(?<![^\W\d_])(?:(?P<published>{_PUBLISHED})|(?P<changed>{_CHANGED}))", re.IGNORECASE
)

_CHANGED_CLASS = re.compile(
    r"^(?!.*(?:publish|created|posted)).*(?:updated|modified|changed)", re.IGNORECASE | re.DOTALL
)


def without_changes(line: str) -> tuple[str, bool]:
    """Return what of a line says when a page was published, and False where it says when changed.

    A line with neither word says the former; of a line with both, only that part is returned.
    """
    labels = [(found.start(), found.lastgroup == "changed") for found in _LABELS.finditer(line)]
    if not any(changed for _, changed in labels):
        return line, True
    ends = [at for at, _ in labels[1:]] + [len(line)]
    for (start, changed), end in zip(labels, ends, strict=True):
        if not changed:
            return line[start:end].strip(" ,;.()|"), True
    before = line[: labels[0][0]]
    if any(map(str.isdigit, before)):
        return before.strip(" ,;.()|"), True
    return line, False


def is_of_change(text: str) -> bool:
    """Tell a label of when a page was changed."""
    found = list(_LABELS.finditer(text))
    return bool(found) and found[-1].lastgroup == "changed"


def label_before(element: HtmlElement) -> str:
    """Return what stands right before an element, and what it is called by its class."""
    before = element.getprevious()
    above = element.getparent()
    if before is not None:
        said = (before.tail or "").strip() or _short(before)
    else:
        said = (above.text or "").strip() if above is not None else ""
    named = " ".join(each.get("class") or "" for each in (above, element) if each is not None)
    changed = "updated" if _CHANGED_CLASS.search(named) else ""
    return f"{changed} {said[-LONGEST_LABEL:]}"


def _short(element: HtmlElement) -> str:
    text = element.text_content() if len(element) < 3 else ""
    return text.strip() if len(text) <= 2 * LONGEST_LABEL else ""
