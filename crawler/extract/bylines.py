"""Who wrote an article: names of people out of what pages, meta tags and feeds say of authors.

The outlet and its newsroom are no authors: `site_name` says who they are. A news agency stays; it
says where the text is from, and a rule can ask for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.extract.own_place import OwnPlace
from crawler.extract.titles import pieces, squeeze, tidy

MAX_NAMES = 20
MAX_BYLINE = 400
"""Characters of a byline that are read; who wrote more than that wrote no byline."""
MAX_BYLINES = 3
MAX_MARKED = 40
"""Elements marked as bylines that are looked at: comments have authors as well."""
AFTER_HEADLINE = 60
"""Elements after the headline among which a byline that nothing marks is looked for."""
MAX_PIECES = 60
"""Pieces of text of a byline that are read."""
MAX_LABELS = 60
SHORT_BYLINE = 80
_NO_TEXT = ("script", "style", "svg", "button")

# First the attributes, of which there are few, then what their elements must be: asking every
# element of a page costs several times as much.
# A union compares each node of one side with each of the other: each is cut before.
_BYLINES = XPath(
    "((//@rel[.='author'])[position() <= 200] | (//@itemprop[.='author'])[position() <= 200]"
    " | (//@class[contains(.,'uthor') or contains(.,'yline')])[position() <= 200])"
    "[position() <= 200]/parent::*[not(self::script or self::style or self::meta[@name])]"
)
_SURE = re.compile(
    r"(?:^|\s)(?:author|byline)(?:\s|$)|author-name|author__name|article__author|article-author",
    re.IGNORECASE,
)
_NOT_OURS = re.compile(
    r"authori[tsz]|comment|avatar|related|teaser|bio|image|photo|media|caption|social",
    re.IGNORECASE,
)

_BY = re.compile(
    r"^\W*(?:(?:by|written by|story by|reported by|words by|author|autor(?:in|en|es|a|i)?"
    r"|autorin/autor|auteure?s?|texte?|testo di|tekst|автор(?:ы|и|у|ка)?|текст|авторлор|авторлар"
    r"|авторы|муаллиф|muallif|yazar|muallifi)\b\s*[:：]?|von:|par:|por:|от:)\s+(?=\S)",
    re.IGNORECASE,
)
_BY_PARTICLE = re.compile(
    # These are parts of names as well: "von Anna Roth" is a byline, "von Roth" is not.
    r"^(?:von|par|por|di|da|av|af|przez|door|od|от)\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_PARTICLE = re.compile(r"^(?:von|par|por|di|da|av|af|door|от)\s+", re.IGNORECASE)
_TIMES = re.compile(
    r"\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b.*|\b\d{1,2}[:.]\d{2}\b.*|\b(?:19|20)\d\d\b.*"
    r"|\b(?:published|updated|veröffentlicht|aktualisiert|publié|опубликовано|обновлено)\b.*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:[,;|/•·、+&]|\s[-–—]\s"
    r"|\s(?:and|with|и|та|және|жана|мен|менен|va|ва|und|mit|et|og|och|ja|oraz|ve|ile)\s)\s*",
    re.IGNORECASE,
)
_SHORT_AND = re.compile(r"\s(?:y|e|i|і|й|a)\s")
_ADDRESS = re.compile(r"https?:|www\.|\S@\S", re.IGNORECASE)
_MAIL = re.compile(r"\S*@\S*|\((?:[^()]*(?:\.\w{2,3}|@)[^()]*)\)")
_CREDIT = re.compile(
    r"^\W*(?:image|images|foto|fotos|photo|photos|picture|bild|bilder|video|credit|crédito?|quelle"
    r"|source|graphic|illustration|фото|видео|иллюстрация|источник|сурет|сүрөт|surat|rasm)\w{0,3}\b"
    r"\s*(?:[:/|©(]|by\b|von\b|$)|©|getty|istock|shutterstock",
    re.IGNORECASE,
)
_SITE = re.compile(r"(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,6}\b", re.IGNORECASE)
_FOR = re.compile(r"(?<=\w)\s+(?:for|für|pour|para|для)\s.*", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:correspondents?|reporters?|editors?|writers?|journalists?|columnists?|professor|director"
    r"|analyst|producers?|commentator|contributors?|critic|presenter|redakteur(?:in|e|innen)?"
    r"|reporterin|korrespondent(?:in|en)?|chefredakteur(?:in)?|autor(?:in)?|volont(?:är|ärin)"
    r"|journaliste?s?|rédact(?:eur|rice)s?|correspondante?|periodista|redactor(?:a)?|corresponsal"
    r"|giornalista|dziennikarz|dziennikarka|profesorius"
    r"|корреспондент\w*|редактор\w*|обозреватель\w*|журналист\w*|автор|колумнист\w*|эксперт\w*"
    r"|кореспондент\w*|оглядач\w*|тілші\w*|кабарчы\w*|muxbir\w*|jurnalist\w*|хабарнигор\w*)\b"
    r"|(?<=\s)(?:기자|특파원|記者|记者)",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"\b(?:redaktion\w*|redazione|redacción|redacao|redação|rédaction|redakcja|redakce|redakcija"
    r"|редакци\w+|редакці\w+|редколлеги\w+|tahririyat\w*|таҳририят\w*|newsroom|news ?desk|desk"
    r"|staff|editorial|team|agenturen|agencies|agencias|agences|webmaster|web ?desk|administrator"
    r"|admin|press release|pressemitteilung|пресс-?служб\w*|прес-?служб\w*|пресс-?центр\w*"
    r"|баспасөз|news|nachrichten|noticias|actualités|новости|новини|жаңылыктар|жаңалықтар"
    r"|yangiliklar|хабарлар|служба|отдел|агентство новостей|our|unser\w*|correspondent"
    r"|univers\w*|institut\w*|университет\w*|институт\w*|fakult\w*)\b",
    re.IGNORECASE,
)
_BODY_ALONE = re.compile(
    # "red" is the newsroom, "Red Ames" a man; "Guest" begins a guest's role and ends a name.
    r"red|guest(?:\s.*)?",
    re.IGNORECASE,
)
_FAMILY_NAME = re.compile(
    r"[^\W\d_a-zа-я]\w+(?:ов|ова|ев|ева|ёв|ёва|ин|ина|ын|ына|ский|ская|ко|ич|ян|дзе|швили|баев|баева"
    r"|ов[аи]|зода|улы|уулу|қызы|кызы|бек|ov|ova|ev|eva|yev|yeva|sky|ska|ski|enko|ich|yan|dze|shvili"
    r"|zoda|uly|uulu|kyzy|qizi|bek|bekov|bayev|son|sen|sson|stein|mann|ez|ini|elli)"
)
"""How family names end that need no list to be known."""
_NO_NAME = re.compile(
    r"[@#_<>{}=:]|\d|\.(?:com|ru|org|net|info|kz|kg|uz|ua|tj|de|tv|lt|io)\b|^\W*$", re.I
)
_LABEL = re.compile(
    r"(?:author|by|autor(?:in|en)?|autorin/autor|auteur|автор(?:ы|и)?|текст|авторы|муаллиф|muallif)"
    r"\s*:?",
    re.IGNORECASE,
)
_STARTS_BY = re.compile(r"\W*(?:by|von|par|por|автор|text|текст|autor(?:in)?)\b", re.IGNORECASE)


def people(raw: Iterable[str], *outlet: str) -> tuple[str, ...]:
    """Names of people out of bylines: "By A and B" is two names, an address or an outlet is none.

    `outlet` are names of the outlet itself.
    """
    ours = {squeezed for name in outlet if len(squeezed := squeeze(name)) > 1}
    found: dict[str, str] = {}
    for text in raw:
        if _is_signed_by(text, ours):
            continue
        for name in _names(text):
            if not _is_outlet(name, ours):
                known = found.get(name.casefold())
                if known is None or known.isupper():
                    found[name.casefold()] = name
    return tuple(islice(found.values(), MAX_NAMES))


def authors(
    stated: Iterable[Iterable[str]], tree: HtmlElement, place: OwnPlace, outlet: Iterable[str]
) -> tuple[str, ...]:
    """Return the names from the first source that has any: what is stated, then what is shown."""
    ours = tuple(outlet)
    for source in stated:
        if names := people(source, *ours):
            return names
    for shown in (_marked(tree, place), _labelled(tree, place), _unmarked(place)):
        if names := people(shown, *ours):
            return names
    return ()


def _names(text: str) -> Iterator[str]:
    """Yield the names in one byline."""
    text = tidy(text[:MAX_BYLINE])
    if _CREDIT.search(text) or _ADDRESS.match(text):
        return
    if "@" in text or "(" in text:
        text = _MAIL.sub(" ", text)
    text = _TIMES.sub("", text).strip()
    text = _FOR.sub("", _BY.sub("", text))
    text = _BY_PARTICLE.sub("", text)
    parts = [part.strip(" .,:;-–—•|*\"'") for part in _SEPARATOR.split(text)]
    if len(parts) == 2 and _is_turned_round(text, parts):
        parts = [f"{parts[1]} {parts[0]}"]
    for part in parts:
        halves = _SHORT_AND.split(part)
        whole = len(halves) == 1 or any(" " not in half.strip() for half in halves)
        for name in (part,) if whole else halves:
            if cleaned := _name(name):
                yield cleaned


def _is_turned_round(text: str, parts: list[str]) -> bool:
    """Tell "Roe, Ann" from "Ann Roe, Bo Lee": one word on each side of a comma."""
    return "," in text and all(part.istitle() and part.isalpha() for part in parts)


def _name(part: str) -> str:
    """Return a part of a byline as a name, or nothing where it is none."""
    if role := next((r for r in _ROLE.finditer(part) if not _is_family_name(r[0], part)), None):
        part = part[: role.start()]
        # "Ann Lee Reporter" has a name before the role, "Travel Editor" a part of it.
        if not 2 <= len(part.split()) <= 3 and part.isascii():
            return ""
    name = _BY_PARTICLE.sub("", _BY.sub("", part)).strip(" .,:;-–—•|*\"'()")
    words = name.split()
    if not 2 <= len(name) <= 80 or len(words) > 6 or _NO_NAME.search(name) or _is_body(name):
        return ""
    # "a lecturer at the academy" is a position, "kesm" a sign; agencies write themselves "dpa".
    if name.islower() and (len(words) > 2 or len(name) > 4):
        return ""
    if len(words) > 2 and sum(word[0].islower() for word in words) > len(words) / 2:
        return ""
    return name


def _is_family_name(word: str, part: str) -> bool:
    """Tell "Иван Редакторов" from "Иван Петров, редактор": a name has a first name beside it."""
    return " " in part and not part.isupper() and _FAMILY_NAME.fullmatch(word) is not None


def _is_body(name: str) -> bool:
    """Tell a newsroom and the like from a person."""
    found = _BODY_ALONE.fullmatch(name) or _BODY.search(name)
    return found is not None and not _is_family_name(found[0], name)


def _is_signed_by(text: str, ours: set[str]) -> bool:
    """Tell whether a byline is the outlet's: "Daily News (www.news.example), Osh, Kyrgyzstan"."""
    first = _SEPARATOR.split(text[:MAX_BYLINE], maxsplit=1)[0]
    sites = (found[0].lower().removeprefix("www.") for found in _SITE.finditer(first))
    return any(squeeze(site) in ours for site in sites) and not _FOR.search(first)


