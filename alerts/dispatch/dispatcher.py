"""What is due, by the configuration: alerts become messages, work that waits is called to mind."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.duty import addressable, rotas_of
from alerts.dispatch.escalation import WorkDue
from alerts.dispatch.group_dispatch import GroupDispatch
from alerts.dispatch.readdressing import Readdressing
from alerts.receivers import revising
from core.config.watch import WatchConfig
from core.deciding.deciders import Deciders
from core.deciding.dispatch import DispatchReport, WorkDone
from core.deciding.readdressing import ReaddressReport
from storage.alerts.escalation_heirs import EscalatesTo
from storage.alerts.escalations import WorkDecider
from storage.delivery.due_groups import Decide
from storage.delivery.readdressing import DecideHeirs


class Groups(Protocol):
    """The part of storage that dispatching needs."""

    def dispatch_due(
        self,
        now: datetime,
        decide: Decide,
        *,
        limit: int = 100,
        look_back: timedelta | None = None,
        eager: bool = False,
    ) -> DispatchReport:
        """Decide about groups that are due, and commit what was decided."""
        ...


def dispatch(
    store: Groups, config: WatchConfig, now: datetime, *, eager: bool = False
) -> DispatchReport:
    """Make messages of everything that is due; with `eager`, of first alerts that wait, too.

    Raises StorageError when the database stays away; what was committed before stands.
    """
    group_dispatch = GroupDispatch(config, now)
    look_back = max((inhibit.within for inhibit in config.inhibit), default=None)
    total = DispatchReport()
    while True:
        report = store.dispatch_due(now, group_dispatch.decide, look_back=look_back, eager=eager)
        if not report.groups:
            return total
        total = DispatchReport(
            groups=total.groups + report.groups,
            messages=total.messages + report.messages,
            held=total.held + report.held,
            settled=total.settled + report.settled,
        )


class Work(Protocol):
    """The part of storage that the work on alerts needs."""

    def do_work_due(
        self,
        now: datetime,
        decide: WorkDecider,
        deciders: Deciders,
        *,
        shown_by: Collection[str] = (),
    ) -> WorkDone:
        """Escalate and remind."""
        ...


def escalate_and_remind(store: Work, config: WatchConfig, now: datetime) -> WorkDone:
    """Escalate what nobody acknowledged in time, and remind of what was snoozed until now.

    Raises StorageError when the database stays away.
    """
    decide = WorkDue(GroupDispatch(config, now).silenced, rotas_of(config).hearing)
    return store.do_work_due(now, decide, DECIDERS, shown_by=revising(config))


class Orphanage(Protocol):
    """The part of storage that knows what waits for receivers that are not configured."""

    def readdress_escalations(self, known: Collection[str], decide: EscalatesTo) -> int:
        """Let escalations name those whom the routes name now."""
        ...

    def readdress(
        self,
        known: Collection[str],
        now: datetime,
        decide: DecideHeirs,
        deciders: Deciders,
        *,
        limit: int = 100,
    ) -> ReaddressReport:
        """Ask who hears what waits for receivers other than those `known`."""
        ...


def readdress(store: Orphanage, config: WatchConfig, now: datetime) -> ReaddressReport:
    """Let those hear to whom the routes lead now what waits for receivers that have left.

    Raises StorageError when the database stays away; what was committed before stands.
    """
    known = addressable(config)
    decider = Readdressing(config, now)
    store.readdress_escalations(known, decider.escalates_to)
    total = ReaddressReport()
    while True:
        report = store.readdress(known, now, decider.decide, DECIDERS)
        if not report.found:
            return total
        total = ReaddressReport(
            found=total.found + report.found,
            moved=total.moved + report.moved,
            lost=total.lost + report.lost,
        )
