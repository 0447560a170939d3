"""The editors' desk: drafts in both languages side by side, their preview, and the steps until a guide comes out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from guidance import comparing, editing, preview, problems
from guidance.editing import DraftAction
from guidance.forms import DraftForm
from guidance.models import OPEN, Draft, DraftState, Topic

DONE = {
    DraftAction.SUBMIT: _("Sent for review. A publisher who wrote nothing of it decides."),
    DraftAction.TAKE_BACK: _("Taken back: the draft can be written on again."),
    DraftAction.SEND_BACK: _("Sent back to its writers with your note."),
    DraftAction.SCHEDULE: _("Approved. It comes out at the time you set."),
    DraftAction.PUBLISH: _("Published. Readers see it now."),
    DraftAction.DISCARD: _("Discarded. What the public reads stays as it is."),
}


class StepForm(forms.Form):
    """One step with a draft, as the person who takes it saw it."""

    action = forms.ChoiceField(choices=[(action.value, action.value) for action in DONE])
    version = forms.IntegerField()
    note = forms.CharField(required=False, max_length=1000)
    publish_at = forms.DateTimeField(required=False)


class StateFilter(admin.SimpleListFilter):
    """Open drafts, unless another state is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The open ones stand first, under no value."""
        return [(state.value, state.label) for state in DraftState]

    def choices(self, changelist: Any) -> Any:
        """Say "open" where the library says "all"."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("open")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Draft]) -> QuerySet[Draft]:
        """Filter by the state, or show what is open."""
        return queryset.filter(state=self.value()) if self.value() else queryset.filter(state__in=OPEN)


