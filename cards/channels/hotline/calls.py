"""The pages of a call: the questions and the outline before they are answered, the end, and the call-back list."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from cards import case_reading, enquiry, identity
from cards.answers import CaseAnswer, answer_case
from cards.case_file import Opening
from cards.channels.hotline.forms import CallerForm
from cards.desk import calls, telling
from cards.desk.home import FollowUpLine, follow_up_lines
from cards.desk.leading import person_url
from cards.desk.staff import Desk, desk_of
from cards.models import Answer, FollowUp
from cards.office_vocabulary import FollowUpKind, FollowUpOutcome
from cards.see_other import SeeOther
from cards.services import settle_follow_up
from cards.staff_errors import FollowUpSettled
from cards.vocabulary import AccessOutcome, AccessPurpose, Action, Party


@dataclass(frozen=True)
class Outline:
    """What anybody may be told who gives the number, as the policy has it; `closed` where it opens nothing.

    `under_number` repeats, to whoever has an answer number, the very words that were told under it.
    """

    case: CaseAnswer | None
    closed: bool = False
    under_number: list[str] = field(default_factory=list)


def outline_of(call: calls.Call) -> Outline:
    """What a visitor of the website would be shown for the number alone."""
    words = _told_under(call)
    if settings.ENQUIRY_POLICY != "number":
        return Outline(None, closed=True, under_number=words)
    opening = Opening(AccessOutcome.FOUND, call.holder_id) if call.holder_id else Opening(AccessOutcome.NONE)
    return Outline(answer_case(case_reading.read_case(opening, timezone.now()), opening), under_number=words)


def _told_under(call: calls.Call) -> list[str]:
    """The sentences told under the answer number the caller gave."""
    if call.found_by != "answer" or call.holder_id is None:
        return []
    answer = Answer.objects.of(call.holder_id).kept(timezone.now()).filter(paper=call.paper).first()
    return [matter["phone"] for matter in answer.words[answer.language]] if answer else []


@admin.register(FollowUp)
class FollowUpAdmin(admin.ModelAdmin):
    """The call under way, and the list of call-backs and visits that are still to come."""

    def get_urls(self) -> list[Any]:
        """Our own pages only."""
        page = self.admin_site.admin_view
        return [
            path("", page(self.list_view), name="cards_followup_changelist"),
            path("call/", page(self.call_view), name="cards_call"),
            path("call/end/", page(self.end_view), name="cards_call_end"),
            path("<uuid:key>/dial/", page(self.dial_view), name="cards_followup_dial"),
            path("<uuid:key>/missed/", page(self.missed_view), name="cards_followup_missed"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are promised from the person's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are settled from the person's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They leave by themselves."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever finds people keeps what was promised to them."""
        return request.user.has_perm("cards.find_cardholder") and request.user.has_perm("cards.view_followup")

    # --- the call ---

    @method_decorator(sensitive_post_parameters())
    def call_view(self, request: HttpRequest) -> HttpResponse:
        """Ask the identity questions; the answer is match or no match, and never which."""
        desk, call = self._officer(request), calls.current(request)
        if call is None:
            return SeeOther(reverse("admin:index"))
        if call.is_verified and call.holder:
            return SeeOther(person_url(call.holder))
        unasked = identity.left_out(call.found_by, call.holder_id, request.user)
        form = CallerForm(call.found_by, unasked, request.POST if request.method == "POST" else None)
        if not call.is_spent and form.is_valid():
            return self._checked(request, desk, call, form)
        told = outline_of(call)
        return self._page(request, "call.html", _("Call"), call=call, form=form, told=told)

    @staticmethod
    def _checked(request: HttpRequest, desk: Desk, call: calls.Call, form: CallerForm) -> HttpResponse:
        """Compare, remember the result of this call, and go where it leads."""
        result = identity.check_caller(
            call.holder_id, call.subject, form.answers, found_by=call.found_by, actor=desk.actor(Party.HOLDER)
        )
        calls.remember(request, result)
        return SeeOther(person_url(call.holder) if result.passed else reverse("admin:cards_call"))

    def end_view(self, request: HttpRequest) -> HttpResponse:
        """The caller has hung up: close everything."""
        self._officer(request)
        if request.method == "POST":
            calls.end(request)
        return SeeOther(reverse("admin:index"))

    # --- what was promised ---

    def list_view(self, request: HttpRequest) -> HttpResponse:
        """Call-backs and visits that are still to come; nothing personal stands in the list."""
        desk = self._desk(request)
        lines: list[FollowUpLine] = follow_up_lines(FollowUp.objects.call_backs_due())
        return self._page(request, "call_backs.html", _("Call-backs"), lines=lines, desk=desk)

    def dial_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Show the number on file for one call-back; the look is recorded, and the call begins unverified."""
        desk = self._officer(request)
        if request.method != "POST":
            return SeeOther(reverse("admin:cards_followup_changelist"))
        due = FollowUp.objects.open().filter(kind=FollowUpKind.CALL_BACK).select_related("holder")
        follow_up = get_object_or_404(due, pk=key)
        holder = follow_up.holder
        enquiry.record_staff_look(
            holder, "", actor=desk.actor(Party.OFFICE), purpose=AccessPurpose.CALL_BACK, reason=str(follow_up)
        )
        calls.begin(request, holder=holder, subject=f"holder:{holder.pk}", found_by=identity.DIALLED)
        return self._page(request, "dial.html", _("Call back"), phone=holder.phone, follow_up=follow_up)

    def missed_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Nobody answered: take the call-back off the list, without anything of the person being shown."""
        desk = self._desk(request)
        if request.method == "POST":
            if not desk.may(Action.SETTLE):
                raise PermissionDenied
            follow_up = get_object_or_404(FollowUp, pk=key, kind=FollowUpKind.CALL_BACK)
            try:
                settle_follow_up(follow_up, FollowUpOutcome.NOT_REACHED, actor=desk.actor(Party.OFFICE))
            except FollowUpSettled as refused:
                messages.error(request, refused.sentence)
            else:
                messages.success(request, telling.DONE[Action.SETTLE])
        return SeeOther(reverse("admin:index"))

    # --- common ---

    def _desk(self, request: HttpRequest) -> Desk:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return desk_of(request)

    def _officer(self, request: HttpRequest) -> Desk:
        """The desk of a hotline officer: at a window people are known by their documents."""
        desk = self._desk(request)
        if not desk.on_the_phone:
            raise PermissionDenied
        return desk

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, f"hotline/{template}", {**frame, "title": title, **context})
