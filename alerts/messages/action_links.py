"""Links in alerts that act: signed, for a time, once each, and only after a person confirms.

A link carries who it was sent to, so the record says by whose link an alert was changed. It is the
same at every attempt of a delivery. Opening it changes nothing: mail scanners and chats open links.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum

from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import SecretStr

from alerts.messages.message import ActionLink
from alerts.messages.phrasing import ENGLISH
from core.alerting.alerts import AlertState
from core.alerting.deliveries import ClaimedDelivery
from core.alerting.message_kinds import MessageKind
from core.config.sections.web import WebSection
from core.words import Words, worded

VALID_FOR = timedelta(days=7)
SNOOZE = timedelta(hours=4)


class LinkAction(StrEnum):
    """What can be done by a link. The values stand in links that were sent."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    DISMISS = "dismiss"
    MUTE = "mute"


ACTIONS = {
    LinkAction.ACKNOWLEDGE: worded("I take this on"),
    LinkAction.SNOOZE: worded("Remind me in 4 hours"),
    LinkAction.DISMISS: worded("Not relevant"),
    LinkAction.MUTE: worded("Mute this story for a week"),
}
"""What the actions are called."""
_LEADS_TO = {
    LinkAction.ACKNOWLEDGE: AlertState.ACKNOWLEDGED,
    LinkAction.SNOOZE: AlertState.SNOOZED,
}
MUTE = timedelta(days=7)
_ATTEMPTS_TAKE = timedelta(days=3)
_SALT = "wirewatch.alert-link"


class LinkFlaw(Enum):
    """Why a link does not work, in words."""

    UNSIGNED = "links are not signed here: the configuration has no secret for them"
    FOREIGN = "this link was not made by Wirewatch, or was cut off"
    OLD = "this link is too old; use the command line"


class BadLinkError(ValueError):
    """A link was not made by us, or is too old."""

    def __init__(self, flaw: LinkFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class SignedAction:
    """What a link asks for."""

    alert_id: str
    action: LinkAction
    receiver: str
    """Whom the link was sent to."""
    nonce: str
    """The same for one link wherever it is opened; it works once."""


def action_links(
    claimed: ClaimedDelivery, web: WebSection | None, words: Words = ENGLISH
) -> tuple[ActionLink, ...]:
    """Return the links of a message; none without a secret to sign with, and none in a digest.

    What was done already is not offered again, and a dismissed alert needs nothing more.
    """
    delivery = claimed.delivery
    state = claimed.alert.state
    if web is None or web.secret is None:
        return ()
    if delivery.kind in (MessageKind.DIGEST, MessageKind.SUMMARY):
        return ()
    if state is AlertState.DISMISSED:
        return ()
    signer = _signer(web.secret)
    # The schedule of attempts ends within that time; what is sent again later gets a fresh term.
    sent = max(delivery.created_at, claimed.leased_until - _ATTEMPTS_TAKE)
    expires = int((sent + VALID_FOR).timestamp())
    base = web.address
    return tuple(
        ActionLink(
            words(label),
            f"{base}/alert/"
            + signer.dumps(
                [delivery.alert_id, action.value, delivery.receiver, delivery.id, expires]
            ),
        )
        for action, label in ACTIONS.items()
        if _LEADS_TO.get(action) is not state
    )


def links_to_see(web: WebSection | None, words: Words = ENGLISH) -> tuple[ActionLink, ...]:
    """Return links that look as those of a message do, and are no permission."""
    if web is None or web.secret is None:
        return ()
    base = web.address
    return tuple(
        ActionLink(words(label), f"{base}/alert/preview-{action.value}")
        for action, label in ACTIONS.items()
    )


def read_link(token: str, web: WebSection, now: datetime) -> SignedAction:
    """Return what a link asks for. Raises BadLinkError when it is not ours, or too old."""
    if web.secret is None:
        raise BadLinkError(LinkFlaw.UNSIGNED)
    try:
        alert_id, asked, receiver, delivery, expires = _signer(web.secret).loads(token)
        action = LinkAction(asked)
    except (BadSignature, ValueError, TypeError):
        raise BadLinkError(LinkFlaw.FOREIGN) from None
    if now > datetime.fromtimestamp(expires, UTC):
        raise BadLinkError(LinkFlaw.OLD)
    return SignedAction(alert_id, action, receiver, f"{delivery}:{action.value}")


def _signer(secret: SecretStr) -> URLSafeSerializer:
    return URLSafeSerializer(secret.get_secret_value(), salt=_SALT)
