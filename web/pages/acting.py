"""What people do about stories: forms that work without script, and can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from core.alerting.alerts import DismissReason
from core.words import worded
from desk import alerts, overview, stories
from desk.alerts import Signature
from desk.errors import NotThereError
from desk.links import MUTE, SNOOZE
from desk.undoing import NothingToUndoError, undo
from web.frame import Strip, frame_of, reasons
from web.pages.shelves import shelves_at
from web.rendering import page
from web.visit import LANGUAGE_COOKIE, Visit
from web.wording import REASONS
from web.words import LANGUAGES

_NEVER = datetime.min.replace(tzinfo=UTC)
MOST_AT_ONCE = 50
"""Stories that one press acts on: no more than can be seen and picked."""
_VERBS = frozenset({"acknowledge", "snooze", "dismiss", "mute", "reopen"})
DONE = {
    "acknowledge": worded("Taken on."),
    "snooze": worded("Put off for 4 hours."),
    "dismiss": worded("Dismissed."),
    "mute": worded("Taken on, and muted for a week."),
    "alone": worded("Taken on. It is part of no story, so there is nothing to mute."),
    "gone": worded("Nothing was done: it is no longer stored."),
    "reopen": worded("Open again."),
    "undone": worded("Undone."),
    "note": worded("Noted."),
    "sample": worded("A sample was sent; what came of it stands beside the receiver."),
    "sampling": worded("Another sample is on its way. Try again in a moment."),
    "again": worded("On its way again."),
    "nothing": worded("Nothing to do: it has changed meanwhile."),
    "ended": worded("Logged out."),
    "partly": worded("Not all were undone: somebody else has changed some of them since."),
    "some": worded("Taken on. What is part of a story is muted for a week, the rest cannot be."),
    "late": worded("Somebody else has changed it since; nothing was undone."),
}


def act(visit: Visit) -> Response:
    """Do what a form asks for about one story, or about those that were picked."""
    verb, _, reason = visit.field("do").partition(":")
    wanted = tuple(dict.fromkeys(visit.fields("alert")))[:MOST_AT_ONCE]
    if verb not in _VERBS or not wanted:
        return page(visit, "message.html", 400,
                      heading=visit.words("Not understood"),
                      text=visit.words("Nothing was done."))  # fmt: skip
    # One moment for all of it: by that it is undone.
    signed = visit.desk.signed(visit.person)
    came_to = {one: did for one in wanted if (did := _do(visit, one, verb, reason, signed))}
    overview.forget_counts(visit.desk)
    dids = set(came_to.values())
    did = "gone" if not dids else verb if verb in dids else dids.pop()
    if {"mute", "alone"} <= dids:
        did = "some"
    if visit.swaps and len(came_to) == len(wanted) == 1:
        return _in_place(visit, wanted[0], did, signed.at)
    return _back(visit, did, came_to, signed.at)


def undo_all(visit: Visit) -> Response:
    """Undo what was just done."""
    undone = []
    try:
        asked = datetime.fromisoformat(visit.field("at"))
    except ValueError:
        asked = _NEVER
    deed_at = asked if asked.tzinfo else _NEVER
    wanted = tuple(dict.fromkeys(visit.fields("alert")[:MOST_AT_ONCE]))
    for alert_id in wanted:
        try:
            undo(visit.desk.store, alert_id, deed_at, visit.desk.signed(visit.person))
            undone.append(alert_id)
        except (NothingToUndoError, NotThereError):
            continue  # the strip says that it was not
    overview.forget_counts(visit.desk)
    did = "late" if not undone else "undone" if len(undone) == len(wanted) else "partly"
    return _back(visit, did, ())


def note(visit: Visit) -> Response:
    """Write a note about a story."""
    words = visit.field("words").strip()
    alert_id = visit.field("alert")
    if words:
        alerts.note(visit.desk.store, alert_id, visit.desk.signed(visit.person), words[:2000])
    return _back(visit, "note" if words else "", ())


def set_keys(visit: Visit) -> Response:
    """Turn keys without a modifier on or off."""
    visit.desk.store.set_single_keys(visit.person, visit.field("single") == "on")
    return RedirectResponse("/", 303)


def done(visit: Visit, did: str) -> Response:
    """Lead back to where a form was, with a strip that says what was done."""
    return _back(visit, did, ())


def strip_of(visit: Visit) -> Strip | None:
    """Return what the address says was just done, with its undo."""
    did = visit.query.get("did", "")
    if did not in DONE:
        return None
    undoable = tuple(visit.query.get("of", "").split(",")) if visit.query.get("of") else ()
    back = visit.address(did=None, of=None, at=None)
    return _strip(visit, did, undoable, back, visit.query.get("at", ""))


def _strip(visit: Visit, verb: str, undoable: Iterable[str], back: str, at: str) -> Strip:
    ids = tuple(undoable)
    words = visit.words(DONE[verb])
    if len(ids) > 1:
        words = visit.words.plural("%(n)s story: ", "%(n)s stories: ", len(ids)) + words
    strip = Strip(words, back, ids, at)
    return _with_veto(visit, strip) if verb == "dismiss" and len(ids) == 1 else strip


def _with_veto(visit: Visit, strip: Strip) -> Strip:
    """Offer the word that the rule's wrong alerts have in common."""
    try:
        card = stories.card_of(visit.desk, strip.undo[0])
    except NotThereError:
        return strip
    change = card.change
    if change is None or change.reason != DismissReason.WRONG_SENSE.value:
        return strip
    vetoes = [veto for veto in overview.rule_scores(visit.desk).vetoes if veto.rule == card.rule_id]
    address = f"/rules/{card.rule_id}/try"
    query: dict[str, str] = {"article": str(card.article)}
    hint = ""
    if vetoes:
        query["without"] = vetoes[0].word
        hint = visit.words.plural(
            "Leave out «%%(word)s»? %(n)s wrong alert of this rule has it, none that was right.",
            "Leave out «%%(word)s»? %(n)s wrong alerts of this rule have it, none that was right.",
            vetoes[0].wrong,
        ) % {"word": vetoes[0].word}
    else:
        hint = visit.words("No word tells this rule's wrong alerts from the right ones yet.")
    return Strip(
        strip.words, strip.back, strip.undo, strip.at, hint,
        f"{address}?{urlencode(query)}", visit.words("Try it"),
    )  # fmt: skip


