"""The pages below /admin/cards/cardholder/: find, register, the person's screen, forms of actions, papers."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from cards import enquiry, services, told
from cards.channels.counter.lists import ReadOnly
from cards.desk import acting, after, calls, finding, full_view, holder_page, telling
from cards.desk.forms import RegisterForm
from cards.desk.leading import person_url
from cards.desk.staff import PAPER_OPEN, Desk, desk_of, is_opened, mark_opened
from cards.desk.tasks import find_subject
from cards.errors import PersonAlreadyRegistered, Refusal
from cards.id_number import IdNumberProblem
from cards.models import Cardholder, PaperNumber
from cards.papers import Sheet, Wish, sheet_of
from cards.papers import pdf as pdfs
from cards.papers.sheet import LANGUAGES
from cards.see_other import SeeOther
from cards.vocabulary import Party


def _wish(request: HttpRequest) -> Wish:
    """How the paper is wanted: both languages, or one in large type."""
    return Wish.read(request.GET.get("type", ""), request.GET.get("language", ""), get_language() or "")


def _forms_of(paper: PaperNumber, shown: Wish) -> list[dict[str, str]]:
    """The other forms of a paper: both languages, large type in each, and the shown one as PDF."""
    args = [paper.holder_id, paper.number]
    page = reverse("admin:cards_cardholder_paper", args=args)
    forms = [
        {"label": str(telling.LARGE_TYPE[one]), "lang": html, "url": f"{page}?type=large&language={one}"}
        for one, html in LANGUAGES.items()
        if not (shown.large and shown.language == one)
    ]
    if shown.large:
        forms.append({"label": _("Both languages"), "lang": "", "url": page})
    if pdfs.available():
        query = f"?type=large&language={shown.language}" if shown.large else ""
        forms.append({"label": "PDF", "lang": "", "url": reverse("admin:cards_cardholder_pdf", args=args) + query})
    return forms


@admin.register(Cardholder)
class CardholderAdmin(ReadOnly):
    """Finds people and shows them; nothing about a person is ever changed through the admin's own forms."""

    def get_urls(self) -> list[Any]:
        """Our own pages only: no list of people, no add, change, history or delete."""
        page = self.admin_site.admin_view
        return [
            path("", page(self.find_view), name="cards_cardholder_changelist"),
            path("register/", page(self.register_view), name="cards_cardholder_register"),
            path("<uuid:key>/change/", page(self.person_view), name="cards_cardholder_change"),
            path("<uuid:key>/open/", page(self.open_view), name="cards_cardholder_open"),
            path("<uuid:key>/answer/", page(self.answer_view), name="cards_cardholder_answer"),
            path("<uuid:key>/do/<str:action>/<uuid:subject>/", page(self.act_view), name="cards_cardholder_do"),
            path(
                "<uuid:key>/after/<str:action>/<uuid:subject>/",
                page(self.after_view),
                name="cards_cardholder_after",
            ),
            path("<uuid:key>/paper/<str:number>/", page(self.paper_view), name="cards_cardholder_paper"),
            path("<uuid:key>/paper/<str:number>/pdf/", page(self.pdf_view), name="cards_cardholder_pdf"),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may find people sees the search and what it leads to."""
        return request.user.has_perm("cards.find_cardholder")

    # --- find ---

    @method_decorator(sensitive_post_parameters())
    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Find a person by a number that was typed or scanned; on the phone a call begins, and nobody is shown yet."""
        desk = self._desk(request)
        typed = request.POST.get("number", "")
        if request.method != "POST":
            return self._found(request, desk, "", finding.Found())
        found = finding.find(typed, actor=desk.actor(Party.OFFICE))
        if desk.on_the_phone and (found.holder or found.unknown_id_number):
            return self._asked(request, found)
        if found.holder is not None:
            return self._opened(request, found.holder, "#told" if found.by_answer else "")
        register = None
        if found.unknown_id_number and desk.may_register:
            register = RegisterForm(initial={"id_number": found.unknown_id_number})
        return self._found(request, desk, typed, found, register=register)

    def _found(self, request: HttpRequest, desk: Desk, typed: str, found: finding.Found, **more: Any) -> HttpResponse:
        """The one question, with why nobody was found."""
        context = {"typed": typed, "found": found, "on_the_phone": desk.on_the_phone, **more}
        return self._page(request, "find.html", _("Find a person"), **context)

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

    def _opened(self, request: HttpRequest, holder: Cardholder, place: str = "") -> HttpResponse:
        """The look is recorded: remember it and go to the person."""
        mark_opened(request, str(holder.pk))
        return SeeOther(person_url(holder) + place)

    @staticmethod
    def _asked(request: HttpRequest, found: finding.Found) -> HttpResponse:
        """The caller has to be verified first, and a number not on record looks like any other until then."""
        calls.begin(request, holder=found.holder, subject=found.subject, found_by=found.by, paper=found.paper)
        return SeeOther(reverse("admin:cards_call"))

    def open_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Record a look at a person reached from a list, then go there."""
        desk = self._desk(request)
        if request.method != "POST":
            return SeeOther(person_url(key))
        holder = get_object_or_404(Cardholder, pk=key)
        enquiry.record_staff_look(holder, "", actor=desk.actor(Party.OFFICE))
        if desk.on_the_phone:
            return self._asked(request, finding.Found(holder, by=""))
        return self._opened(request, holder)

    # --- the person ---

    @method_decorator(sensitive_post_parameters())
    def person_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Show a person, masked; in full for this one answer after a reason was given."""
        desk = self._desk(request)
        holder = get_object_or_404(Cardholder, pk=key)
        if holder.merged_into_id:
            return SeeOther(person_url(holder.merged_into_id))
        if not calls.is_open(request, desk, holder.pk):
            return self._closed(request, desk, holder)
        may_see_all = request.user.has_perm("cards.view_full")
        person = holder_page.build(holder, desk)
        form = full_view.FullViewForm(case=person.case)
        if request.method == "POST":
            if not may_see_all:
                raise PermissionDenied
            form = full_view.FullViewForm(request.POST, case=person.case)
            if form.is_valid():
                typed = form.cleaned_data.get("reason", "")
                full_view.record_full_view(holder, person.case, typed, actor=desk.actor(Party.OFFICE))
                person = holder_page.build(holder, desk, full=True)
        return self._page(
            request,
            "on_the_phone.html" if desk.on_the_phone else "person.html",
            _("Cardholder"),
            person=person,
            may_see_all=may_see_all,
            full_form=form,
            case=person.case,
            call=calls.current(request),
            desk=desk,
            answer_url=reverse("admin:cards_cardholder_answer", args=[holder.pk]),
        )

    def answer_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Tell a person how things stand, under a number; at a window the slip follows."""
        desk = self._desk(request)
        holder = get_object_or_404(Cardholder, pk=key)
        if request.method != "POST" or not calls.is_open(request, desk, holder.pk):
            return SeeOther(person_url(holder))
        answer = told.tell(holder, actor=desk.actor(Party.HOLDER))
        if not desk.may_show_papers:
            return SeeOther(person_url(holder) + "#told")
        messages.success(request, telling.ANSWERED)
        mark_opened(request, answer.paper_id)
        return SeeOther(reverse("admin:cards_cardholder_paper", args=[holder.pk, answer.paper_id]))

    def _closed(self, request: HttpRequest, desk: Desk, holder: Cardholder) -> HttpResponse:
        """Say why nothing is shown, and what opens it."""
        title = _("The caller is not verified") if desk.on_the_phone else _("Open this record")
        return self._page(request, "closed.html", title, holder_key=holder.pk, desk=desk)

    # --- actions ---

    @method_decorator(sensitive_post_parameters())
    def act_view(self, request: HttpRequest, key: uuid.UUID, action: str, subject: uuid.UUID) -> HttpResponse:
        """Show the form of an action, or carry it out by its one service."""
        desk = self._desk(request)
        task = acting.task_named(action)
        if not desk.may(task.action):
            raise PermissionDenied
        holder = get_object_or_404(Cardholder, pk=key)
        if not calls.is_open(request, desk, holder.pk):
            return self._closed(request, desk, holder)
        deed = acting.prepare(request, desk, task, holder, subject)
        if request.method == "POST" and deed.carried_out(acting.reason_to_ask(request)):
            messages.success(request, telling.told_done(task.action, deed.matter.subject))
            return SeeOther(after.lead_on(request, deed))
        return self._page(request, "act.html", str(task.action.label), deed=deed, back=person_url(holder))

    def after_view(self, request: HttpRequest, key: uuid.UUID, action: str, subject: uuid.UUID) -> HttpResponse:
        """What to say after an action, and the next step."""
        desk = self._desk(request)
        task = acting.task_named(action)
        holder = get_object_or_404(Cardholder, pk=key)
        if not calls.is_open(request, desk, holder.pk):
            return self._closed(request, desk, holder)
        about = find_subject(task, holder, subject)
        if about is None:
            raise Http404
        context = {"after": after.build(request, holder, desk, task.action, about), "desk": desk}
        return self._page(request, "after.html", str(task.action.label), back=person_url(holder), **context)

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
            reason = _("Paper %(number)s shown") % {"number": number}
            case = holder_page.build(holder, desk).case
            full_view.record_full_view(holder, case, reason, actor=desk.actor(Party.OFFICE))
            mark_opened(request, number)
            return SeeOther(request.path)
        if not desk.may_show_papers or not is_opened(request, number, PAPER_OPEN):
            return self._page(
                request,
                "paper_closed.html",
                _("Show this paper"),
                on_the_phone=desk.on_the_phone,
                back=person_url(holder),
            )
        context = {
            "sheet": self._sheet(request, paper, holder),
            "desk": desk,
            "back": person_url(holder),
            "forms": _forms_of(paper, _wish(request)),
            "next": holder_page.build(holder, desk, about={number}).next if "after" in request.GET else None,
        }
        return TemplateResponse(request, "papers/page.html", context)

    def pdf_view(self, request: HttpRequest, key: uuid.UUID, number: str) -> HttpResponse:
        """The same paper as PDF, for who has it open; where PDF is not installed there is no such page."""
        desk = self._desk(request)
        holder = get_object_or_404(Cardholder, pk=key)
        paper = finding.paper_of(holder, number)
        if paper is None or not pdfs.available():
            raise Http404
        if not desk.may_show_papers or not is_opened(request, number, PAPER_OPEN):
            return SeeOther(reverse("admin:cards_cardholder_paper", args=[holder.pk, number]))
        response = HttpResponse(pdfs.pdf_of(self._sheet(request, paper, holder)), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
        return response

    @staticmethod
    def _sheet(request: HttpRequest, paper: PaperNumber, holder: Cardholder) -> Sheet:
        return sheet_of(paper, holder, _wish(request))

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
