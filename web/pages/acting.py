"""What people do about stories: forms that work without script, and can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse, Response

from core.alerting.alerts import DismissReason
from desk import alerts, overview, stories
from desk.errors import NotThereError
from desk.undoing import NothingToUndoError, undo
from web.frame import Strip, frame_of, reasons
from web.rendering import page
from web.visit import LANGUAGE_COOKIE, Visit
from web.wording import REASONS, worded
from web.words import LANGUAGES

SNOOZE = timedelta(hours=4)
MUTE = timedelta(days=7)
MOST_AT_ONCE = 50
"""Stories that one press acts on: no more than can be seen and picked."""
DONE = {
    "acknowledge": worded("Taken on."),
    "snooze": worded("Put off for 4 hours."),
    "dismiss": worded("Dismissed."),
    "mute": worded("Muted for a week, and taken on."),
    "reopen": worded("Open again."),
    "undone": worded("Undone."),
    "note": worded("Noted."),
    "late": worded("Somebody else has changed it since; nothing was undone."),
}


def act(visit: Visit) -> Response:
    """Do what a form asks for about one story, or about those that were picked."""
    verb, _, reason = visit.field("do").partition(":")
    wanted = tuple(dict.fromkeys(visit.fields("alert")))[:MOST_AT_ONCE]
    if verb not in DONE or not wanted:
        return page(visit, "message.html", 400,
                      heading=visit.words("Not understood"),
                      text=visit.words("Nothing was done."))  # fmt: skip
    done = [alert_id for alert_id in wanted if _do(visit, alert_id, verb, reason)]
    overview.forget_counts(visit.desk)
    if visit.swaps and len(wanted) == 1:
        return _in_place(visit, wanted[0], verb)
    return _back(visit, verb, done)


def undo_all(visit: Visit) -> Response:
    """Undo what was just done."""
    undone = []
    for alert_id in dict.fromkeys(visit.fields("alert")[:MOST_AT_ONCE]):
        try:
            undo(visit.desk.store, alert_id, visit.desk.signed(visit.person))
            undone.append(alert_id)
        except (NothingToUndoError, NotThereError):
            continue
    overview.forget_counts(visit.desk)
    return _back(visit, "undone" if undone else "late", ())


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


def strip_of(visit: Visit) -> Strip | None:
    """Return what the address says was just done, with its undo."""
    did = visit.query.get("did", "")
    if did not in DONE:
        return None
    undoable = tuple(visit.query.get("of", "").split(",")) if visit.query.get("of") else ()
    return _strip(visit, did, undoable, visit.address(did=None, of=None))


def _strip(visit: Visit, verb: str, undoable: Iterable[str], back: str) -> Strip:
    ids = tuple(undoable)
    words = visit.words(DONE[verb])
    if len(ids) > 1:
        words = visit.words.plural("%(n)s story: ", "%(n)s stories: ", len(ids)) + words
    strip = Strip(words, back, ids)
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
    return Strip(
        strip.words, strip.back, strip.undo, hint,
        f"{address}?{urlencode(query)}", visit.words("Try it"),
    )  # fmt: skip


def _do(visit: Visit, alert_id: str, verb: str, reason: str) -> bool:
    """Do one thing about one story; False when it is gone."""
    store, signed = visit.desk.store, visit.desk.signed(visit.person)
    try:
        match verb:
            case "acknowledge":
                alerts.acknowledge(store, alert_id, signed)
            case "snooze":
                alerts.snooze(store, alert_id, signed, visit.now + SNOOZE)
            case "dismiss":
                known = {choice.value for choice in REASONS}
                why = DismissReason(reason) if reason in known else DismissReason.OTHER
                alerts.dismiss(store, alert_id, signed, why)
            case "mute":
                alerts.mute(store, alert_id, signed, MUTE, visit.words("muted at the desk"))
            case "reopen":
                alerts.reopen(store, alert_id, signed)
    except NotThereError:
        return False
    return True


def _in_place(visit: Visit, alert_id: str, verb: str) -> Response:
    """Answer with the one card as it is now: nothing around it moves."""
    card = stories.card_of(visit.desk, alert_id)
    back = safe_back(visit.field("back"))
    template = "_lead.html" if visit.field("as") == "story" else "_card.html"
    return page(
        visit, "_changed.html", changed=template, card=card, back=back, whole=True,
        frame=frame_of(visit, "alerts"), strip=_strip(visit, verb, (alert_id,), back), oob=True,
        reasons=reasons(visit.words),
    )  # fmt: skip


def _back(visit: Visit, did: str, ids: Iterable[str]) -> Response:
    back = safe_back(visit.field("back"))
    path, _, query = back.partition("?")
    more = {"did": did, "of": ",".join(ids)}
    added = urlencode({name: value for name, value in more.items() if value}, safe=",")
    joined = "&".join(filter(None, (query, added)))
    return RedirectResponse(f"{path}?{joined}" if joined else path, 303)


def safe_back(address: str) -> str:
    """Return a path of ours to go back to, never another site's."""
    parts = urlsplit(address)
    safe = address.startswith("/") and not address.startswith(("//", "/\\"))
    if not safe or parts.netloc or parts.scheme or "\\" in address or not address.isprintable():
        return "/"
    return address


def set_language(visit: Visit) -> Response:
    """Show the interface in another language, in this browser."""
    response = RedirectResponse("/more", 303)
    language = visit.field("language")
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax")
    return response
