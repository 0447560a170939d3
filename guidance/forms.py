"""The editors' form of a draft: both languages on one page, and beside each field what is still to be seen to."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from guidance import comparing, editing, problems
from guidance.models import ALREADY_WRITTEN_ON, OPEN, Article, Draft


class DraftForm(forms.ModelForm):
    """Says what is missing without refusing it: a draft may be unfinished.

    `seen` is the version the writer saw. Where somebody saved another one since, nothing typed is lost: the form comes
    back with it, `meanwhile` holds what the other changed, and saving once more is done knowingly.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Draft
        fields = ("slug", "topic", "order", *problems.IN_BOTH, "laws", "related", "situation", "review_by")
        widgets = {
            "title_zh": forms.TextInput(attrs={"lang": "zh-Hans"}),
            "title_en": forms.TextInput(attrs={"lang": "en"}),
            "summary_zh": forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans"}),
            "summary_en": forms.Textarea(attrs={"rows": 3, "lang": "en"}),
            "body_zh": forms.Textarea(attrs={"rows": 32, "lang": "zh-Hans"}),
            "body_en": forms.Textarea(attrs={"rows": 32, "lang": "en"}),
            "laws": forms.CheckboxSelectMultiple,
            "related": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put what is to be seen to beside its field; a guide is no related guide of itself."""
        super().__init__(*args, **kwargs)
        self.meanwhile: list[comparing.Change] = []
        if not self.instance.pk:
            return
        self.fields["seen"].initial = self.instance.version
        related = self.fields.get("related")
        if isinstance(related, forms.ModelMultipleChoiceField):
            related.queryset = Article.objects.exclude(slug=self.instance.slug)
        for name in problems.IN_BOTH:
            if name in self.fields:
                self.fields[name].help_text = told([one for one in self._problems() if one.field == name])

    def _problems(self) -> list[problems.Problem]:
        if not hasattr(self, "_found"):
            self._found = problems.of(self.instance)
        return self._found

    def clean(self) -> dict[str, Any]:
        """Refuse to write over what a colleague saved, sent on or finished meanwhile."""
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk:
            if Draft.objects.filter(slug=cleaned.get("slug"), state__in=OPEN).exists():
                self.add_error("slug", ALREADY_WRITTEN_ON)
            return cleaned
        seen = cleaned.get("seen") or 0
        try:
            current = editing.newest(self.instance, seen)
            self.instance.version = current.version
        except editing.Stale as stale:
            self.meanwhile = self._changed_since(seen, stale.current)
            # The form comes back with the number of what is there now, so that saving again is done knowingly.
            data = cast(QueryDict, self.data).copy()
            data["seen"] = str(stale.current.version)
            self.data = data
            self.add_error(None, forms.ValidationError(_STALE % {"what": stale}, code="stale"))
        except editing.Refused as refused:
            self.add_error(None, forms.ValidationError(str(refused), code="refused"))
        return cleaned

    def _changed_since(self, seen: int, current: Draft) -> list[comparing.Change]:
        base = self.instance.history.filter(version=seen).order_by("history_date").last()
        return comparing.between(base, current) if base else []


_STALE = _(
    "%(what)s Nothing of yours is lost: your text stands below, and what changed meanwhile is shown here. "
    "Take over what should stay, then save again."
)


def told(found: list[problems.Problem]) -> SafeString | str:
    """What is to be seen to as a list; what keeps the guide from being published first."""
    if not found:
        return ""
    lines = (("stops" if one.stops else "hint", one.sentence) for one in sorted(found, key=lambda one: not one.stops))
    return format_html("<ul>{}</ul>", format_html_join("", '<li class="{}">{}</li>', lines))
