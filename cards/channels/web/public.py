"""The pages of the web channel that are about nobody: outlets, and the ways to ask."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cards.answers.dates import told_day
from cards.answers.opening import state_of
from cards.channels.web.asking import asking
from cards.channels.web.manners import answers_to
from cards.channels.web.places import listed_place_of, opens_on
from cards.hours import WEEKDAYS
from cards.models import Card, Outlet
from cards.models.outlets import places
from cards.rules import china_day
from cards.services.losses import places_for
from cards.vocabulary import CardType, OutletKind

SATURDAY = "6"
# What an outlet can be asked for -> whether it does it.
_DOES: dict[str, Callable[[Outlet], bool]] = {
    "applications": lambda outlet: outlet.accepts_applications,
    "replaces": lambda outlet: outlet.replaces_cards,
    "hands_over": lambda outlet: outlet.hands_over,
    "instant": lambda outlet: outlet.instant_issue,
}


def _not_closed() -> list[Outlet]:
    """What is closed for good is shown nowhere."""
    return [outlet for outlet in places()[1].values() if not outlet.closed_for_good]


def _banks() -> list[tuple[str, Any]]:
    return [("", _("Any bank")), *((str(pk), bank.told("name")) for pk, bank in places()[0].items())]


def _districts() -> list[tuple[str, Any]]:
    districts = dict(sorted((outlet.district_zh, outlet.told("district")) for outlet in _not_closed()))
    return [("", _("Every district")), *districts.items()]


class OutletFilter(forms.Form):
    """What is needed, where, when and how; each may be left open, and what is not offered filters nothing."""

    does = forms.ChoiceField(
        label=_("What do you need?"),
        required=False,
        choices=[
            ("", _("Everything")),
            ("applications", _("apply for a first card")),
            ("replaces", _("replace a lost card")),
            ("instant", _("have a card made at once")),
            ("hands_over", _("collect a card")),
        ],
    )
    bank = forms.ChoiceField(label=_("Card of which bank?"), required=False, choices=_banks)
    kind = forms.ChoiceField(
        label=_("Kind of outlet"), required=False, choices=[("", _("All kinds")), *OutletKind.choices]
    )
    district = forms.ChoiceField(label=_("District"), required=False, choices=_districts)
    open = forms.ChoiceField(
        label=_("Open when?"),
        required=False,
        choices=[("", _("Any day")), ("now", _("open now")), *((str(n), day) for n, day in enumerate(WEEKDAYS, 1))],
    )
    access = forms.BooleanField(label=_("step-free access"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()
        self.chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def on_saturday(self) -> str:
        """The address of the same choice on a Saturday."""
        return f"?{urlencode(self.chosen | {'open': SATURDAY})}"

    def chosen_words(self) -> list[str]:
        """What was asked for, in the words of the form."""
        told = []
        for name, value in self.chosen.items():
            asked = self.fields[name]
            label = dict(cast(Any, asked).choices)[value] if isinstance(asked, forms.ChoiceField) else asked.label
            told.append(str(label))
        return told

    def day(self, today: date) -> date | None:
        """The next day of the weekday that was chosen."""
        if not self.chosen.get("open", "").isdecimal():
            return None
        return today + timedelta(days=(int(self.chosen["open"]) - today.isoweekday()) % 7)

    def fits(self, outlet: Outlet, day: date | None) -> bool:
        """Whether an outlet is what was asked for."""
        chosen, now = self.chosen, timezone.now()
        state = state_of(outlet, now) if chosen.get("open") == "now" else None
        return (
            ("does" not in chosen or _DOES[chosen["does"]](outlet))
            and ("bank" not in chosen or outlet in self._of_bank(chosen["bank"]))
            and ("kind" not in chosen or outlet.kind == chosen["kind"])
            and ("district" not in chosen or outlet.district_zh == chosen["district"])
            and ("access" not in chosen or outlet.step_free)
            and (chosen.get("open") != "now" or bool(state and state.open))
            and (day is None or opens_on(outlet, day))
        )

    def _of_bank(self, bank: str) -> list[Outlet]:
        """The outlets that replace a card of this bank, by the rule that refuses it elsewhere."""
        return places_for(Card(card_type=CardType.FINANCIAL_BLUE, bank=places()[0][int(bank)]))


@answers_to("GET", "HEAD")
def outlets(request: HttpRequest) -> HttpResponse:
    """List the service outlets by district."""
    form = OutletFilter(request.GET)
    now = timezone.now()
    day = form.day(china_day(now))
    found = sorted(
        (one for one in _not_closed() if form.fits(one, day)), key=lambda one: (one.district_zh, one.kind, one.pk)
    )
    listed = [listed_place_of(outlet, now) for outlet in found]
    return render(
        request,
        "outlets/outlets.html",
        {
            "form": form,
            "districts": [(name, list(group)) for name, group in groupby(listed, key=lambda one: one.district)],
            "count": len(listed),
            "on": gettext("Open on %(weekday)s, %(day)s.") % {"weekday": WEEKDAYS[day.weekday()], "day": told_day(day)}
            if day
            else "",
        },
    )


@answers_to("GET", "HEAD")
def contact(request: HttpRequest) -> HttpResponse:
    """Tell the four ways to ask."""
    return render(request, "outlets/contact.html", {"asking": asking(timezone.now())})
