"""The pages below /admin/cards/cardholder/: find, register, the person's screen, forms of actions, papers."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from cards import enquiry, services
from cards.channels.counter import papers
from cards.desk import acting, finding, holder_page, telling
from cards.desk.forms import FullViewForm, RegisterForm
from cards.desk.staff import PAPER_OPEN, PERSON_OPEN, Desk, desk_of, is_opened, mark_opened
from cards.errors import PersonAlreadyRegistered, Refusal
from cards.id_number import IdNumberProblem
from cards.models import Cardholder
from cards.vocabulary import AccessPurpose, Party


class SeeOther(HttpResponseRedirectBase):
    """What follows a POST: fetch another page by GET."""

    status_code = 303


def person_url(holder: Any) -> str:
    """The address of a person's screen; the random key says nothing."""
    return reverse("admin:cards_cardholder_change", args=[getattr(holder, "pk", holder)])


@admin.register(Cardholder)
class CardholderAdmin(admin.ModelAdmin):
    """Finds people and shows them; nothing about a person is ever changed through the admin's own forms."""

    def get_urls(self) -> list[Any]:
        """Our own pages only: no list of people, no add, change, history or delete."""
        page = self.admin_site.admin_view
        return [
            path("", page(self.find_view), name="cards_cardholder_changelist"),
            path("register/", page(self.register_view), name="cards_cardholder_register"),
            path("<uuid:key>/change/", page(self.person_view), name="cards_cardholder_change"),
            path("<uuid:key>/open/", page(self.open_view), name="cards_cardholder_open"),
            path("<uuid:key>/do/<str:action>/<uuid:subject>/", page(self.act_view), name="cards_cardholder_do"),
            path("<uuid:key>/paper/<str:number>/", page(self.paper_view), name="cards_cardholder_paper"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People are registered from the search that did not find them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here; actions have permissions of their own."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is deleted from a desk."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may find people sees the search and what it leads to."""
        return request.user.has_perm("cards.find_cardholder")

    # --- find ---

    @method_decorator(sensitive_post_parameters())
    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Find a person by a number that was typed or scanned."""
        desk = self._desk(request)
        typed = request.POST.get("number", "")
        if request.method != "POST":
            return self._page(request, "find.html", _("Find a person"), typed="", found=finding.Found())
        found = finding.find(typed, actor=desk.actor(Party.OFFICE))
        if found.holder is not None:
            return self._opened(request, found.holder)
        register = None
        if found.unknown_id_number and desk.may_register:
            register = RegisterForm(initial={"id_number": found.unknown_id_number})
        return self._page(request, "find.html", _("Find a person"), typed=typed, found=found, register=register)

    @method_decorator(sensitive_post_parameters())
    def register_view(self, request: HttpRequest) -> HttpResponse:
        """Enter a person who is not on record yet."""
        desk = self._desk(request)
        if not desk.may_register:
            raise PermissionDenied
        form = RegisterForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                holder = services.register_cardholder(
                    name=form.cleaned_data["name"],
                    id_number=form.cleaned_data["id_number"],
                    phone=form.cleaned_data["phone"],
                    actor=desk.actor(Party.OFFICE),
                )
            except (Refusal, IdNumberProblem) as refused:
                found = finding.Found()
                if isinstance(refused, PersonAlreadyRegistered):
                    found = finding.find(form.cleaned_data["id_number"], actor=desk.actor(Party.OFFICE))
                if found.holder is not None:
                    # The form was sent twice, or a colleague was faster: either way this is the person.
                    messages.info(request, telling.ON_RECORD_ALREADY)
                    return self._opened(request, found.holder)
                form.add_error(*acting.place_of(refused, form))
            else:
                messages.success(request, telling.REGISTERED)
                return self._opened(request, holder)
        return self._page(request, "register.html", _("Register a person"), form=form)

    def _opened(self, request: HttpRequest, holder: Cardholder) -> HttpResponse:
        """The look is recorded: remember it and go to the person."""
        mark_opened(request, str(holder.pk))
        return SeeOther(person_url(holder))

    def open_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Record a look at a person reached from a list, then go there."""
        desk = self._desk(request)
        if request.method != "POST":
            return SeeOther(person_url(key))
        holder = get_object_or_404(Cardholder, pk=key)
        enquiry.record_staff_look(holder, "", actor=desk.actor(Party.OFFICE))
        return self._opened(request, holder)

    # --- the person ---

    @method_decorator(sensitive_post_parameters())
    def person_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Show a person, masked; in full for this one answer after a reason was given."""
        desk = self._desk(request)
        holder = get_object_or_404(Cardholder, pk=key)
        if holder.merged_into_id:
            return SeeOther(person_url(holder.merged_into_id))
        if not is_opened(request, str(holder.pk), PERSON_OPEN):
            return self._page(request, "closed.html", _("Open this record"), holder_key=holder.pk)
        may_see_all = request.user.has_perm("cards.view_full")
        form, full = FullViewForm(), False
        if request.method == "POST":
            if not may_see_all:
                raise PermissionDenied
            form = FullViewForm(request.POST)
            if form.is_valid():
                self._record_full_view(desk, holder, form.cleaned_data["reason"])
                full = True
        return self._page(
            request,
            "person.html",
            _("Cardholder"),
            person=holder_page.build(holder, desk, full=full),
            may_see_all=may_see_all,
            full_form=form,
            desk=desk,
        )

    @staticmethod
    def _record_full_view(desk: Desk, holder: Cardholder, reason: str) -> None:
        enquiry.record_staff_look(
            holder, "", actor=desk.actor(Party.OFFICE), purpose=AccessPurpose.STAFF_FULL_VIEW, reason=reason
        )

    # --- actions ---

    @method_decorator(sensitive_post_parameters())
    def act_view(self, request: HttpRequest, key: uuid.UUID, action: str, subject: uuid.UUID) -> HttpResponse:
        """Show the form of an action, or carry it out by its one service."""
        desk = self._desk(request)
        task = acting.task_named(action)
        if not desk.may(task.action):
            raise PermissionDenied
        holder = get_object_or_404(Cardholder, pk=key)
        if not is_opened(request, str(holder.pk), PERSON_OPEN):
            return self._page(request, "closed.html", _("Open this record"), holder_key=holder.pk)
        deed = acting.prepare(request, desk, task, holder, subject)
        asks = request.POST.get("exception_reason", "") if "ask" in request.POST else None
        if request.method == "POST" and deed.carried_out(asks):
            messages.success(request, telling.DONE[task.action])
            if deed.paper:
                mark_opened(request, deed.paper)
                return SeeOther(reverse("admin:cards_cardholder_paper", args=[holder.pk, deed.paper]))
            return SeeOther(person_url(holder))
        return self._page(request, "act.html", str(task.action.label), deed=deed, back=person_url(holder))

    # --- papers ---

    def paper_view(self, request: HttpRequest, key: uuid.UUID, number: str) -> HttpResponse:
        """Show a paper for printing; the look is recorded by the POST that leads here, because it shows a code."""
        desk = self._desk(request)
        holder = get_object_or_404(Cardholder, pk=key)
        paper = finding.paper_of(holder, number)
        if paper is None:
            raise Http404
        if request.method == "POST":
            if not desk.may_show_papers:
                # A code made by telephone is read out once, by the officer who recorded the report.
                raise PermissionDenied
            self._record_full_view(desk, holder, _("Paper %(number)s shown") % {"number": number})
            mark_opened(request, number)
            return SeeOther(request.path)
        if not is_opened(request, number, PAPER_OPEN):
            return self._page(
                request,
                "paper_closed.html",
                _("Show this paper"),
                on_the_phone=desk.on_the_phone,
                back=person_url(holder),
            )
        context = {"sheet": papers.sheet_of(paper, holder), "desk": desk, "back": person_url(holder)}
        return TemplateResponse(request, "counter/paper.html", context)

    # --- common ---

    def _desk(self, request: HttpRequest) -> Desk:
        """The desk of somebody who may find people, or a refusal."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return desk_of(request)

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        """A page in the frame of the admin."""
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, f"admin/cards/cardholder/{template}", {**frame, "title": title, **context})
