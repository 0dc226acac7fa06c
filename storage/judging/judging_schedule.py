"""What judging keeps about times, put in order after a clock that ran ahead was set right."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, or_, select

from core.deciding.mending import JudgingLimits
from storage.database.engine import Database
from storage.database.tables.alerts import BrokenJudgementRow, RuleEventRow, RuleNotifiedRow


class JudgingSchedules(Database):
    """Queries about times that a wrong clock wrote."""

    def mend_judging(self, now: datetime, limits: JudgingLimits) -> int:
        """Let what broke down be judged again, and rules over time alert again; return how many.

        A rule that alerted in the future would hold back until then.
        """
        future = now + limits.clocks_differ
        broken = (
            select(BrokenJudgementRow)
            .where(
                or_(
                    col(BrokenJudgementRow.failed_at) > future,
                    col(BrokenJudgementRow.next_at) > future + limits.broken,
                )
            )
            .order_by(col(BrokenJudgementRow.version_id))
            .with_for_update()
        )
        events = (
            select(RuleEventRow)
            .where(col(RuleEventRow.at) > future)
            .order_by(
                col(RuleEventRow.rule_id), col(RuleEventRow.key), col(RuleEventRow.article_id)
            )
            .with_for_update()
        )
        notified = (
            select(RuleNotifiedRow)
            .where(col(RuleNotifiedRow.at) > future)
            .order_by(col(RuleNotifiedRow.rule_id), col(RuleNotifiedRow.key))
            .with_for_update()
        )
        mended = 0
        with self._writing() as session:
            for judgement in session.exec(broken):
                judgement.failed_at = min(judgement.failed_at, now)
                judgement.next_at = now if judgement.next_at is not None else None
                mended += 1
            for event in session.exec(events):
                event.at = now
                mended += 1
            for alerted in session.exec(notified):
                alerted.at = now
                mended += 1
        return mended
