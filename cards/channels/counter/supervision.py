"""The supervisor's pages: the overview, incident notes, and exports that two people decide on."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cards import services
from cards.channels.counter.lists import ReadOnly
from cards.channels.counter.long_lists import row_or_404
from cards.channels.counter.overview import charts_of
from cards.desk.acting import told
from cards.desk.form_keys import key_field
from cards.desk.staff import desk_of
from cards.errors import Refusal
from cards.models import Export, IncidentNote
from cards.office_vocabulary import IncidentScope
from cards.see_other import SeeOther
from cards.services.exports import may_be_taken
from cards.supervision import files, listing
from cards.vocabulary import Party

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_SENTENCE = forms.Textarea(attrs={"rows": 2})


def _page(site: admin.ModelAdmin, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """A page in the frame of the admin."""
    frame = site.admin_site.each_context(request)
    return TemplateResponse(request, f"admin/cards/{template}", {**frame, "title": title, **context})


def _actor(request: HttpRequest) -> Any:
    return desk_of(request).actor(Party.OFFICE)


class KeyedForm(forms.ModelForm):
    """A form whose row takes the key the page carried, so that the same form sent twice makes one row."""

    key = key_field()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # the stubs forget it
        self.instance.pk = self.cleaned_data.get("key") or self.instance.pk

    def carried_out(self, service: Callable[..., Any], actor: Any) -> Any:
        """The row the service made of the form, or None where it is not complete or was refused; the page says why."""
        if not self.is_valid():
            return None
        try:
            return service(self.instance, actor=actor)
        except Refusal as refused:
            self.add_error(None, told(refused))
            return None


class NoteForm(KeyedForm):
    """Whom a delay touches, and what they are told."""

    class Meta:
        model = IncidentNote
        fields = ("scope", "bank", "outlet", "produced_from", "produced_until", "text_zh", "text_en", "expected_on")
        widgets = {
            "scope": forms.RadioSelect,
            "produced_from": _DAY,
            "produced_until": _DAY,
            "expected_on": _DAY,
            "text_zh": _SENTENCE,
            "text_en": _SENTENCE,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = IncidentScope.choices  # type: ignore[attr-defined]  # none is chosen, none is blank
        self.fields["bank"].help_text = _("Only for the delay of a bank.")
        self.fields["outlet"].help_text = _("Only for the delay of an outlet.")
        self.fields["produced_from"].help_text = _(
            "Only for a batch: the days on which the cards went into production."
        )


class ExportForm(KeyedForm):
    """What is wanted and what for."""

    reason = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=200,
        help_text=gettext_lazy("The colleague who decides reads this. Name no person."),
        widget=_SENTENCE,
    )

    class Meta:
        model = Export
        fields = ("content", "stage", "outlet")

    def _post_clean(self) -> None:
        """Take the reason over before the row is checked: sealed columns stay out of model forms."""
        self.instance.reason = self.cleaned_data.get("reason", "")
        super()._post_clean()


@admin.register(IncidentNote)
class IncidentNoteAdmin(ReadOnly):
    """Notes for many people at once: written by the service, ended by a button, never changed."""

    list_display = ("__str__", "scope", "touches_whom", "expected_on", "running", "written_by", "written_at")
    list_select_related = ("bank", "outlet", "written_by")
    list_filter = ("scope",)
    ordering = ("-written_at",)

    def get_urls(self) -> list[Any]:
        """The overview, and the button that ends a note."""
        page = self.admin_site.admin_view
        own = [
            path("overview/", page(self.overview_view), name="cards_overview"),
            path("<uuid:key>/end/", page(self.end_view), name="cards_incidentnote_end"),
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Writing is a permission of its own."""
        return request.user.has_perm("cards.add_incidentnote")

    @admin.display(description=gettext_lazy("which one"))
    def touches_whom(self, note: IncidentNote) -> str:
        """The bank, the outlet or the days."""
        if note.produced_from:
            return f"{note.produced_from} – {note.produced_until}"
        return str(note.bank or note.outlet)

    @admin.display(description=gettext_lazy("is shown"), boolean=True)
    def running(self, note: IncidentNote) -> bool:
        """Neither ended nor past its date."""
        return note.runs_at(timezone.now())

    def overview_view(self, request: HttpRequest) -> HttpResponse:
        """Figures over all cases, drawn and tabled."""
        if not request.user.has_perm("cards.view_overview"):
            raise PermissionDenied
        now = timezone.now()
        return _page(
            self,
            request,
            "overview.html",
            _("Overview"),
            now=now,
            charts=charts_of(request.user, now),
            notes=IncidentNote.objects.running(now),
            waiting=Export.objects.waiting_for(request.user, now),
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Write a note by its service, and say how many cards it touches."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NoteForm(request.POST if request.method == "POST" else None)
        note = form.carried_out(services.write_incident_note, _actor(request))
        if note is None:
            return _page(self, request, "note_form.html", _("Write an incident note"), form=form)
        cases = note.touched().count()
        text = ngettext(
            "The note is shown from now on; at present it touches %(cases)s card.",
            "The note is shown from now on; at present it touches %(cases)s cards.",
            cases,
        )
        messages.success(request, text % {"cases": cases})
        return SeeOther(reverse("admin:cards_incidentnote_change", args=[note.pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a note as people read it, with the button that ends it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        note, now = row_or_404(IncidentNote, object_id), timezone.now()
        shown, whom = note.runs_at(now), self.touches_whom(note)
        may_end = shown and self.has_add_permission(request)
        title = _("Incident note")
        return _page(self, request, "note.html", title, note=note, whom=whom, shown=shown, may_end=may_end)

    def end_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """End a note before its date."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        note = get_object_or_404(IncidentNote, pk=key)
        if request.method == "POST":
            try:
                services.end_incident_note(note, actor=_actor(request))
            except Refusal as refused:
                messages.error(request, told(refused))
            else:
                messages.success(request, _("The note is no longer shown; the forecasts stand again."))
        return SeeOther(reverse("admin:cards_incidentnote_change", args=[note.pk]))


@admin.register(Export)
class ExportAdmin(ReadOnly):
    """Exports: asked for by one, decided by another, taken by the first; every step by its service."""

    list_display = ("__str__", "stage", "outlet", "state", "asked_by", "asked_at", "released_by", "open_until")
    list_select_related = ("outlet", "asked_by", "released_by")
    list_filter = ("content",)
    ordering = ("-asked_at",)

    def get_urls(self) -> list[Any]:
        """The decision and the file."""
        page = self.admin_site.admin_view
        return [
            path("<uuid:key>/decide/", page(self.decide_view), name="cards_export_decide"),
            path("<uuid:key>/file/", page(self.file_view), name="cards_export_file"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Asking is a permission of its own."""
        return request.user.has_perm("cards.add_export")

    @admin.display(description=gettext_lazy("state"))
    def state(self, export: Export) -> str:
        """Where it stands, in a word."""
        return str(export.state_label_at(timezone.now()))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask by the service."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ExportForm(request.POST if request.method == "POST" else None)
        export = form.carried_out(services.ask_for_export, _actor(request))
        if export is None:
            return _page(self, request, "export_form.html", _("Ask for an export"), form=form)
        messages.success(request, _("Asked for. A colleague who may release exports has three days to decide."))
        return self._back_to(export)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show an export with what this user may do with it now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        export = row_or_404(Export, object_id)
        now, mine = timezone.now(), export.asked_by_id == request.user.pk
        state = export.state_at(now)
        return _page(
            self,
            request,
            "export.html",
            str(export.get_content_display()),
            export=export,
            state=export.state_label_at(now),
            rows=listing.size_of(export) if state in ("asked", "released") else None,
            most=listing.LARGEST,
            may_decide=state == "asked" and not mine and request.user.has_perm("cards.release_export"),
            waits_for_another=state == "asked" and mine,
            may_take=state == "released" and mine,
            downloads=export.downloads.select_related("user"),
        )

    def decide_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Release or refuse what somebody else asked for."""
        if not request.user.has_perm("cards.release_export"):
            raise PermissionDenied
        export = get_object_or_404(Export, pk=key)
        decision = request.POST.get("decision")
        if request.method == "POST" and decision not in ("release", "refuse"):
            messages.error(request, _("Nothing was decided: choose to release or to refuse."))
        elif request.method == "POST":
            release = decision == "release"
            decide = services.release_export if release else services.refuse_export
            try:
                decide(export, actor=_actor(request))
            except Refusal as refused:
                messages.error(request, told(refused))
            else:
                done = _("Released: the file may be taken within 24 hours.") if release else _("Refused.")
                messages.success(request, done)
        return self._back_to(export)

    def file_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Give the file to the one who asked, and record that it left and whom it lists."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        export, file_format = get_object_or_404(Export, pk=key), request.POST.get("format", "")
        if request.method != "POST" or file_format not in files.FORMATS:
            return self._back_to(export)
        actor = _actor(request)
        kind, write = files.FORMATS[file_format]
        try:
            may_be_taken(export, actor=actor)
            listed = listing.listing_of(export)
            content = write(listed)
            services.record_download(export, listed.holders, content, file_format, len(listed.rows), actor=actor)
        except Refusal as refused:
            messages.error(request, told(refused))
            return self._back_to(export)
        response = HttpResponse(content, content_type=kind)
        name = f"{export.content}-{timezone.localdate():%Y%m%d}.{file_format}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _back_to(export: Export) -> HttpResponse:
        return SeeOther(reverse("admin:cards_export_change", args=[export.pk]))