def _is_outlet(name: str, ours: set[str]) -> bool:
    """Tell whether a name is the outlet's, or that of one of its departments.

    An outlet may be called as people are: Вера Петрова is no department of "Вера".
    """
    name = _PARTICLE.sub("", name)
    squeezed = squeeze(name)
    if squeezed in ours:
        return True
    words = name.split()
    first = squeeze(words[0])
    if len(first) <= 2 or first not in ours:
        return False
    return not (len(words) > 1 and words[0].istitle() and _FAMILY_NAME.fullmatch(words[-1]))


def _marked(tree: HtmlElement, place: OwnPlace) -> Iterator[str]:
    """Yield the bylines that the markup names as such, the outermost of each."""
    found = 0
    for element in islice(cast("list[HtmlElement]", _BYLINES(tree)), MAX_MARKED):
        kind = (element.get("class") or "")[:200]
        sure = bool(element.get("rel") or element.get("itemprop") or _SURE.search(kind))
        text = _text(element)
        if not text or place.is_elsewhere(element) or (not sure and _NOT_OURS.search(kind)):
            continue
        if sure or _looks_like_names(text):
            yield text
            found += 1
        if found == MAX_BYLINES:
            return


def _labelled(tree: HtmlElement, place: OwnPlace) -> Iterator[str]:
    """Yield what stands behind a label such as "Author" in a list of facts about the article."""
    for label in islice(tree.iter("strong", "b", "dt", "th"), MAX_LABELS):
        if len(label) or not _LABEL.fullmatch(tidy((label.text or "")[:SHORT_BYLINE])):
            continue
        after = (label.tail or "").strip()
        if not after and (beside := label.getnext()) is not None:
            after = _text(beside)
        if after and _looks_like_names(after) and not place.is_elsewhere(label):
            yield after
            return


def _unmarked(place: OwnPlace) -> Iterator[str]:
    """Yield a short line under the headline that begins with "by"."""
    for element in place.after_headline(AFTER_HEADLINE):
        if not _STARTS_BY.match((element.text or "")[:SHORT_BYLINE]):
            continue
        text = _text(element, SHORT_BYLINE + 1)
        if len(text) <= SHORT_BYLINE and _looks_like_names(text):
            yield text
            return


def _looks_like_names(text: str) -> bool:
    """Tell whether a text is nothing but names of two to four words each."""
    names = list(_names(text))
    return bool(names) and all(
        2 <= len(name.split()) <= 4 and not name.split()[0].islower() for name in names
    )


def _text(element: HtmlElement, most: int = MAX_BYLINE) -> str:
    if element.get("content"):
        return str(element.get("content"))
    found: list[str] = []
    length = 0
    for piece in islice(pieces(element, lambda part: part.tag in _NO_TEXT), MAX_PIECES):
        found.append(piece)
        length += len(piece)
        if length > 4 * most:
            break
    return tidy(" ".join(found))