def _do(visit: Visit, alert_id: str, verb: str, reason: str, signed: Signature) -> str:
    """Do one thing about one story; return what was done, nothing when it is gone."""
    store = visit.desk.store
    try:
        match verb:
            case "acknowledge":
                alerts.acknowledge(store, alert_id, signed)
            case "snooze":
                alerts.snooze(store, alert_id, signed, signed.at + SNOOZE)
            case "dismiss":
                known = {choice.value for choice in REASONS}
                why = DismissReason(reason) if reason in known else DismissReason.OTHER
                alerts.dismiss(store, alert_id, signed, why)
            case "mute":
                why_so = visit.words("muted at the desk")
                muted = alerts.mute(store, alert_id, signed, MUTE, why_so)
                return verb if muted.silence else "alone"
            case _:
                alerts.reopen(store, alert_id, signed)
    except NotThereError:
        return ""
    return verb


def _in_place(visit: Visit, alert_id: str, did: str, at: datetime) -> Response:
    """Answer with the one card as it is now: nothing around it moves."""
    card = stories.card_in(stories.card_of(visit.desk, alert_id), visit.words.language)
    back = safe_back(visit.field("back"))
    template = "_lead.html" if visit.field("as") == "story" else "_card.html"
    return page(
        visit, "_changed.html", changed=template, card=card, back=back, whole=True,
        frame=frame_of(visit, "alerts"), oob=True,
        # Of a list: the page of one story has no shelves.
        shelves=shelves_at(visit, back) if template == "_card.html" else (),
        strip=_strip(visit, did, (alert_id,), back, at.isoformat()),
        reasons=reasons(visit.words),
    )  # fmt: skip


def _back(visit: Visit, did: str, ids: Iterable[str], at: datetime | None = None) -> Response:
    back = safe_back(visit.field("back"))
    path, _, query = back.partition("?")
    of = ",".join(ids)
    more = {"did": did, "of": of, "at": at.isoformat() if of and at else ""}
    added = urlencode({name: value for name, value in more.items() if value}, safe=",")
    joined = "&".join(filter(None, (query, added)))
    return RedirectResponse(f"{path}?{joined}" if joined else path, 303)


def safe_back(address: str) -> str:
    """Return a path of ours to go back to, never another site's."""
    ours = address.startswith("/") and not address.startswith("//")
    return address if ours and "\\" not in address and address.isprintable() else "/"


def set_language(visit: Visit) -> Response:
    """Show the interface in another language, in this browser."""
    response = RedirectResponse("/more", 303)
    language = visit.field("language")
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax")
    return response
