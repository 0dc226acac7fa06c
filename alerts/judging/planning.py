"""What is planned for a version that rules were run on: which matches alert, and about what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.judging.counting import Counted, CountedRules
from core.alerting.matches import Match
from core.articles import Article, ArticleEvent, Untold
from core.config.watch import WatchConfig
from core.reasons import Reason, ReasonKind
from storage.judging.judging_records import PlannedAlert, RuleCount

Earlier = Mapping[str, tuple[int, Match]]
"""By rule, its latest match of an earlier version of the article, and that version's id."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The alerts of a version, those included that notify nobody, and what was counted."""

    alerts: tuple[PlannedAlert, ...]
    counts: tuple[RuleCount, ...] = ()


class Planner:
    """The rules' `on:` and `over_time:` of a configuration."""

    def __init__(self, config: WatchConfig, counted: CountedRules) -> None:
        self._on = {rule.id: frozenset(rule.on) for rule in config.rules}
        self._counted = counted

    def removed(self, article: Article, earlier: Earlier) -> Plan:
        """Plan for an article that is gone: its text is the one before, and was matched then."""
        return Plan(
            tuple(self._about_lost(article, earlier, ArticleEvent.REMOVED, ReasonKind.REMOVED))
        )

    def matched(
        self,
        article: Article,
        matches: Sequence[Match],
        earlier: Earlier,
        untold: Untold | None = None,
        began_at: int = 1,
    ) -> Plan:
        """Plan for the matches of a version, and for those that it no longer has.

        `began_at` is the version that it began with: another article may have stood there before.

        With `untold`, nobody is told that the article is there; that one is edited is news still,
        for the rules that ask for it.
        """
        planned, counts = [], []
        for match in matches:
            verdict = self._counted.count(match, article, old=untold is Untold.OLD)
            alert = self._about_match(article, match, verdict, match.rule_id in earlier, began_at)
            if untold is not None and alert.event is ArticleEvent.PUBLISHED:
                alert = replace(alert, notified=False, reason="")
            planned.append(alert)
            if verdict is not None:
                counts.append(verdict.count)
        lost = {
            rule_id: found
            for rule_id, found in earlier.items()
            if all(rule_id != match.rule_id for match in matches)
        }
        if article.event not in (ArticleEvent.REVERTED, ArticleEvent.ATTRIBUTED):
            kind = ReasonKind.EDITED_AWAY
            planned += self._about_lost(article, lost, ArticleEvent.EDITED, kind)
        return Plan(tuple(planned), tuple(counts))

    def _about_match(
        self,
        article: Article,
        match: Match,
        verdict: Counted | None,
        matched_before: bool,
        began_at: int,
    ) -> PlannedAlert:
        """Plan the alert for a match of this version."""
        on = self._on.get(match.rule_id, frozenset({"published"}))
        notified = verdict is None or verdict.alerts
        event, occasion = ArticleEvent.PUBLISHED, ""
        if began_at > 1:  # another article than the one that the address had before
            occasion = f"{event.value}-{began_at}"
        reason = verdict.reason if verdict is not None and notified else ""
        # What it said before was told then; a rule that was new since hears of it the first time.
        later = not (article.event.is_first or article.event is ArticleEvent.REVERTED)
        if later and "edited" in on and (matched_before or "published" not in on):
            event = ArticleEvent.EDITED
            notified, reason = True, Reason(ReasonKind.EDITED, note=article.note)
            occasion = _occasion(event, article)
        elif "published" not in on:
            notified, reason = False, ""
        return PlannedAlert(
            match,
            notified=notified,
            reason=reason,
            occasion=occasion,
            event=event,
            corrects=article.event is ArticleEvent.ATTRIBUTED,
        )

    def _about_lost(
        self,
        article: Article,
        earlier: Mapping[str, tuple[int, Match]],
        event: ArticleEvent,
        kind: ReasonKind,
    ) -> Iterator[PlannedAlert]:
        """Plan the alerts of rules that matched an earlier version and not this one."""
        for rule_id, (version_id, match) in earlier.items():
            if event.value in self._on.get(rule_id, ()):
                yield PlannedAlert(
                    match,
                    reason=Reason(kind, note=article.note),
                    occasion=_occasion(event, article),
                    event=event,
                    of_version=version_id,
                )


def _occasion(event: ArticleEvent, article: Article) -> str:
    """Name what happened to an article at its version, so that a rule alerts about it once."""
    return f"{event.value}-{article.version}"
