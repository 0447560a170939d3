"""Lists of cases and of the ledger, for office work and audit; read-only, and nothing personal in them."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards import workflow
from cards.answers.dates import told_day_short, told_deadline
from cards.channels.counter.long_lists import LongList, UncountedList, row_or_404
from cards.desk import timeline
from cards.models import AccessRecord, AgentAct, Application, Event, LossReport
from cards.rules import CHINA
from cards.supervision.overdue import OverdueRule
from cards.vocabulary import AccessOutcome, AccessPurpose, LossStatus, Stage


class ReadOnly(LongList):
    """Rows that services alone write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by services."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows stay."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Viewing is a permission of its own."""
        return request.user.has_perm(f"cards.view_{self.opts.model_name}")


class LeadsToThePerson(UncountedList):
    """A list whose rows lead to the person's screen."""

    def url_for_result(self, result: Any) -> str:
        """The address of the person the row belongs to."""
        return reverse("admin:cards_cardholder_change", args=[result.holder_id])


class CaseList(ReadOnly):
    """A list of cases; its rows have no page of their own, they belong on the person's screen."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Lead to the person."""
        return LeadsToThePerson

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """Only whoever may find people is led to one."""
        if not request.user.has_perm("cards.find_cardholder"):
            return None
        return super().get_list_display_links(request, list_display)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Lead the row's own address to the person as well."""
        if not (self.has_view_permission(request) and request.user.has_perm("cards.find_cardholder")):
            raise PermissionDenied
        row = row_or_404(self.model, object_id)
        return HttpResponseRedirect(reverse("admin:cards_cardholder_change", args=[row.holder_id]))


class Unfinished(admin.SimpleListFilter):
    """Open cases first: they are the work."""

    title = _("case")
    parameter_name = "case"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Everything, or what has ended; open is the default."""
        return [("open", _("open")), ("ended", _("ended")), ("all", _("all"))]

    def choices(self, changelist: ChangeList) -> Any:
        """Mark open as chosen when nothing is."""
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or "open") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def open_ones(self) -> Q:
        """Which cases are open."""
        raise NotImplementedError

    def ended_ones(self) -> Q:
        """All others."""
        return ~self.open_ones()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        if self.value() == "all":
            return queryset
        if self.value() == "ended":
            return queryset.filter(self.ended_ones())
        return queryset.filter(self.open_ones())


class OpenApplications(Unfinished):
    """Applications whose card has not been handed over."""

    def open_ones(self) -> Q:
        """By the table of stages."""
        return Q(stage__in=sorted(workflow.OPEN))

    def ended_ones(self) -> Q:
        """By name, because an index finds what is, not what is not."""
        return Q(stage__in=sorted(workflow.ENDED))


class StandingReports(Unfinished):
    """Reports in force."""

    def open_ones(self) -> Q:
        """By the stored state; one past its moment is told as lapsed on the person's screen."""
        return Q(status=LossStatus.STANDING)


