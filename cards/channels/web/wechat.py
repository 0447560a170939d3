"""Binding a WeChat account, at the full level: get a code, type it in the chat, come back and confirm; or end it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from cards import services
from cards.answers.dates import told_day, told_moment
from cards.channels.web import answer_cookie
from cards.channels.web.asking import qr_code
from cards.channels.web.enquiry import CITIZEN
from cards.channels.web.manners import about_a_person, answers_to
from cards.channels.web.notices import SHOWN_CODE
from cards.channels.web.visit import visit as visit_now
from cards.errors import Refusal
from cards.models import Cardholder, WechatBinding
from cards.notice_vocabulary import BindingEnd
from cards.see_other import SeeOther
from cards.services.wechat import is_set_up


@about_a_person
@answers_to("GET", "HEAD", "POST")
def wechat(request: HttpRequest) -> HttpResponse:
    """Show how the binding stands and take its next step; without an answer in full, go back to it."""
    visit, kept = visit_now(request), answer_cookie.read(request)
    if visit is None or kept is None or not is_set_up():
        return redirect("status-answer")
    holder = Cardholder.objects.get(pk=kept.opening.holder_id)
    code, refusal = "", ""
    if request.method == "POST":
        try:
            if request.POST.get("step") == "code":
                # Shown by this answer and nowhere else: nothing keeps it but its digest.
                code = services.begin_binding(
                    holder,
                    language=get_language() or settings.DEFAULT_LANGUAGE,
                    actor=CITIZEN,
                    evidence=SHOWN_CODE,
                )
            else:
                if request.POST.get("step") == "confirm":
                    services.confirm_binding(holder, actor=CITIZEN, evidence=SHOWN_CODE)
                elif request.POST.get("step") == "end":
                    services.end_binding(holder, BindingEnd.WEB, actor=CITIZEN)
                return SeeOther(reverse("status-wechat"))
        except Refusal as refused:
            refusal = refused.sentence
    return render(request, "status/wechat.html", _context(holder, code, refusal))


def _context(holder: Cardholder, code: str, refusal: str) -> dict[str, object]:
    now = timezone.now()
    mine = WechatBinding.objects.of(holder)
    bound, begun = mine.in_force(now).first(), mine.begun(now).first()
    return {
        "refusal": refusal,
        "code": f"{code[:4]} {code[4:]}" if code else "",
        "bound_since": told_day(bound.confirmed_at) if bound else "",
        "bound_until": told_day(bound.until) if bound else "",
        "typed_at": told_moment(begun.claimed_at) if begun and begun.claimed_at else "",
        "waiting": bool(begun and not begun.claimed_at and not code),
        "account": settings.WECHAT_NAME,
        "picture": qr_code(),
    }
