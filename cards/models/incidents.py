"""Batch incident notes: why many cards are late and what the new date is, written once and read from memory."""

import re
import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import workflow
from cards.memory import Remembered
from cards.models.applications import Application
from cards.models.outlets import InTwoLanguages
from cards.office_vocabulary import IncidentScope
from cards.rules import CHINA
from cards.vocabulary import Stage

# In which stages a delay of each scope still lies ahead of a card.
TOUCHED: dict[str, frozenset[Stage]] = {
    IncidentScope.BANK: frozenset({Stage.ACCEPTED, Stage.CHECKING, Stage.FEE_DUE, Stage.BANK_ACCOUNT}),
    IncidentScope.BATCH: frozenset({Stage.PRODUCING}),
    IncidentScope.OUTLET: workflow.OPEN,
}
_NO_DAYS = {"produced_from__isnull": True, "produced_until__isnull": True}
_SENTENCE_END = re.compile(r"[。！？!?]|\.(?=\s|$)")
_LONG_NUMBER = re.compile(r"\d[\d\s-]{9,}\d")
_LINK = re.compile(r"https?:|www\.", re.IGNORECASE)


def _china_day(moment: datetime) -> date:
    """The day in China of a moment."""
    return moment.astimezone(CHINA).date()


class IncidentNoteQuerySet(models.QuerySet["IncidentNote"]):
    """Reads of notes."""

    def running(self, now: datetime) -> "IncidentNoteQuerySet":
        """Notes that are shown: not ended, and their new date has not passed."""
        return self.filter(ended_at__isnull=True, expected_on__gte=_china_day(now))


class IncidentNote(InTwoLanguages, models.Model):
    """A delay of a bank, a batch or an outlet, told to everyone it touches; ends by itself after its new date."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.CharField(_("touches"), max_length=8, choices=IncidentScope)
    bank = models.ForeignKey("cards.Bank", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("bank"))
    outlet = models.ForeignKey(
        "cards.Outlet", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("outlet")
    )
    produced_from = models.DateField(_("in production since, from"), null=True, blank=True)
    produced_until = models.DateField(_("in production since, until"), null=True, blank=True)
    text_zh = models.CharField(
        _("what happened, in Chinese"),
        max_length=80,
        help_text=_("One sentence as the person reads it and the officer says it, ending with a full stop."),
    )
    text_en = models.CharField(
        _("what happened, in English"),
        max_length=160,
        help_text=_("The same sentence in English."),
    )
    expected_on = models.DateField(
        _("new expected date"),
        help_text=_("It replaces the forecast, and the note ends by itself when this day is over."),
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = IncidentNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident note")
        verbose_name_plural = _("incident notes")
        ordering = ["-written_at"]
        permissions = [("view_overview", "Can see the supervisor's overview")]
        constraints = [
            models.CheckConstraint(
                name="incident_note_names_its_scope",
                condition=Q(scope=IncidentScope.BANK, bank__isnull=False, outlet__isnull=True, **_NO_DAYS)
                | Q(scope=IncidentScope.OUTLET, outlet__isnull=False, bank__isnull=True, **_NO_DAYS)
                | Q(
                    scope=IncidentScope.BATCH,
                    bank__isnull=True,
                    outlet__isnull=True,
                    produced_from__isnull=False,
                    produced_until__isnull=False,
                    produced_until__gte=F("produced_from"),
                ),
                violation_error_message=_(
                    "Name exactly what it touches: the bank, or the outlet, or the days of the batch in their order."
                ),
            ),
            models.CheckConstraint(
                name="incident_note_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                violation_error_message=_("A note that was ended says by whom and when."),
            ),
        ]

    def __str__(self) -> str:
        return self.told("text")

    def clean(self) -> None:
        """Refuse what could not be said on the phone, or should not be said to everybody."""
        wrong: dict[str, object] = {}
        for name in ("text_zh", "text_en"):
            text = getattr(self, name).strip()
            ends = [mark.end() for mark in _SENTENCE_END.finditer(text)]
            if ends != [len(text)]:
                wrong[name] = _(
                    "Write exactly one sentence and end it with a full stop: the phone script has room for one."
                )
            elif _LONG_NUMBER.search(text) or _LINK.search(text):
                wrong[name] = _("Leave out long numbers and addresses: everybody whose card is late reads this.")
        if self.expected_on and self.ended_at is None and self.expected_on < _china_day(timezone.now()):
            wrong["expected_on"] = _("The new date lies in the past.")
        if wrong:
            raise ValidationError(wrong)

    def runs_at(self, now: datetime) -> bool:
        """Whether it is shown at a moment."""
        return self.ended_at is None and self.expected_on >= _china_day(now)

    def touches(self, application: Application, day: date) -> bool:
        """Whether this delay lies ahead of an application on a day; a clock that stands has a reason of its own."""
        if self.expected_on < day or application.stop or application.stage not in TOUCHED[self.scope]:
            return False
        if self.scope == IncidentScope.BANK:
            return application.bank_id == self.bank_id
        if self.scope == IncidentScope.OUTLET:
            return application.delivery_outlet_id == self.outlet_id
        return self.produced_from <= _china_day(application.stage_since) <= self.produced_until  # type: ignore[operator]

    def touched(self) -> models.QuerySet[Application]:
        """The applications this delay lies ahead of; the same rule as `touches`, as one statement."""
        rows = Application.objects.filter(stage__in=sorted(TOUCHED[self.scope]), stop="")
        if self.scope == IncidentScope.BANK:
            return rows.filter(bank=self.bank)
        if self.scope == IncidentScope.OUTLET:
            return rows.filter(delivery_outlet=self.outlet)
        return rows.filter(stage_since__date__range=(self.produced_from, self.produced_until))


def _read_notes() -> list[IncidentNote]:
    return list(IncidentNote.objects.running(timezone.now()).order_by("-written_at"))


# The same for everybody, so an answer asks no database for them.
running_notes = Remembered(_read_notes, 30)


def note_for(application: Application, now: datetime) -> IncidentNote | None:
    """The newest running note that touches an application, from memory."""
    notes: Iterable[IncidentNote] = running_notes()
    day = _china_day(now)
    return next((note for note in notes if note.touches(application, day)), None)
