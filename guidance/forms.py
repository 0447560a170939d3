"""The editors' form of a guide: both languages on one page, with what is missing or leads nowhere."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from guidance import links, markdown
from guidance.models import Article

BOTH_LANGUAGES = ("title_zh", "title_en", "summary_zh", "summary_en", "body_zh", "body_en")


class ArticleForm(forms.ModelForm):
    """Errors for what a published guide must not have, warnings for a draft.

    After validation `warnings` holds what the editor should know although it does not stop the save.
    """

    class Meta:
        model = Article
        fields = (
            "slug",
            "topic",
            "order",
            *BOTH_LANGUAGES,
            "laws",
            "related",
            "situation",
            "published",
            "last_reviewed",
        )
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
        """Begin without warnings; a guide is no related guide of itself."""
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []
        if "related" in self.fields and self.instance.pk:
            cast(forms.ModelMultipleChoiceField, self.fields["related"]).queryset = Article.objects.exclude(
                pk=self.instance.pk
            )

    def clean(self) -> dict[str, Any]:
        """Check both languages: as errors when the public sees the guide, else as warnings."""
        cleaned = super().clean() or self.cleaned_data
        self._check_translations(cleaned)
        self._check_links(cleaned)
        return cleaned

    @property
    def public(self) -> bool:
        """Whether the guide will be published; only a publisher has the field."""
        return bool(self.cleaned_data.get("published", self.instance.published))

    def _check_translations(self, cleaned: dict[str, Any]) -> None:
        for name in BOTH_LANGUAGES:
            if name in cleaned and not cleaned[name].strip():
                self._complain(name, _("A published guide needs this text in both languages."))

    def _check_links(self, cleaned: dict[str, Any]) -> None:
        slug = cleaned.get("slug", self.instance.slug)
        for name, language in (("body_zh", "zh"), ("body_en", "en")):
            html = markdown.render(cleaned.get(name, ""), language).html
            for address in links.dead_links(html, slug):
                self._complain(name, _("This link leads nowhere: %(address)s") % {"address": address})

    def _complain(self, field: str, message: Any) -> None:
        if self.public:
            self.add_error(field, forms.ValidationError(message, code="not_publishable"))
        else:
            self.warnings.append(f"{self.fields[field].label}: {message}")
