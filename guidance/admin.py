"""The guides as the public reads them, their versions, topics and law; drafts and pictures have files of their own."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin

from guidance import comparing, draft_admin, editing, links, picture_admin, publishing
from guidance.feedback_admin import with_opinions
from guidance.models import OPEN, Article, Draft, LegalText, Topic

# Each registers its own models.
__all__ = ["draft_admin", "picture_admin"]

# The library's own list carries an inline style, which our policy refuses, and prints whole texts as changes.
HISTORY_LIST = "admin/guidance/history_list.html"
# How long before its day a guide stands on the list of those to look at.
SOON = timedelta(days=30)


class ReviewFilter(admin.SimpleListFilter):
    """Guides that somebody should look at again."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One list of reminders."""
        return [("due", _("due within 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        """Show those whose day is near or past."""
        return due_for_review(queryset) if self.value() == "due" else queryset


def due_for_review(articles: QuerySet[Article]) -> QuerySet[Article]:
    """The published guides that must be looked at soon."""
    return articles.filter(published=True, review_by__lte=timezone.localdate() + SOON)


@admin.register(Article)
class ArticleAdmin(SimpleHistoryAdmin):
    """What the public reads. It is never changed here: a draft is, and comes out after a review."""

    list_display = ("title_zh", "title_en", "topic", "published", "work", "last_reviewed", "review_by", "usefulness")
    list_display_links = ("title_zh", "title_en")
    list_filter = ("published", ReviewFilter, "topic")
    list_select_related = ("topic",)
    search_fields = ("title_zh", "title_en", "body_zh", "body_en")
    object_history_list_template = HISTORY_LIST
    change_form_template = "admin/guidance/article/change_form.html"
    change_list_template = "admin/guidance/article/change_list.html"
    fieldsets = (
        (
            _("In both languages"),
            {"fields": (("title_zh", "title_en"), ("summary_zh", "summary_en")), "classes": ("both-languages",)},
        ),
        (_("Law and neighbours"), {"fields": ("topic", "laws", "related", "situation")}),
        (_("Publication"), {"fields": ("published", "last_reviewed", "review_by", "origin")}),
    )
    readonly_fields = ("origin",)

    class Media:
        css = {"all": ("guidance/editor.css",)}

    def get_urls(self) -> list[Any]:
        """What can be done with a guide, each by one button."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:key>/begin/", wrap(require_POST(self.begin_view)), name="guidance_article_begin"),
            path("<int:key>/show/", wrap(require_POST(self.show_view)), name="guidance_article_show"),
            path("<int:key>/reviewed/", wrap(require_POST(self.reviewed_view)), name="guidance_article_reviewed"),
            path(
                "<int:key>/history/<int:version>/write/",
                wrap(require_POST(self.write_on_view)),
                name="guidance_article_write_on",
            ),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Nobody changes what the public reads but by a draft."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new guide begins as a draft."""
        return False

    @admin.display(description=_("text"))
    def origin(self, article: Article) -> Any:
        """Say whether `load_guides` may still update this guide."""
        return _("changed here") if article.edited else _("as shipped")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Count what readers said, and find the open drafts, too."""
        return with_opinions(super().get_queryset(request)).prefetch_related("drafts")

    @admin.display(description=_("draft"))
    def work(self, article: Article) -> str:
        """Say where the next text of the guide stands."""
        for draft in article.drafts.all():
            if draft.open:
                url = reverse("admin:guidance_draft_change", args=[draft.pk])
                return format_html('<a href="{}">{}</a>', url, draft.get_state_display())
        return "–"

    @admin.display(description=_("of use (90 days)"))
    def usefulness(self, article: Any) -> str:
        """How many of the readers who said so found it useful; leads to their words."""
        if not article.asked:
            return "–"
        return format_html(
            '<a href="{}?article__id__exact={}">{}</a>',
            reverse("admin:guidance_opinion_changelist"),
            article.pk,
            _("%(pleased)s of %(asked)s") % {"pleased": article.pleased, "asked": article.asked},
        )

    def view_on_site(self, article: Article) -> str | None:
        """Lead to the public page, where there is one."""
        return reverse("guide", args=[article.slug]) if article.published else None

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what can be done with the guide."""
        article = context["original"]
        context |= {
            "open_draft": Draft.objects.filter(slug=article.slug, state__in=OPEN).first(),
            "may_write": request.user.has_perm(editing.WRITE),
            "may_publish": request.user.has_perm(editing.PUBLISH),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    # --- what can be done -----------------------------------------------------------------------------------------

    def _readable(self, request: HttpRequest, key: int) -> Article:
        article = get_object_or_404(Article, pk=key)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        return article

    def _writable(self, request: HttpRequest, key: int) -> Article:
        if not request.user.has_perm(editing.WRITE):
            raise PermissionDenied
        return self._readable(request, key)

    def begin_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Lead to the draft of a guide; there is at most one, so two editors meet in it."""
        draft = editing.begin(self._writable(request, key), request.user)
        return HttpResponseRedirect(reverse("admin:guidance_draft_change", args=[draft.pk]))

    def write_on_view(self, request: HttpRequest, key: int, version: int) -> HttpResponse:
        """Bring an older version back, as a draft."""
        article = self._writable(request, key)
        record = get_object_or_404(article.history, pk=version)
        try:
            draft = editing.write_on_from(article, record, request.user)
        except editing.Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return self._back(article)
        self.message_user(request, _("The older text is a draft now. Readers see it once it is published."))
        return HttpResponseRedirect(reverse("admin:guidance_draft_change", args=[draft.pk]))

    def show_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Take a guide from the public, or give it back."""
        article, published = self._readable(request, key), "published" in request.POST
        try:
            editing.show(article, request.user, published=published)
        except editing.Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return self._back(article)
        told = _("Readers see the guide again.") if published else _("Readers see the guide no longer.")
        self.message_user(request, told, messages.SUCCESS)
        if not published and (left := links.pointing_to(article.slug)):
            names = ", ".join(str(other) for other in left)
            text = _("These published guides link here and now lead nowhere: %(guides)s") % {"guides": names}
            self.message_user(request, text, messages.WARNING)
        return self._back(article)

    def reviewed_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Note that a guide is still right."""
        article = self._readable(request, key)
        try:
            editing.reviewed(article, request.user)
            self.message_user(request, _("Noted: looked at today, and again in a year."), messages.SUCCESS)
        except editing.Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
        return self._back(article)

    @staticmethod
    def _back(article: Article) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:guidance_article_change", args=[article.pk]))

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show what a version changed, word by word, instead of the library's form."""
        article = self._readable(request, int(object_id))
        record = get_object_or_404(article.history, pk=version_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What changed"),
            "article": article,
            "record": record,
            "changes": comparing.between(record.prev_record, record),
            "since": comparing.between(record, article),
            "may_write": request.user.has_perm(editing.WRITE),
        }
        return TemplateResponse(request, "admin/guidance/article/version.html", context)

    def delete_model(self, request: HttpRequest, obj: Article) -> None:
        """Take the guide out of the search index too."""
        publishing.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        """Take each guide out of the search index too."""
        for article in queryset:
            publishing.remove(article)


class TellsTheCaches(admin.ModelAdmin):
    """Rows without a page of their own that stand on pages all the same."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save, and let the pages be made anew."""
        obj._history_user = request.user
        super().save_model(request, obj, form, change)
        publishing.changed()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and let the pages be made anew."""
        super().delete_model(request, obj)
        publishing.changed()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Delete several, and let the pages be made anew."""
        super().delete_queryset(request, queryset)
        publishing.changed()


@admin.register(Topic)
class TopicAdmin(TellsTheCaches):
    """The shelves of the guides."""

    list_display = ("name_zh", "name_en", "slug", "order")
    fields = ("slug", ("name_zh", "name_en"), "order")


@admin.register(LegalText)
class LegalTextAdmin(TellsTheCaches, SimpleHistoryAdmin):
    """The law, quoted or named."""

    object_history_list_template = HISTORY_LIST
    list_display = ("name_zh", "article_zh", "name_en", "article_en", "amended_on")
    fieldsets = (
        (None, {"fields": (("slug", "order", "amended_on"),)}),
        (
            _("In both languages"),
            {
                "fields": (
                    ("name_zh", "name_en"),
                    ("article_zh", "article_en"),
                    ("source_zh", "source_en"),
                    ("quote_zh", "quote_en"),
                    ("meaning_zh", "meaning_en"),
                ),
                "classes": ("both-languages",),
            },
        ),
    )

    class Media:
        css = {"all": ("guidance/editor.css",)}
