"""Seeing a person unmasked: inside an open case the case is the reason; without one, too many in an hour are told."""

import logging
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import enquiry
from cards.actors import Actor
from cards.desk.forms import typed
from cards.models import AccessRecord, Cardholder
from cards.vocabulary import AccessPurpose

logger = logging.getLogger("cards.access")

ALLOWED, WINDOW, TOLD_FOR = 30, timedelta(hours=1), timedelta(hours=24)


def record_full_view(holder: Cardholder, case: str, reason: str, *, actor: Actor) -> None:
    """Leave the record the person can read; one look too many without a case raises an alarm, and is still shown.

    `case` is the open case in words, which is reason enough.
    """
    purpose = AccessPurpose.STAFF_CASE_VIEW if case else AccessPurpose.STAFF_FULL_VIEW
    told = " · ".join(part for part in (case, reason) if part)
    enquiry.record_staff_look(holder, "", actor=actor, purpose=purpose, reason=told)
    if not case and _without_case(timezone.now() - WINDOW).filter(user=actor.user).count() > ALLOWED:
        logger.error("User %s opened more than %s full views within an hour without a case.", actor.user.pk, ALLOWED)


def alarms() -> list[tuple[str, datetime, int]]:
    """Who opened too many full views without a case within an hour of the last day: name, from when, how many."""
    recent = _without_case(timezone.now() - TOLD_FOR)
    many = recent.values("user").annotate(looks=Count("pk")).filter(looks__gt=ALLOWED).values("user")
    moments: dict[str, list[datetime]] = defaultdict(list)
    for name, at in recent.filter(user__in=many).order_by("at").values_list("user__username", "at"):
        moments[name].append(at)
    return [(name, *worst) for name, looks in moments.items() if (worst := _worst_hour(looks))[1] > ALLOWED]


def _worst_hour(looks: list[datetime]) -> tuple[datetime, int]:
    """The beginning of the hour with most looks, and how many there were."""
    begin, best = 0, (looks[0], 0)
    for place, at in enumerate(looks):
        while at - looks[begin] >= WINDOW:
            begin += 1
        best = max(best, (looks[begin], place - begin + 1), key=lambda one: one[1])
    return best


def _without_case(since: datetime) -> Any:
    return AccessRecord.objects.filter(purpose=AccessPurpose.STAFF_FULL_VIEW, at__gte=since)


class FullViewForm(forms.Form):
    """Why somebody has to see a person unmasked; inside an open case the case says so."""

    reason = forms.CharField(
        label=_("Reason for showing everything"),
        max_length=200,
        min_length=4,
        widget=typed(),
        help_text=_("It is kept with your name in the access record, where auditors read it."),
    )

    def __init__(self, *args: Any, case: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if case:
            del self.fields["reason"]