class Overdue(admin.SimpleListFilter):
    """Cases that have stayed in their stage longer than most do, by the party that has the card."""

    title = _("overdue at")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every party that has cards before they are ready."""
        keepers = dict.fromkeys(workflow.KEEPERS[stage] for stage in Stage if stage in workflow.BEFORE_READY)
        return [(keeper.value, keeper.label) for keeper in keepers]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        if not self.value():
            return queryset
        mine = sorted(stage for stage, keeper in workflow.KEEPERS.items() if keeper == self.value())
        return queryset.filter(OverdueRule.at(timezone.now()).condition, stage__in=mine)


class LapsesWithin(admin.SimpleListFilter):
    """Oral reports by the last day on which they are in force."""

    title = _("in force until the end of")
    parameter_name = "last_day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Today and the six days after it."""
        today = timezone.now().astimezone(CHINA).date()
        days = [today + timedelta(days=ahead) for ahead in range(7)]
        return [(day.isoformat(), told_day_short(day)) for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A report that lapses at 24:00 of a day lapses at the first moment of the next."""
        offered = {day for day, _title in self.lookup_choices}
        if self.value() not in offered:
            return queryset
        start = datetime.combine(date.fromisoformat(self.value() or ""), time(), CHINA)
        return queryset.filter(lapses_at__gt=start, lapses_at__lte=start + timedelta(days=1))


class Since(admin.SimpleListFilter):
    """The newest part of a ledger."""

    title = _("time")
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Today, or the last 30 days."""
        return [("today", _("today")), ("month", _("the last 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        now = timezone.now()
        if self.value() == "today":
            return queryset.filter(at__gte=datetime.combine(now.astimezone(CHINA).date(), time(), CHINA))
        if self.value() == "month":
            return queryset.filter(at__gte=now - timedelta(days=30))
        return queryset


class SameAgent(admin.SimpleListFilter):
    """The acts of the agent of one act; its random key says nothing about the agent."""

    title = _("agent")
    parameter_name = "agent_of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Agents have no names here: one is chosen from the overview."""
        return [(self.value() or "", _("the one chosen in the overview"))] if self.value() else []

    def has_output(self) -> bool:
        """Shown only while one is chosen; the address is read either way."""
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        if not self.value():
            return queryset
        try:
            act = AgentAct.objects.get(pk=uuid.UUID(self.value()))
        except (ValueError, AgentAct.DoesNotExist):
            return queryset.none()
        return queryset.filter(key_id=act.key_id, digest=act.digest)


class StandingClocks(admin.SimpleListFilter):
    """Cases whose clock stands."""

    title = _("clock")
    parameter_name = "clock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one thing one looks for."""
        return [("standing", _("stands"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        return queryset.exclude(stop="") if self.value() == "standing" else queryset


OUTLETS = ("delivery_outlet", "accepted_outlet")


@admin.register(Application)
class ApplicationAdmin(CaseList):
    """Applications by stage, those that have waited longest in it first: the order of the index that finds them."""

    list_display = ("__str__", "stage", "stage_since", "stop", "card_type", "accepted_outlet", "delivery_outlet")
    list_filter = (
        OpenApplications,
        "stage",
        Overdue,
        StandingClocks,
        "stop",
        "kind",
        "delivery_outlet",
        "accepted_outlet",
    )
    list_select_related = ("accepted_outlet", "delivery_outlet")
    ordering = ("stage", "stage_since")


@admin.register(LossReport)
class LossReportAdmin(CaseList):
    """Loss reports, those that lapse next first."""

    list_display = ("__str__", "status", "made_at", "lapses", "channel", "card_type")
    list_filter = (StandingReports, LapsesWithin, "form", "status", "channel")
    list_select_related = ("card",)
    # SQLite would put the written ones, which never lapse, first.
    ordering = (F("lapses_at").asc(nulls_last=True), "made_at")

    @admin.display(description=_("lapses at"), ordering="lapses_at")
    def lapses(self, report: LossReport) -> str:
        """The end of the last day, told as on every paper."""
        return told_deadline(report.lapses_at) if report.lapses_at else ""

    @admin.display(description=_("card type"))
    def card_type(self, report: LossReport) -> str:
        """The type of the card reported."""
        return str(report.card.get_card_type_display())


@admin.register(Event)
class EventAdmin(ReadOnly):
    """The ledger, newest first."""

    list_display = ("at", "kind", "told_value", "party", "channel", "user", "outlet", "told_holder", "seq")
    list_display_links = None
    list_filter = (Since, "kind", "channel", "party")
    list_select_related = ("user", "outlet", "holder")
    ordering = ("-at",)

    @admin.display(description=_("result"))
    def told_value(self, event: Event) -> str:
        """The result in words."""
        return timeline.told_value(event)

    @admin.display(description=_("Cardholder"))
    def told_holder(self, event: Event) -> str:
        """Whose event it is, without a name."""
        return str(event.holder)


# What came of a look depends on what it was for: a caller is confirmed, a page is shown.
_SHOWN: dict[str, Any] = {AccessOutcome.FOUND: pgettext_lazy("of data", "Shown")}
_CAME_OF_IT: dict[str, dict[str, Any]] = {
    AccessPurpose.IDENTITY_CHECK: {
        AccessOutcome.FOUND: _("Identity confirmed"),
        AccessOutcome.NONE: _("Identity not confirmed"),
    },
    AccessPurpose.STAFF_FULL_VIEW: _SHOWN,
    AccessPurpose.STAFF_CASE_VIEW: _SHOWN,
    AccessPurpose.CALL_BACK: _SHOWN,
    AccessPurpose.STAFF_EXPORT: {AccessOutcome.FOUND: _("Listed")},
}


class CameOfIt(admin.SimpleListFilter):
    """Looks by what came of them, in words that fit every purpose."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All three."""
        return [
            (AccessOutcome.FOUND.value, _("found, shown or confirmed")),
            (AccessOutcome.NONE.value, _("nothing found, or not confirmed")),
            (AccessOutcome.LATER.value, AccessOutcome.LATER.label),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        return queryset.filter(outcome=self.value()) if self.value() else queryset


@admin.register(AccessRecord)
class AccessRecordAdmin(ReadOnly):
    """Who looked at whom, newest first; the reason stands on the record's own page."""

    list_display = ("at", "purpose", "came_of_it", "channel", "user", "holder")
    list_filter = (Since, "purpose", CameOfIt, "channel", "user")
    list_select_related = ("user", "holder")
    fields = readonly_fields = ("at", "purpose", "came_of_it", "channel", "user", "holder", "reason", "keep_until")
    ordering = ("-at",)

    @admin.display(description=_("outcome"))
    def came_of_it(self, record: AccessRecord) -> str:
        """The outcome in words that fit the purpose."""
        return str(_CAME_OF_IT.get(record.purpose, {}).get(record.outcome, record.get_outcome_display()))


@admin.register(AgentAct)
class AgentActAdmin(CaseList):
    """What agents did in the last month, newest first."""

    list_display = ("at", "action", "holder", "outlet", "user")
    list_filter = (Since, SameAgent)
    list_select_related = ("holder", "outlet", "user")
    ordering = ("-at",)
