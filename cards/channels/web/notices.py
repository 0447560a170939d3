"""How the person wants to be told: chosen at the full level, with the query code, and ended as easily."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cards import services
from cards.actors import Proof
from cards.answers.dates import told_day
from cards.channels.web import answer_cookie
from cards.channels.web.enquiry import CITIZEN
from cards.channels.web.manners import about_a_person, answers_to
from cards.channels.web.visit import visit as visit_now
from cards.delivery.senders import ways_set_up
from cards.errors import EmailMalformed, Refusal
from cards.models import Cardholder, NoticeConsent
from cards.notice_vocabulary import NoticeChannel
from cards.see_other import SeeOther
from cards.vocabulary import Evidence

SHOWN_CODE = Proof(frozenset({Evidence.QUERY_CODE}))


class NoticesForm(forms.Form):
    """The ways there are, and the address for e-mail."""

    use_required_attribute = False

    sms = forms.BooleanField(required=False)
    email = forms.BooleanField(required=False, label=_("By e-mail"))
    address = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}),
    )

    def __init__(self, holder: Cardholder, consents: dict[str, NoticeConsent], data: Any = None) -> None:
        mail = consents.get(NoticeChannel.EMAIL)
        standing = {channel.value: channel in consents for channel in NoticeChannel}
        super().__init__(data, initial=standing | {"address": mail.address if mail else ""})
        self.offered = [way for way in ways_set_up() if way != NoticeChannel.WECHAT]
        self.phone_missing = NoticeChannel.SMS in self.offered and not holder.phone
        if self.phone_missing:
            self.offered.remove(NoticeChannel.SMS)
        self.fields["sms"].label = _("By text message to the number on file, ending in %(tail)s") % {
            "tail": (holder.phone or "")[-4:]
        }
        for way in (NoticeChannel.SMS, NoticeChannel.EMAIL):
            if way not in self.offered:
                del self.fields[way]
        if NoticeChannel.EMAIL not in self.offered:
            del self.fields["address"]

    @property
    def wanted(self) -> dict[str, bool]:
        """Each way that was offered, and whether it is wanted."""
        return {way: bool(self.cleaned_data.get(way)) for way in self.offered}


@about_a_person
@answers_to("GET", "HEAD", "POST")
def notices(request: HttpRequest) -> HttpResponse:
    """Show what is wanted, and record what was chosen; without an answer in full, go back to it."""
    visit, kept = visit_now(request), answer_cookie.read(request)
    if visit is None or kept is None:
        return redirect("status-answer")
    holder = Cardholder.objects.get(pk=kept.opening.holder_id)
    consents = NoticeConsent.objects.by_holder([holder.pk]).get(holder.pk, {})
    form = NoticesForm(holder, consents, request.POST if request.method == "POST" else None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_notices(
                holder,
                form.wanted,
                language=get_language() or settings.DEFAULT_LANGUAGE,
                email=form.cleaned_data.get("address", ""),
                actor=CITIZEN,
                evidence=SHOWN_CODE,
            )
            return SeeOther(f"{reverse('status-notices')}?saved=1")
        except EmailMalformed as malformed:
            form.add_error("address", malformed.sentence)
        except Refusal as refused:
            refusal = refused.sentence
    return render(
        request,
        "status/notices.html",
        {
            "form": form,
            "refusal": refusal,
            "saved": request.method != "POST" and "saved" in request.GET,
            "standing": [
                {"way": str(one.get_channel_display()), "since": told_day(one.given_at)} for one in consents.values()
            ],
        },
    )
