"""The list of notices: what could not be sent first, with one press to try it again; and who agreed to what."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from cards import services
from cards.channels.counter.lists import ReadOnly, Unfinished
from cards.channels.counter.long_lists import row_or_404
from cards.models import Notice, NoticeConsent
from cards.notice_vocabulary import NoticeState
from cards.see_other import SeeOther

RETRY = "cards.retry_notice"


class NotSent(Unfinished):
    """What somebody has to look at."""

    title = _("notice")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Those that could not be sent, or all."""
        return [("open", _("not sent")), ("all", _("all"))]

    def open_ones(self) -> Q:
        """Given up by the worker."""
        return Q(state=NoticeState.FAILED)


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    """Notices by their state; neither address nor words stand here."""

    list_display = ("made_at", "kind", "channel", "state", "attempts", "failure", "due_at", "number", "again")
    list_display_links = None
    list_filter = (NotSent, "state", "kind", "channel")
    ordering = ("-made_at",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without what is sealed."""
        return super().get_queryset(request).defer("address")

    def get_list_display(self, request: HttpRequest) -> Any:
        """The button only for whoever may press it."""
        columns = super().get_list_display(request)
        return columns if request.user.has_perm(RETRY) else tuple(one for one in columns if one != "again")

    @admin.display(description=_("message number"))
    def number(self, notice: Notice) -> str:
        """The end of it: enough to compare with what a caller reads out."""
        return f"…{notice.paper_id[-4:]}"

    @admin.display(description=_("once more"))
    def again(self, notice: Notice) -> str:
        """The button that puts it back to those that wait."""
        if notice.state != NoticeState.FAILED:
            return ""
        # The list is a form already; a button may send it elsewhere.
        return format_html(
            '<button class="action quiet" formaction="{}">{}</button>',
            reverse("admin:cards_notice_retry", args=[notice.pk]),
            now_("Try again"),
        )

    def get_urls(self) -> list[Any]:
        """The address of the button besides those of the list."""
        own = path("<uuid:key>/retry/", self.admin_site.admin_view(self.retry), name="cards_notice_retry")
        return [own, *super().get_urls()]

    def retry(self, request: HttpRequest, key: Any) -> HttpResponse:
        """Put a notice back to those that wait."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(RETRY):
            raise PermissionDenied
        if services.retry_notice(row_or_404(Notice, key)):
            self.message_user(request, _("The notice is sent with the next round of the worker."))
        else:
            self.message_user(request, _("The notice waits or was sent already."), messages.WARNING)
        return SeeOther(reverse("admin:cards_notice_changelist"))


@admin.register(NoticeConsent)
class NoticeConsentAdmin(ReadOnly):
    """Who agreed to what, when and where, and when it was taken back."""

    list_display = ("given_at", "channel", "source", "language", "holder", "withdrawn_at", "withdrawn_source")
    list_display_links = None
    list_filter = ("channel", "source")
    ordering = ("-given_at",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without what is sealed."""
        return super().get_queryset(request).defer("address")
