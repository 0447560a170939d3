"""What readers left, for the editors to read: nothing here can be added or changed."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from guidance.feedback import DAYS_BEFORE_SHOWN
from guidance.models import Article, MissedSearch, Opinion

COUNTED = timedelta(days=90)


class ReadOnly(admin.ModelAdmin):
    """Rows that are read and, when they are done with, removed."""

    list_display_links = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Readers write them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes the words of another."""
        return False


@admin.register(MissedSearch)
class MissedSearchAdmin(ReadOnly):
    """What was searched on several days and not found."""

    list_display = ("words", "days", "times", "last_day", "write")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MissedSearch]:
        """A word of one person alone may be a name, so it is shown to nobody."""
        return super().get_queryset(request).filter(days__gte=DAYS_BEFORE_SHOWN)

    @admin.display(description=_("what now"))
    def write(self, missed: MissedSearch) -> SafeString:
        """Lead to a new guide that begins with the words, and to what the search finds today."""
        title = "title_en" if missed.words.isascii() else "title_zh"
        return format_html(
            '<a href="{}">{}</a> · <a href="{}?{}">{}</a>',
            f"{reverse('admin:guidance_draft_add')}?{urlencode({title: missed.words})}",
            _("write a guide"),
            reverse("guides-search"),
            urlencode({"q": missed.words}),
            _("search again"),
        )


@admin.register(Opinion)
class OpinionAdmin(ReadOnly):
    """Whether guides were of use, and the words left."""

    list_display = ("day", "article", "useful", "words", "language")
    list_filter = ("useful", "article")
    list_select_related = ("article",)


def with_opinions(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Count the opinions of the last 90 days."""
    lately = Q(opinions__day__gte=timezone.localdate() - COUNTED)
    return articles.annotate(
        asked=Count("opinions", filter=lately), pleased=Count("opinions", filter=lately & Q(opinions__useful=True))
    )
