"""Judgements that do not stand: those of rules that were replaced right after they had begun."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, delete, exists, select, update

from storage.database.engine import Database, batches
from storage.database.tables.alerts import AlertRow, BrokenJudgementRow, MatchRow
from storage.database.tables.crawl import VersionRow


class PassingJudgements(Database):
    """Queries about judgements that are taken back."""

    def judge_again(self, ruleset: str, *, since: datetime) -> int:
        """Let versions be judged again that a rule set has judged since a time; return how many.

        What became an alert stays, with its match, so that nobody hears of it twice; matches that
        notified nobody are forgotten. Versions that the rules broke down on have a time of theirs.
        """
        judged_by_them = (
            select(VersionRow.id)
            .where(
                VersionRow.ruleset == ruleset,
                col(VersionRow.judged_at) >= since,
                col(VersionRow.id).not_in(select(BrokenJudgementRow.version_id)),
            )
            # In order of id, as those who judge lock them.
            .order_by(col(VersionRow.id))
            .with_for_update(key_share=True)
        )
        with self._writing() as session:
            found = list(session.exec(judged_by_them))
            for ids in batches(found):
                session.exec(
                    delete(MatchRow).where(
                        col(MatchRow.version_id).in_(ids),
                        # By article, of which alerts have an index.
                        ~exists().where(
                            col(VersionRow.id) == MatchRow.version_id,
                            col(AlertRow.article_id) == VersionRow.article_id,
                            col(AlertRow.match_id) == MatchRow.id,
                        ),
                    )
                )
                session.exec(
                    update(VersionRow)
                    .where(col(VersionRow.id).in_(ids))
                    .values(judged_at=None, ruleset=None)
                )
            return len(found)
