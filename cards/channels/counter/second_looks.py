"""The supervisor's lists: exceptions, corrected data, merges and disputes, those that wait first."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards.channels.counter.lists import CaseList, Unfinished
from cards.desk.timeline import told_rule_of
from cards.desk.waiting import is_overdue
from cards.models import Amendment, Dispute, Merge, Override


class Undecided(Unfinished):
    """What waits for a decision."""

    def open_ones(self) -> Q:
        """By the stored decision."""
        return Q(verdict="")


class UndecidedToday(Undecided):
    """Exceptions that wait, and whose day has not ended."""

    def open_ones(self) -> Q:
        """An exception nobody decided on its day is over."""
        return super().open_ones() & Q(valid_until__gt=timezone.now())


class SecondLookList(CaseList):
    """A list of requests; each leads to the person's screen, where it is decided."""

    list_filter: ClassVar[Any] = (Undecided, "verdict")
    list_select_related: ClassVar[Any] = ("asked_by", "decided_by")
    ordering: ClassVar[Any] = ("asked_at",)


@admin.register(Override)
class OverrideAdmin(SecondLookList):
    """Exceptions to rules."""

    list_display = ("action", "rule", "asked_by", "asked_at", "verdict", "decided_by", "used_at")
    list_filter = (UndecidedToday, "verdict")

    @admin.display(description=_("rule"))
    def rule(self, override: Override) -> str:
        """What the rule is about."""
        return told_rule_of(override.refusal)


@admin.register(Amendment)
class AmendmentAdmin(SecondLookList):
    """Names and ID numbers to be put right."""

    list_display = ("__str__", "asked_by", "asked_at", "verdict", "decided_by")


@admin.register(Merge)
class MergeAdmin(SecondLookList):
    """Records to be merged."""

    list_display = ("__str__", "asked_by", "asked_at", "verdict", "decided_by")


@admin.register(Dispute)
class DisputeAdmin(SecondLookList):
    """Collected cards that the person does not have; the next to be decided first."""

    list_display = ("__str__", "decide_by", "overdue", "asked_by", "asked_at", "verdict", "decided_by")
    list_select_related = ("application__receipt", "asked_by", "decided_by")
    ordering = ("decide_by", "asked_at")

    @admin.display(description=_("overdue"), boolean=True)
    def overdue(self, dispute: Dispute) -> bool:
        """Whether its day is over."""
        return is_overdue(dispute, timezone.now())
