"""The enquiry's pages: ask, read the answer, add the query code, end."""

import math
import time
from dataclasses import replace
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cards import case_reading, enquiry, told
from cards.actors import Actor
from cards.answers import CaseAnswer, answer_case, answer_later, told_accesses
from cards.case_file import NOBODY, Opening
from cards.channels.web import answer_cookie, presentation
from cards.channels.web.forms import CodeForm, EnquiryForm
from cards.channels.web.manners import about_a_person, answers_to
from cards.channels.web.shared_parts import log_html
from cards.channels.web.visit import visit_of
from cards.models import Answer
from cards.see_other import SeeOther
from cards.vocabulary import AccessOutcome, Channel, Party

CITIZEN = Actor(Party.HOLDER, Channel.WEB)


@about_a_person
@answers_to("GET", "HEAD", "POST")
def status(request: HttpRequest) -> HttpResponse:
    """Ask for the ID number; look it up, and send the browser to the answer."""
    form = EnquiryForm.under(settings.ENQUIRY_POLICY)(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "status/form.html", {"form": form})
    opening = enquiry.look_up(enquiry.Question(**form.cleaned_data), network=_network(request), actor=CITIZEN)
    response = _to_answer()
    answer_cookie.put(response, opening)
    return response


@about_a_person
@answers_to("GET", "HEAD")
def answer(request: HttpRequest) -> HttpResponse:
    """Read the present state of what was opened; without an opening that still stands, ask again."""
    kept = answer_cookie.read(request)
    if kept is None:
        return redirect("status")
    return _shown(request, kept)


@about_a_person
@answers_to("GET", "HEAD", "POST")
def code(request: HttpRequest) -> HttpResponse:
    """Go from the outline to the details with a query code."""
    kept = answer_cookie.read(request)
    if kept is None or kept.opening.holder_id == NOBODY:
        return SeeOther(reverse("status"))
    if request.method != "POST":
        return redirect("status-answer")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _shown(request, kept, form)
    opened = enquiry.open_with_code(
        kept.opening.holder_id, form.cleaned_data["code"], network=_network(request), actor=CITIZEN
    )
    response = _to_answer()
    if opened.paper:
        answer_cookie.put(response, opened)
    else:
        answer_cookie.put(response, _still_open(kept.opening, opened), kept.asked_at, kept.number)
    return response


def _still_open(before: Opening, tried: Opening) -> Opening:
    """What stands after a code that opened nothing: what stood before, with the miss or the wait to be told."""
    if tried.outcome == AccessOutcome.LATER:
        return replace(before, outcome=tried.outcome, retry_at=tried.retry_at, code_missed=tried.code_missed)
    return replace(before, outcome=AccessOutcome.FOUND, code_missed=True)


@about_a_person
@answers_to("POST")
def number(request: HttpRequest) -> HttpResponse:
    """Give the answer a number to quote on the phone or at a window; it opens nothing here."""
    kept = answer_cookie.read(request)
    if kept is None or kept.opening.outcome != AccessOutcome.FOUND:
        return SeeOther(reverse("status"))
    case = case_reading.read_case(kept.opening)
    if not case.applications and not case.cards:
        # Read as "nothing found", so it must behave like it: who is on record without a case is nobody's business.
        return SeeOther(reverse("status"))
    answer = told.keep(case, kept.opening.holder_id, actor=CITIZEN)
    response = _to_answer()
    answer_cookie.put(response, kept.opening, kept.asked_at, answer.paper_id)
    return response


@about_a_person
@answers_to("GET", "HEAD")
def looks(request: HttpRequest) -> HttpResponse:
    """Read how the record was looked at, further back than the answer tells; only for an answer in full."""
    kept = answer_cookie.read(request)
    found = case_reading.read_looks(kept.opening) if kept else []
    if not found:
        return redirect("status-answer")
    told_looks = told_accesses(found)
    return render(request, "status/looks.html", {"looks": len(told_looks), "log": log_html(told_looks)})


@about_a_person
@answers_to("POST")
def end(request: HttpRequest) -> HttpResponse:
    """Forget the answer on this device."""
    response = SeeOther(reverse("status-forgotten"))
    answer_cookie.remove(response)
    return response


@about_a_person
@answers_to("GET", "HEAD")
def forgotten(request: HttpRequest) -> HttpResponse:
    """Say that the answer is gone from this device."""
    return render(request, "status/forgotten.html")


@cache
def _answer_address() -> str:
    """Finding it takes as long as writing the access record."""
    return reverse("status-answer")


def _to_answer() -> SeeOther:
    return SeeOther(_answer_address())


def _network(request: HttpRequest) -> str:
    """What the limits count by; the middleware of the portal says it."""
    return request.client_network  # type: ignore[attr-defined]


def _shown(request: HttpRequest, kept: answer_cookie.Kept, form: CodeForm | None = None) -> HttpResponse:
    """Render what an opening shows at this moment."""
    opening = kept.opening
    wait = math.ceil(opening.retry_at - time.time())
    if opening.outcome == AccessOutcome.LATER:
        if wait > 0:
            return _later(request, answer_later(opening.retry_at, opening.code_missed), wait)
        if opening.holder_id == NOBODY:
            return redirect("status")
    read = case_reading.read_case(opening)
    case = answer_case(read, opening)
    if case.outcome == "none":
        return render(request, "status/none.html", {"case": case})
    visit = visit_of(read, kept)
    made = {report.card_id for report in visit.made} if visit else set()
    quoted = Answer.objects.of(opening.holder_id).filter(paper=kept.number).first() if kept.number else None
    return render(request, "status/answer.html", presentation.context_of(case, form, quoted, made))


def _later(request: HttpRequest, case: CaseAnswer, wait: int) -> HttpResponse:
    response = render(request, "status/later.html", {"case": case}, status=429)
    response.headers["Retry-After"] = str(wait)
    return response
