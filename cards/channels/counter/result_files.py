"""Result files at the counter: hand one in, read what would come of it, confirm, watch it being recorded."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from cards import intake
from cards.channels.counter.lists import ReadOnly
from cards.channels.counter.long_lists import row_or_404
from cards.desk.staff import desk_of
from cards.errors import Refusal
from cards.intake import report, template
from cards.models import IntakeFile
from cards.office_vocabulary import IntakeResult, IntakeState
from cards.see_other import SeeOther
from cards.workflow import reasons_of

# Refused lines shown on the page; all of them stand in the download.
SHOWN = 20
# A short file is recorded before the page answers; a long one goes on in the worker.
AT_ONCE = 2.0
LOOK_AGAIN = 3
STATES = {
    IntakeState.CHECKING: "warn",
    IntakeState.CHECKED: "warn",
    IntakeState.APPLYING: "warn",
    IntakeState.DONE: "good",
    IntakeState.DISCARDED: "",
}


class HandInForm(forms.Form):
    """The one field: the file."""

    file = forms.FileField(
        label=gettext_lazy("Result file"),
        help_text=gettext_lazy("CSV or XLSX, at most 8 MB and 20,000 lines."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose the file first."),
            "empty": gettext_lazy("The file is empty."),
        },
    )


@admin.register(IntakeFile)
class IntakeFileAdmin(ReadOnly):
    """The result files handed in, the newest first."""

    list_display = (
        "handed_in_at",
        "told_name",
        "told_state",
        "total",
        "applied",
        "unchanged",
        "refused",
        "handed_in_by",
        "confirmed_by",
    )
    list_filter = ("state",)
    list_select_related = ("handed_in_by", "confirmed_by")
    ordering = ("-handed_in_at",)

    @admin.display(description=gettext_lazy("file name"))
    def told_name(self, file: IntakeFile) -> str:
        """The name under which it was handed in."""
        return file.name

    @admin.display(description=gettext_lazy("state"))
    def told_state(self, file: IntakeFile) -> str:
        """The state, with per cent while it is being recorded."""
        told = file.get_state_display()
        return f"{told} · {report.per_cent(file)} %" if file.state == IntakeState.APPLYING else told

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Handing in is a permission of its own."""
        return request.user.has_perm("cards.add_intakefile")

    def may_confirm(self, request: HttpRequest) -> bool:
        """So is confirming."""
        return request.user.has_perm(intake.CONFIRM)

    def _may_discard(self, request: HttpRequest, file: IntakeFile) -> bool:
        """The one who handed it in, and whoever may confirm it."""
        return intake.may_discard(file, desk_of(request).actor())

    def get_urls(self) -> list[Any]:
        """The list, the two pages, the buttons and the downloads."""
        page = self.admin_site.admin_view
        return [
            path("template.csv", page(self.template_view), name="cards_intakefile_template"),
            path("<uuid:key>/confirm/", page(require_POST(self.confirm_view)), name="cards_intakefile_confirm"),
            path("<uuid:key>/discard/", page(require_POST(self.discard_view)), name="cards_intakefile_discard"),
            path("<uuid:key>/refused.csv", page(self.refused_view), name="cards_intakefile_refused"),
            *super().get_urls(),
        ]

    # --- hand in ---

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a file in, check it, and go to what was found."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = HandInForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                staged = intake.stage(upload.file, upload.name, actor=desk_of(request).actor(), limits=intake.UPLOAD)
            except Refusal as refused:
                form.add_error("file", refused.sentence)
            else:
                if staged.known:
                    messages.info(request, _("This file was handed in before; nothing was changed."))
                return SeeOther(_address(staged.file))
        return self._page(
            request,
            "hand_in.html",
            _("Hand in a result file"),
            form=form,
            words=[
                (result.label, result.value, [reason.label for reason in reasons_of(result)])
                for result in IntakeResult
            ],
            columns=template.header(),
            oldest=template.OLDEST_DAYS,
        )

    def template_view(self, request: HttpRequest) -> HttpResponse:
        """The first line of the template, for a spreadsheet."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        response = _csv("result-file.csv")
        response.write(",".join(template.header()) + "\r\n")
        return response

    # --- one file ---

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What would come of the file, or came of it; while it is being recorded the page fetches itself again."""
        file = self._file(request, object_id)
        response = self._page(
            request,
            "file.html",
            file.name,
            file=file,
            state=STATES[IntakeState(file.state)],
            outcomes=report.outcomes(file),
            refused=report.first(report.refused_lines(file), SHOWN),
            per_cent=report.per_cent(file),
            done=file.total - file.ready,
            waits=file.state == IntakeState.CHECKED,
            broken_off=file.state == IntakeState.CHECKING,
            under_way=file.state == IntakeState.APPLYING,
            may_confirm=self.may_confirm(request),
            may_discard=self._may_discard(request, file),
            may_download=self.has_add_permission(request),
            consequence=ngettext(
                "From this moment %(count)s case stands as the file says, and whoever asks is told so. "
                "A mistake can only be put right case by case.",
                "From this moment %(count)s cases stand as the file says, and whoever asks is told so. "
                "A mistake can only be put right case by case.",
                file.ready,
            )
            % {"count": file.ready},
        )
        if file.state == IntakeState.APPLYING:
            response.headers["Refresh"] = str(LOOK_AGAIN)
        return response

    def confirm_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Have it recorded: a short file now, a long one by the worker."""
        file = self._file(request, key)
        if not self.may_confirm(request):
            raise PermissionDenied
        try:
            intake.confirm(file, actor=desk_of(request).actor())
            intake.record_for(AT_ONCE)
            file.refresh_from_db()
            if file.state == IntakeState.DONE:
                told = ngettext("%(count)s line was recorded.", "%(count)s lines were recorded.", file.applied)
                messages.success(request, told % {"count": file.applied})
        except Refusal as refused:
            messages.error(request, refused.sentence)
        return SeeOther(_address(file))

    def discard_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """Drop it."""
        file = self._file(request, key)
        if not self._may_discard(request, file):
            raise PermissionDenied
        try:
            intake.discard(file, actor=desk_of(request).actor())
            messages.success(request, _("The file was discarded; nothing of it was recorded."))
        except Refusal as refused:
            messages.error(request, refused.sentence)
        return SeeOther(_address(file))

    def refused_view(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """The refused lines as a file, to be sent back or mended."""
        file = self._file(request, key)
        if not self.has_add_permission(request):
            raise PermissionDenied
        response = _csv("refused-lines.csv")
        report.write_refused(file, response)
        return response

    # --- common ---

    def _file(self, request: HttpRequest, key: Any) -> IntakeFile:
        if not self.has_view_permission(request):
            raise PermissionDenied
        known = IntakeFile.objects.select_related("handed_in_by", "confirmed_by", "discarded_by")
        file: IntakeFile = row_or_404(known, key)
        return file

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
        frame = self.admin_site.each_context(request)
        return TemplateResponse(request, f"admin/cards/intakefile/{name}", {**frame, "title": title, **context})


def _address(file: IntakeFile) -> str:
    return reverse("admin:cards_intakefile_change", args=[file.pk])


def _csv(name: str) -> HttpResponse:
    """A CSV that spreadsheets open as UTF-8; like every page of the admin, no browser keeps it."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
