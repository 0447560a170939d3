"""Lists of cases and of the ledger, for office work and audit; read-only, and nothing personal in them."""

import uuid
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import workflow
from cards.desk.home import end_of_today
from cards.models import AccessRecord, Application, Event, LossReport
from cards.vocabulary import LossStatus


class ReadOnly(admin.ModelAdmin):
    """Rows that services alone write."""

    show_full_result_count = False
    list_per_page = 50

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


class LeadsToThePerson(ChangeList):
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
        try:
            key = uuid.UUID(object_id or "")
        except ValueError as wrong:
            raise Http404 from wrong
        row = get_object_or_404(self.model, pk=key)
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

    def open_ones(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The open cases of the list."""
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        if self.value() == "all":
            return queryset
        if self.value() == "ended":
            return queryset.exclude(pk__in=self.open_ones(queryset.model.objects.all()).values("pk"))
        return self.open_ones(queryset)


class OpenApplications(Unfinished):
    """Applications whose card has not been handed over."""

    def open_ones(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the table of stages."""
        return queryset.filter(stage__in=sorted(workflow.OPEN))


class StandingReports(Unfinished):
    """Reports in force."""

    def open_ones(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the stored state; one past its moment is told as lapsed on the person's screen."""
        return queryset.filter(status=LossStatus.STANDING)


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


class LapsingToday(admin.SimpleListFilter):
    """Oral reports that lapse at the end of today, in China."""

    title = _("lapse")
    parameter_name = "lapse"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one day that cannot wait."""
        return [("today", _("today"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        if self.value() != "today":
            return queryset
        return queryset.standing(timezone.now()).filter(lapses_at__lte=end_of_today())  # type: ignore[attr-defined]


@admin.register(Application)
class ApplicationAdmin(CaseList):
    """Applications, those that have waited longest in their stage first."""

    list_display = ("__str__", "stage", "stage_since", "stop", "card_type", "accepted_outlet", "delivery_outlet")
    list_filter = (OpenApplications, StandingClocks, "stage", "stop", "kind", "delivery_outlet", "accepted_outlet")
    list_select_related = ("accepted_outlet", "delivery_outlet")
    ordering = ("stage_since",)


@admin.register(LossReport)
class LossReportAdmin(CaseList):
    """Loss reports, those that lapse next first."""

    list_display = ("__str__", "status", "made_at", "lapses_at", "channel", "card_type")
    list_filter = (StandingReports, LapsingToday, "form", "status", "channel")
    list_select_related = ("card",)
    ordering = ("lapses_at", "made_at")

    @admin.display(description=_("card type"))
    def card_type(self, report: LossReport) -> str:
        """The type of the card reported."""
        return str(report.card.get_card_type_display())


@admin.register(Event)
class EventAdmin(ReadOnly):
    """The ledger, newest first."""

    list_display = ("at", "kind", "value", "party", "channel", "user", "outlet", "holder", "seq")
    list_display_links = None
    list_filter = ("kind", "channel", "party")
    list_select_related = ("user", "outlet", "holder")
    ordering = ("-at",)


@admin.register(AccessRecord)
class AccessRecordAdmin(ReadOnly):
    """Who looked at whom, newest first; the reason stands on the record's own page."""

    list_display = ("at", "purpose", "outcome", "channel", "user", "holder")
    list_filter = ("purpose", "outcome", "channel")
    list_select_related = ("user", "holder")
    fields = readonly_fields = ("at", "purpose", "outcome", "channel", "user", "holder", "reason", "keep_until")
    ordering = ("-at",)
