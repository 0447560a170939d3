"""The holder's own oral loss report: at the full level only, and by the same service as the hotline's."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import id_number as id_numbers
from cards import services
from cards.actors import Proof
from cards.answers import CardAnswer, LossAnswer, wording
from cards.answers.dates import told_deadline, told_moment
from cards.channels.web import answer_cookie
from cards.channels.web.enquiry import CITIZEN
from cards.channels.web.manners import about_a_person, answers_to
from cards.channels.web.visit import Visit
from cards.channels.web.visit import visit as visit_now
from cards.errors import ChangedMeanwhile, Refusal
from cards.models.rule_data import book_on, office_days
from cards.paper_number import spaced_paper_number
from cards.rules import china_day
from cards.see_other import SeeOther
from cards.vocabulary import ORDINARY_TYPES, Evidence, LossForm

SHOWN_CODE = Proof(frozenset({Evidence.QUERY_CODE}))


class ReportForm(forms.Form):
    """Which card is lost."""

    use_required_attribute = False

    card = forms.ChoiceField(
        label=_("Which card is lost?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the card that is lost.")},
    )

    def __init__(self, visit: Visit, data: Any = None) -> None:
        choices = [(visit.key_of(one.card), one.title) for one in visit.reportable]
        super().__init__(data, initial={"card": choices[0][0]} if len(choices) == 1 else None)
        self.fields["card"].choices = choices  # type: ignore[attr-defined]


@about_a_person
@answers_to("GET", "HEAD", "POST")
def report(request: HttpRequest) -> HttpResponse:
    """Choose the card and report it; the same form sent again leads to the report it made."""
    visit = visit_now(request)
    if visit is None:
        return render(request, "lost_card/closed.html", {"missed": request.method == "POST"})
    if request.method != "POST":
        if visit.made and len(visit.made) == len(visit.case.cards):
            return redirect("lost-card-reported")
        return _page(request, visit, ReportForm(visit))
    card = next((one for one in visit.case.cards if request.POST.get("card", "").startswith(f"{one.pk}:")), None)
    if card is not None and visit.made_here(card):
        return SeeOther(reverse("lost-card-reported"))
    form = ReportForm(visit, request.POST)
    if card is not None and request.POST["card"] != visit.key_of(card):
        return _page(request, visit, ReportForm(visit), refused=ChangedMeanwhile())
    if card is None or not form.is_valid():
        return _page(request, visit, form)
    try:
        services.report_loss(card, form=LossForm.ORAL, actor=CITIZEN, evidence=SHOWN_CODE)
    except Refusal as refused:
        visit = visit_now(request) or visit
        # The same form, sent twice at once: the other one made the report.
        if visit.made_here(card):
            return SeeOther(reverse("lost-card-reported"))
        return _page(request, visit, ReportForm(visit), refused=refused)
    response = SeeOther(reverse("lost-card-reported"))
    kept = answer_cookie.read(request)
    if kept is not None and kept.number:
        # The words under that number still say that the card works.
        answer_cookie.put(response, kept.opening, kept.asked_at)
    return response


@about_a_person
@answers_to("GET", "HEAD")
def reported(request: HttpRequest) -> HttpResponse:
    """Show the report that was just made, for printing: until when, its number and code, and the bank."""
    visit = visit_now(request)
    if visit is None:
        return render(request, "lost_card/closed.html", {"ended": True})
    if not visit.made:
        return redirect("lost-card-report")
    newest = max(visit.made, key=lambda one: one.made_at)
    card = next(one for one in visit.cards if one.card.pk == newest.card_id)
    answer: LossAnswer = next(one for one in card.reports if one.report.pk == newest.pk)
    return render(
        request,
        "lost_card/reported.html",
        {
            "card": card,
            "ordinary": card.card.card_type in ORDINARY_TYPES,
            "answer": answer,
            "until": told_deadline(newest.lapses_at) if newest.lapses_at else "",
            "number": spaced_paper_number(newest.receipt_id),
            "code": newest.receipt.query_code,
            # For the printed page, which has to say by itself where it is from and about whom.
            "address": settings.SITE_URL,
            "moment": told_moment(newest.made_at),
            "masked": id_numbers.mask(card.card.holder.id_number),
            "banks": _banks([card]),
            "cancelling": wording.REPORT_TAKEN_BACK,
        },
    )


def _banks(cards: list[CardAnswer]) -> list[tuple[str, str]]:
    """Name and telephone number of each bank to be called as well."""
    return list({one.card.bank.told("name"): one.card.bank.hotline for one in cards if one.card.bank}.items())


def _page(request: HttpRequest, visit: Visit, form: ReportForm, refused: Refusal | None = None) -> HttpResponse:
    """The form, or why no card can be reported; the consequences stand before the button."""
    now = timezone.now()
    until = book_on(china_day(now)).lapse_moment(now, office_days())
    return render(
        request,
        "lost_card/report.html",
        {
            "form": form,
            "cards": visit.cards,
            "reportable": bool(visit.reportable),
            "made": bool(visit.made),
            "banks": _banks(visit.reportable),
            "consequence": str(wording.REPORT_CONSEQUENCE) % {"until": told_deadline(until)},
            "cancelling": wording.REPORT_TAKEN_BACK,
            "refusal": refused.sentence if refused else "",
        },
    )