@admin.register(Draft)
class DraftAdmin(admin.ModelAdmin):
    """Editors write, publishers who did not write decide; the public goes on reading what was published."""

    form = DraftForm
    save_as = True
    list_display = ("title_zh", "title_en", "topic", "state", "changed_at", "changed_by", "publish_at")
    list_display_links = ("title_zh", "title_en")
    list_filter = (StateFilter, "topic")
    list_select_related = ("topic", "changed_by")
    change_form_template = "admin/guidance/draft/change_form.html"
    fieldsets = (
        (_("Guide"), {"fields": (("slug", "topic", "order"), "seen")}),
        (
            _("In both languages"),
            {
                "fields": (("title_zh", "title_en"), ("summary_zh", "summary_en"), ("body_zh", "body_en")),
                "classes": ("both-languages",),
                "description": _(
                    "Write Markdown: ## for a heading, - for a list, **bold**, [words](/guides/…/) for a link, "
                    "![](/pictures/….webp) for a picture, ::: important … ::: for a box."
                ),
            },
        ),
        (_("Law and neighbours"), {"fields": (("laws", "related"), "situation"), "classes": ("both-languages",)}),
        (_("Publication"), {"fields": ("review_by",)}),
    )

    class Media:
        css = {"all": ("guidance/editor.css",)}
        js = (forms.Script("guidance/editor.js", defer=True),)

    def get_urls(self) -> list[Any]:
        """The steps, the preview and the comparison."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:key>/step/", wrap(require_POST(self.step_view)), name="guidance_draft_step"),
            path("<int:key>/preview/", wrap(require_safe(self.preview_view)), name="guidance_draft_preview"),
            path("<int:key>/changes/", wrap(require_safe(self.changes_view)), name="guidance_draft_changes"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Draft | None = None) -> bool:
        """What is under review or out is read only; a form sent late is taken all the same, to lose nothing of it."""
        writable = obj is None or obj.state == DraftState.WRITING or request.method == "POST"
        return writable and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Draft | None = None) -> bool:
        """Nothing is deleted: a draft is discarded, and can be read afterwards."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Draft | None = None) -> tuple[str, ...]:
        """Keep the address that readers may have bookmarked."""
        return ("slug",) if obj and obj.article_id else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin on the first shelf."""
        return {
            "topic": Topic.objects.values_list("pk", flat=True).first(),
            **super().get_changeform_initial_data(request),
        }

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say above the form where the draft stands and what can be done with it."""
        draft = context.get("original")
        form = context["adminform"].form
        context |= {"meanwhile": getattr(form, "meanwhile", []), "save_as": False}
        if draft:
            stored = Draft.objects.select_related("changed_by", "approved_by").get(pk=draft.pk)
            context |= {
                "draft": stored,
                "writing": stored.state == DraftState.WRITING,
                "late": not stored.open and request.method == "POST",
                "authors": ", ".join(editing.name_of(user) for user in stored.authors.all()),
                "last_by": editing.name_of(stored.changed_by),
                "by_another": stored.changed_by_id not in (None, request.user.pk) and editing.last_written(stored),
                "steps": [str(action) for action in editing.possible(stored, request.user)],
                "why_not": editing.refusal(stored, DraftAction.PUBLISH, request.user),
                "soonest": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            }
        return super().render_change_form(request, context, *args, **kwargs)

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
        draft = self.get_object(request, object_id) if object_id else None
        allowed = self.has_change_permission(request, draft) if object_id else self.has_add_permission(request)
        if not allowed or (object_id and draft is None):
            raise PermissionDenied
        with transaction.atomic():
            form = self.get_form(request, draft, change=draft is not None)(request.POST, instance=draft)
            wrong = {name for name in form.errors if name != NON_FIELD_ERRORS}
        if wrong:
            return None
        chosen = form.cleaned_data
        return preview.page(request, form.instance, language, chosen.get("laws", ()), chosen.get("related", ()))

    def save_model(self, request: HttpRequest, obj: Draft, form: ModelForm, change: bool) -> None:
        """Keep the text, with who wrote it."""
        editing.write(obj, request.user)

    def response_change(self, request: HttpRequest, obj: Draft) -> HttpResponse:
        """Stay with the draft; send it for review where that was the button."""
        return self._after(request, obj)

    def response_add(self, request: HttpRequest, obj: Draft, post_url_continue: str | None = None) -> HttpResponse:
        """Stay with the draft; send it for review where that was the button."""
        return self._after(request, obj)

    def _after(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        if "_submit_review" in request.POST:
            self._take(request, draft, DraftAction.SUBMIT, version=draft.version)
        else:
            self.message_user(request, _("Saved. Readers still see what was published."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:guidance_draft_change", args=[draft.pk]))

    def _take(self, request: HttpRequest, draft: Draft, action: DraftAction, **given: Any) -> bool:
        try:
            editing.take(draft, action, request.user, **given)
        except editing.Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return False
        self.message_user(request, DONE[action], messages.SUCCESS)
        return True

    # --- the draft's own pages ------------------------------------------------------------------------------------

    def _readable(self, request: HttpRequest, key: int) -> Draft:
        draft = get_object_or_404(Draft.objects.select_related("article", "topic"), pk=key)
        if not self.has_view_permission(request, draft):
            raise PermissionDenied
        return draft

    def step_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Take a step; a refusal leaves the draft as it is and says why."""
        draft = self._readable(request, key)
        back = HttpResponseRedirect(reverse("admin:guidance_draft_change", args=[draft.pk]))
        form = StepForm(request.POST)
        if not form.is_valid():
            told = " ".join(str(error) for errors in form.errors.values() for error in errors)
            self.message_user(request, told, messages.ERROR)
            return back
        given = form.cleaned_data
        self._take(
            request,
            draft,
            DraftAction(given["action"]),
            version=given["version"],
            note=given["note"],
            publish_at=given["publish_at"],
        )
        return back

    def preview_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Show a draft as readers will see it."""
        draft = self._readable(request, key)
        language = request.GET.get("in", "zh")
        if language not in preview.LANGUAGES:
            language = "zh"
        return preview.page(request, draft, language, draft.laws.all(), draft.related.all())

    def changes_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Show what a draft changes of what the public reads, word by word, and what is to be seen to."""
        draft = self._readable(request, key)
        context = {
            **self.admin_site.each_context(request),
            "title": _("What changes"),
            "draft": draft,
            "changes": comparing.between(draft.article, draft),
            "problems": [(problems.label(one), one) for one in problems.of(draft)],
        }
        return TemplateResponse(request, "admin/guidance/draft/changes.html", context)
