"""The pages of the web channel that are about nobody: outlets, and the ways to ask."""

from itertools import groupby

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cards.channels.web.manners import answers_to
from cards.channels.web.places import listed_place_of
from cards.models import Outlet
from cards.vocabulary import OutletKind

# What an outlet can be asked for -> the column that says whether it does it.
_DOES = {
    "applications": "accepts_applications",
    "replaces": "replaces_cards",
    "hands_over": "hands_over",
    "instant": "instant_issue",
}


class OutletFilter(forms.Form):
    """What is needed, and at which kind of place; both may be left open."""

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
    kind = forms.ChoiceField(label=_("Where?"), required=False, choices=[("", _("Everywhere")), *OutletKind.choices])

    def conditions(self) -> dict[str, object]:
        """The filter as conditions on outlets; a value that is not offered filters nothing."""
        self.full_clean()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        conditions: dict[str, object] = {_DOES[chosen["does"]]: True} if "does" in chosen else {}
        return conditions | ({"kind": chosen["kind"]} if "kind" in chosen else {})


@answers_to("GET", "HEAD")
def outlets(request: HttpRequest) -> HttpResponse:
    """List the service outlets by district."""
    form = OutletFilter(request.GET)
    found = Outlet.objects.filter(closed_for_good=False, **form.conditions()).select_related("bank")
    places = [listed_place_of(outlet) for outlet in found.order_by("district_zh", "kind", "pk")]
    districts = [(name, list(group)) for name, group in groupby(places, key=lambda place: place.district)]
    return render(request, "outlets/outlets.html", {"form": form, "districts": districts, "count": len(places)})


@answers_to("GET", "HEAD")
def contact(request: HttpRequest) -> HttpResponse:
    """Tell the four ways to ask."""
    return render(request, "outlets/contact.html")
