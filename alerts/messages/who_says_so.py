"""Who stands behind a story, in the words of messages: badges, and who had it first. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from alerts.messages.about import About, about_of
from alerts.messages.entity_names import proper_name
from alerts.messages.message import Message
from alerts.messages.phrasing import and_more
from alerts.messages.times import short_time
from core.alerting.accounts import Account
from core.alerting.alerts import Alert
from core.config.sections.vocabulary import EntityConfig
from core.plain_text import encodable, one_line, shorten
from core.words import Words

MOST_NAMED = 4
"""Outlets that are named in their order; the rest is counted."""
MOST_ADDED = 3
"""Names, and numbers, shown of what an outlet adds."""
NAME_LENGTH = 40
ORDER_LENGTH = 480
"""Characters of the order: four outlets with what they add, and far below every limit."""
PHRASE_LENGTH = 160
"""Characters of the order in one line of many."""


def badges_of(message: Message, case: int) -> str:
    """Say by their tags who stands behind a case: `state`, or `1 independent, 2 state, 1 other`.

    Empty when no outlet of it has a tag that readers are shown. How many of them only repeat others
    is said: `2 independent (1 copy)`.
    """
    outlets = _outlets(message, case)
    known = [(badge, [one for one in outlets if badge in one.tags]) for badge in message.badges]
    counted = [(badge, having) for badge, having in known if having]
    if not counted:
        return ""
    if len(outlets) == 1:
        return " + ".join(badge for badge, _ in counted)
    parts = [_counted(badge, having, message.words) for badge, having in counted]
    others = sum(one.tags.isdisjoint(message.badges) for one in outlets)
    if others:
        parts.append(message.words.numbered("%(n)s other", "%(n)s others", others))
    return ", ".join(parts)


def order_of(
    message: Message,
    case: int,
    entities: Mapping[str, EntityConfig],
    language: str | None,
    *,
    phrase: bool = False,
) -> str:
    """Say who had a case first, who copies whom, and what each adds; empty for a single outlet.

    `Kloop first, 20 Nov 09:12 UTC · Kabar 20 Nov 09:14 UTC, copies Kloop`. Of many, the first,
    those that the message is about, and the next ones are named. As a `phrase`, for one line of
    many, it is short and goes without times.
    """
    accounts = message.accounts.get(case, ())
    if len(accounts) < 2:
        return ""
    shown = _chosen(accounts, {alert.article.data.source for alert in message.alerts})
    parts = [
        _told(message, account, entities, language, first=account is accounts[0], timed=not phrase)
        for account in shown
    ]
    more = len(accounts) - len(shown)
    whole = " · ".join(parts + ([and_more(more, message.words)] if more else []))
    return shorten(whole, PHRASE_LENGTH if phrase else ORDER_LENGTH)


def tagged_outlets(message: Message, case: int) -> list[dict[str, object]]:
    """Return the outlets of a case for programs, in the order in which they had it."""
    accounts = message.accounts.get(case, ())
    if not accounts:
        sources = dict.fromkeys(alert.article.data.source for alert in _alerts(message, case))
        return [_tagged(message, source, None) for source in sources]
    return [_tagged(message, account.source, account) for account in accounts]


def _tagged(message: Message, source: str, account: Account | None) -> dict[str, object]:
    return {
        "source": source,
        "outlet": encodable(message.outlets.get(source, source)),
        "tags": [encodable(tag) for tag in message.tags.get(source, ())],
        "at": account.at.isoformat().replace("+00:00", "Z") if account else None,
        "copies": account.copies.source if account and account.copies else None,
    }


class _Outlet:
    """What is known of everybody who writes under one name."""

    def __init__(self, tags: Iterable[str], *, copies: bool) -> None:
        self.tags = frozenset(tags)
        self.copies = copies


def _outlets(message: Message, case: int) -> list[_Outlet]:
    accounts = message.accounts.get(case, ())
    told = [(account.source, account.copies is not None) for account in accounts] or [
        (alert.article.data.source, False) for alert in _alerts(message, case)
    ]
    found: dict[str, _Outlet] = {}
    for source, copies in told:
        name = message.outlets.get(source, source)
        tags = message.tags.get(source, ())
        before = found.get(name, _Outlet((), copies=True))
        found[name] = _Outlet((*before.tags, *tags), copies=before.copies and copies)
    return list(found.values())


def _alerts(message: Message, case: int) -> list[Alert]:
    return [
        alert
        for alert in (*message.earlier, *message.alerts)
        if alert.case_id == case and about_of(alert) is About.ARTICLE
    ]


def _counted(badge: str, having: Sequence[_Outlet], words: Words) -> str:
    copying = sum(one.copies for one in having)
    copies = words.numbered("%(n)s copy", "%(n)s copies", copying)
    return f"{len(having)} {badge}" + (f" ({copies})" if copying else "")


def _chosen(accounts: Sequence[Account], joined: Collection[str]) -> list[Account]:
    wanted = sorted(
        range(len(accounts)),
        key=lambda place: (place > 0, accounts[place].source not in joined, place),
    )
    return [accounts[place] for place in sorted(wanted[:MOST_NAMED])]


def _told(
    message: Message,
    account: Account,
    entities: Mapping[str, EntityConfig],
    language: str | None,
    *,
    first: bool,
    timed: bool,
) -> str:
    words = message.words
    name, at = _name(message, account.source), short_time(message.shown(account.at), words)
    if first:
        said = [words("%(outlet)s first") % {"outlet": name}, *([at] if timed else [])]
    else:
        said = [f"{name} {at}" if timed else name]
    if account.copies is not None:
        copied = _name(message, account.copies.source)
        said.append(words("copies %(outlet)s") % {"outlet": copied})
    if account.adds:
        names = [_entity(entities, *named, language) for named in account.names[:MOST_ADDED]]
        added = names + [_clean(number) for number in account.numbers[:MOST_ADDED]]
        said.append(words("adds %(what)s") % {"what": ", ".join(added)})
    return ", ".join(said)


def _entity(
    entities: Mapping[str, EntityConfig], entity: str, spelling: str, language: str | None
) -> str:
    known = entities.get(entity)
    return _clean(proper_name(known, language) if known else spelling or entity)


def _name(message: Message, source: str) -> str:
    return _clean(message.outlets.get(source, source)) or source


def _clean(text: str) -> str:
    return shorten(one_line(text).strip(), NAME_LENGTH)
