"""The tables of situations at the supervisor's desk: enter a new one, see what it changes, release a colleague's."""

import difflib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cards.channels.counter.lists import ReadOnly
from cards.errors import Refusal
from cards.models import SituationTable
from cards.models.situations import SHIPPED
from cards.rules import china_day
from cards.see_other import SeeOther
from cards.services import situation_tables
from cards.situations import parse


class TableForm(forms.Form):
    """The text of a table; it names its version and its first day itself."""

    text = forms.CharField(
        label=gettext_lazy("Table"),
        strip=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 30, "cols": 100, "spellcheck": "false"}),
        help_text=gettext_lazy("In TOML. Change version and valid_from; what each part means stands in its comments."),
    )


def in_use() -> str:
    """The text of the table that is in use today."""
    found = SituationTable.objects.begun_on(china_day(timezone.now())).first()
    return found.text if found else SHIPPED.read_text(encoding="utf-8")


@admin.register(SituationTable)
class SituationTableAdmin(ReadOnly):
    """Tables are followed by others, never changed."""

    list_display = ("version", "valid_from", "entered_by", "entered_at", "released_by", "released_at")
    list_select_related = ("entered_by", "released_by")
    ordering = ("-valid_from",)

    def get_urls(self) -> list[Any]:
        """The button that releases a table."""
        view = self.admin_site.admin_view(self.release_view)
        return [path("<int:key>/release/", view, name="cards_situationtable_release"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Entering is a permission of its own."""
        return request.user.has_perm("cards.add_situationtable")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Enter a table, beginning with the text in use; what is wrong with it is said and nothing typed is lost."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TableForm(request.POST if request.method == "POST" else None, initial={"text": in_use()})
        if request.method == "POST" and form.is_valid():
            try:
                table = situation_tables.enter(form.cleaned_data["text"].replace("\r\n", "\n"), by=request.user)
            except Refusal as refused:
                form.add_error("text", refused.sentence)
            else:
                messages.success(request, _("The table is entered. A colleague has to release it."))
                return SeeOther(reverse("admin:cards_situationtable_change", args=[table.pk]))
        return self._page(request, "table_form.html", _("Enter a table of situations"), form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a table, what it changes against the one in use, and the button that releases it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        table = get_object_or_404(SituationTable, pk=int(object_id) if object_id.isdecimal() else 0)
        waits = table.entered_by_id is not None and table.released_by_id is None
        changed = difflib.unified_diff(in_use().splitlines(), table.text.splitlines(), lineterm="", n=2)
        return self._page(
            request,
            "table.html",
            _("Table of situations %(version)s") % {"version": table.version},
            table=table,
            changed="\n".join(list(changed)[2:]),
            endings=sum(1 for _answers in parse(table.text).walk()),
            waits=waits,
            may_release=waits
            and table.entered_by_id != request.user.pk
            and request.user.has_perm("cards.release_situationtable"),
        )

    def release_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Release a colleague's table."""
        if not request.user.has_perm("cards.release_situationtable"):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        table = get_object_or_404(SituationTable, pk=key)
        try:
            situation_tables.release(table, by=request.user)
        except Refusal as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, _("The table is used from its first day on."))
        return SeeOther(reverse("admin:cards_situationtable_change", args=[key]))

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        """A page of the desk's own within the frame of the admin."""
        whole = self.admin_site.each_context(request) | {"title": title, "opts": self.opts} | context
        return TemplateResponse(request, f"admin/cards/{template}", whole)
