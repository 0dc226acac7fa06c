"""The deciders of alerting in one object, as they are handed to storage."""

from __future__ import annotations

from alerts.dispatch.backlog import fold
from alerts.dispatch.digests import plan_digest
from alerts.dispatch.group_timing import when_due
from alerts.dispatch.handling import effect_on_escalations, handed_down, revisions, touched
from alerts.dispatch.losses import after_loss, due_again, escalation_after_loss, loss_of
from alerts.dispatch.outages import news_of, recovery, sign_of
from core.deciding.deciders import Deciders

DECIDERS = Deciders(
    when_due=when_due,
    touched=touched,
    effect_on_escalations=effect_on_escalations,
    handed_down=handed_down,
    revisions=revisions,
    sign_of=sign_of,
    recovery=recovery,
    news_of=news_of,
    fold=fold,
    loss_of=loss_of,
    after_loss=after_loss,
    due_again=due_again,
    escalation_after_loss=escalation_after_loss,
    plan_digest=plan_digest,
)
