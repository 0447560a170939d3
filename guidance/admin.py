"""The editors' desk: guides in both languages side by side, with preview, history and warnings."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from guidance import links, preview, publishing
from guidance.feedback_admin import with_opinions
from guidance.forms import ArticleForm
from guidance.models import Article, LegalText, Topic

# The library's own list carries an inline style, which our policy refuses, and prints whole texts as changes.
HISTORY_LIST = "admin/guidance/history_list.html"


@admin.register(Article)
class ArticleAdmin(SimpleHistoryAdmin):
    """Editors change guides; who may publish them is a permission of its own."""

    form = ArticleForm
    list_display = ("title_zh", "title_en", "topic", "published", "last_reviewed", "usefulness")
    list_display_links = ("title_zh", "title_en")
    list_filter = ("published", "topic")
    list_select_related = ("topic",)
    search_fields = ("title_zh", "title_en", "body_zh", "body_en")
    object_history_list_template = HISTORY_LIST
    change_form_template = "admin/guidance/article/change_form.html"
    fieldsets = (
        (_("Guide"), {"fields": (("slug", "topic", "order"),)}),
        (
            _("In both languages"),
            {
                "fields": (("title_zh", "title_en"), ("summary_zh", "summary_en"), ("body_zh", "body_en")),
                "classes": ("both-languages",),
                "description": _(
                    "Write Markdown: ## for a heading, - for a list, **bold**, [words](/guides/…/) for a link, "
                    "::: important … ::: for a box."
                ),
            },
        ),
        (_("Law and neighbours"), {"fields": (("laws", "related"), "situation"), "classes": ("both-languages",)}),
        (_("Publication"), {"fields": (("published", "last_reviewed", "origin"),)}),
    )

    class Media:
        css = {"all": ("guidance/editor.css",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> tuple[str, ...]:
        """Keep the switch for publishers, and the address of what readers may have bookmarked."""
        fields: tuple[str, ...] = ("origin",)
        if not request.user.has_perm("guidance.publish_article"):
            fields += ("published",)
        if obj and obj.published:
            fields += ("slug",)
        return fields

    @admin.display(description=_("text"))
    def origin(self, article: Article) -> Any:
        """Say whether `load_guides` may still update this guide."""
        if not article.pk:
            return _("new")
        return _("changed here") if article.edited else _("as shipped")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Count what readers said, too."""
        return with_opinions(super().get_queryset(request))

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

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a preview instead of saving, when that is the button pressed."""
        language = request.POST.get("_preview")
        if request.method == "POST" and language in preview.LANGUAGES:
            shown = self._preview(request, object_id, language)
            if shown is not None:
                return shown
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _preview(self, request: HttpRequest, object_id: str | None, language: str) -> HttpResponse | None:
        """Return the page as the form describes it, or None when the form has errors to show first."""
        article = self.get_object(request, object_id) if object_id else None
        allowed = self.has_change_permission(request, article) if object_id else self.has_add_permission(request)
        if not allowed or (object_id and article is None):
            raise PermissionDenied
        form = self.get_form(request, article, change=article is not None)(request.POST, instance=article)
        if not form.is_valid():
            return None
        return preview.page(request, form.save(commit=False), form.cleaned_data, language)

    def save_model(self, request: HttpRequest, obj: Article, form: ModelForm, change: bool) -> None:
        """Render, index and save, and say what the editor should still see to."""
        obj._history_user = request.user  # type: ignore[attr-defined]  # read by the history
        publishing.publish(obj)
        for warning in getattr(form, "warnings", []):
            self.message_user(request, warning, messages.WARNING)
        if change and "published" in form.changed_data and not obj.published:
            self._warn_of_links_to(request, obj)

    def _warn_of_links_to(self, request: HttpRequest, article: Article) -> None:
        left = links.pointing_to(article.slug)
        if left:
            names = ", ".join(str(other) for other in left)
            text = _("These published guides link here and now lead nowhere: %(guides)s") % {"guides": names}
            self.message_user(request, text, messages.WARNING)

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
