"""What becomes of what counted on a message that was given up. Pure: facts in, decision out.

Nobody read it: a conversation is as it was without it, what it inhibited is on its way again, and
an escalation that left its word to it counts. Others hear what was lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from alerts.dispatch.handling import HANDLED
from alerts.dispatch.routing import next_digest
from core.alerting.deliveries import LOST, DeliveryStatus
from core.alerting.message_kinds import MessageKind
from core.config.sections.health import RECEIVER_RULE
from core.deciding.escalation import EscalationState
from core.deciding.groups import DueReason, DueTime
from core.deciding.losses import (
    AfterLossReason,
    ConversationAfterLoss,
    EscalationAfterLoss,
    EscalationAtLoss,
    Loss,
    LossReason,
    LostMessage,
    ReturningGroup,
    SaidInConversation,
)


def loss_of(lost: LostMessage) -> Loss:
    """Return whether others hear that a message was given up."""
    if lost.kind is MessageKind.REVISION:
        return Loss(False, LossReason.NO_NEWS)
    if lost.rule == RECEIVER_RULE:
        return Loss(False, LossReason.ABOUT_RECEIVERS)
    return Loss(True, LossReason.NEWS)


def after_loss(thread: str, said: Sequence[SaidInConversation]) -> ConversationAfterLoss:
    """Return what is left of the conversation `thread`, whose messages stand as `said` tells.

    When nothing is, the next message begins anew. When what began it is lost and the others are
    still on their way, the first of them begins it: an update to something never seen says little.
    What a summary told of it is left as long as the summary is.
    """
    left = sorted(
        (message for message in said if message.status not in LOST),
        key=lambda message: (message.sequence, message.made_at, message.id),
    )
    if not left:
        return ConversationAfterLoss(
            reason=AfterLossReason.NOTHING_ARRIVED,
            sequence=0,
            level=0,
            thread="",
            dispatched_at=None,
        )
    level = max(message.level for message in left)
    last = max(message.made_at for message in left)
    summed_up = [message.made_at for message in left if message.sums_up]
    single = [message for message in left if not message.sums_up]
    on_their_way = [message.id for message in single if message.status is DeliveryStatus.PENDING]
    arrived = any(message.status is DeliveryStatus.DELIVERED for message in single)
    if (
        arrived
        or not on_their_way
        or single[0].sequence == 1
        or any(made_at < single[0].made_at for made_at in summed_up)
    ):
        return ConversationAfterLoss(
            reason=AfterLossReason.GOES_ON,
            sequence=single[-1].sequence if single else 1,
            level=level,
            thread=thread if single else "",
            dispatched_at=last,
        )
    return ConversationAfterLoss(
        reason=AfterLossReason.BEGINS_LATER,
        sequence=len(on_their_way),
        level=level,
        thread=on_their_way[0],
        dispatched_at=last,
        moved=tuple(on_their_way),
    )


def due_again(group: ReturningGroup) -> DueTime:
    """Return when a group is due to which a notification returns: at once, or with its digest."""
    if group.kind is not MessageKind.DIGEST:
        return DueTime(group.now, DueReason.RETURNED)
    if group.due_at is not None:
        return DueTime(group.due_at, DueReason.OTHERS_WAIT)
    return DueTime(next_digest(group.key, group.now), DueReason.DIGEST)


def escalation_after_loss(escalation: EscalationAtLoss) -> EscalationAfterLoss:
    """Return what becomes of an escalation; what somebody sees to is left alone."""
    if escalation.alert in HANDLED:
        return EscalationAfterLoss.LEAVE
    if escalation.lost_made_at is None:
        # Nobody is late with what nobody was told: it was called off for that.
        called_off = escalation.state is EscalationState.CANCELLED
        return EscalationAfterLoss.COUNT_ANEW if called_off else EscalationAfterLoss.LEAVE
    early = escalation.due_at > escalation.lost_made_at
    if escalation.state is EscalationState.DONE and early:
        return EscalationAfterLoss.RESUME
    return EscalationAfterLoss.LEAVE
