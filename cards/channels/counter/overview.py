"""The supervisor's overview: every chart with its words and the lists its bars open."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cards.answers.dates import told_day_short
from cards.channels.counter.charts import Bar, Chart
from cards.supervision import figures


class Lists:
    """The addresses of admin lists that this user may see; their parameters say nothing about a person."""

    def __init__(self, user: Any) -> None:
        self.user: Any = user or AnonymousUser()

    def url(self, model: str, **narrowed: Any) -> str:
        """The list of a model narrowed down, or nothing where the user may not see it."""
        if not self.user.has_perm(f"cards.view_{model}"):
            return ""
        return f"{reverse(f'admin:cards_{model}_changelist')}?{urlencode(narrowed)}"


def charts_of(user: Any, now: datetime) -> list[Chart]:
    """Every chart of the overview, from a fixed number of statements."""
    lists, stages = Lists(user), figures.stages(now)
    return [
        _today(lists, now),
        _stages(lists, stages),
        _overdue(lists, stages),
        _on_the_way(lists, now),
        _lapsing(lists, now),
        _channels(lists, now),
        _agents(lists, now),
        _full_views(lists, now),
    ]


def _cards() -> str:
    return pgettext("heading of a column", "Cards")


def _today(lists: Lists, now: datetime) -> Chart:
    bars = [
        Bar(str(kind.label), count, lists.url("event", kind__exact=kind.value, since="today"))
        for kind, count in figures.today(now)
    ]
    return Chart(
        "today",
        _("Today"),
        _("What came in and what was done since midnight."),
        [_("Today")],
        bars,
        _("Nothing has been recorded today yet."),
    )


def _stages(lists: Lists, stages: list[figures.StageFigure]) -> Chart:
    bars = [
        Bar(
            str(figure.stage.label),
            figure.cases,
            lists.url("application", stage__exact=figure.stage.value),
            part=figure.overdue,
            cells=[
                str(figure.stopped),
                str(figure.overdue),
                _told_days(figure.half_days),
                _told_days(figure.most_days),
            ],
        )
        for figure in stages
    ]
    return Chart(
        "stages",
        _("Where the open cards are"),
        _("How many are in each stage, and for how many working days half and nine tenths of them have been there."),
        [
            _cards(),
            _("Clock stands"),
            _("Overdue"),
            _("Half, up to"),
            _("90 %, up to"),
        ],
        bars,
        _("No card is under way."),
        part_label=_("overdue"),
        wide=True,
    )


def _told_days(days: int) -> str:
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}


def _overdue(lists: Lists, stages: list[figures.StageFigure]) -> Chart:
    bars = [
        Bar(str(capfirst(keeper.label)), count, lists.url("application", overdue=keeper.value), part=count)
        for keeper, count in figures.overdue_by_keeper(stages)
    ]
    return Chart(
        "overdue",
        _("Overdue, by who has the card"),
        _("In their stage for longer than most such cards; a clock that stands is not counted."),
        [_cards()],
        bars,
        _("No case is overdue."),
    )


def _on_the_way(lists: Lists, now: datetime) -> Chart:
    bars = [
        Bar(
            outlet.told("name"),
            cases,
            lists.url("application", stage__exact="sending", delivery_outlet__id__exact=outlet.pk),
            part=late,
            cells=[str(late)],
        )
        for outlet, cases, late in figures.on_the_way(now)
    ]
    return Chart(
        "on-the-way",
        _("Left the maker, not signed for"),
        _("Cards on their way to an outlet. Ask the carrier and the outlet about the overdue ones."),
        [_cards(), _("Overdue")],
        bars,
        _("No card is on its way."),
        part_label=_("overdue"),
    )


def _lapsing(lists: Lists, now: datetime) -> Chart:
    bars = [
        Bar(told_day_short(day), count, lists.url("lossreport", last_day=day.isoformat()))
        for day, count in figures.lapsing(now)
    ]
    return Chart(
        "lapsing",
        _("Oral reports about to lapse"),
        _("By the last day on which they are in force. Whoever has no written report by then is unprotected."),
        [_("Reports")],
        bars,
        _("No oral report lapses within a week."),
    )


def _agents(lists: Lists, now: datetime) -> Chart:
    bars = [
        Bar(
            _("Agent %(place)s") % {"place": place},
            agent.holders,
            lists.url("agentact", agent_of=agent.act),
            cells=[str(agent.acts)],
        )
        for place, agent in enumerate(figures.agents(now), start=1)
    ]
    return Chart(
        "agents",
        _("Agents acting for many people"),
        _(
            "For %(holders)s people or more in 30 days. Agents are counted without name or number; "
            "the list leads to the cases."
        )
        % {"holders": figures.MANY_HOLDERS},
        [_("People"), _("Acts")],
        bars,
        _("No agent acted for so many people."),
    )


def _full_views(lists: Lists, now: datetime) -> Chart:
    bars = [
        Bar(
            name,
            month,
            lists.url("accessrecord", purpose__exact="staff_full_view", user__id__exact=user, since="month"),
            part=today,
            cells=[str(today)],
        )
        for user, name, today, month in figures.full_views(now)
    ]
    return Chart(
        "full-views",
        _("Records shown in full"),
        _("Per member of staff in 30 days. Each look has a reason, and the cardholder can read of it."),
        [_("30 days"), _("Today")],
        bars,
        _("Nobody looked at a record in full."),
        part_label=_("today"),
    )


def _channels(lists: Lists, now: datetime) -> Chart:
    shares = figures.channel_shares(now)
    total = sum(count for _channel, count in shares) or 1
    bars = [
        Bar(
            str(channel.label),
            count,
            lists.url("accessrecord", channel__exact=channel.value, since="month"),
            cells=[f"{count * 100 / total:.0f} %"],
        )
        for channel, count in shares
    ]
    return Chart(
        "channels",
        _("How people ask"),
        _("Answers given in 30 days, by channel."),
        [_("Answers"), _("Share")],
        bars,
        _("Nobody has asked in the last 30 days."),
    )
