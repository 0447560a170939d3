"""The pictures of the guides at the editors' desk."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from guidance import editing, pictures, publishing
from guidance.models import Picture


class PictureForm(forms.ModelForm):
    """A picture with what it shows, in both languages; the file is chosen once and then stays."""

    file = forms.FileField(
        label=_("picture"),
        help_text=_("JPEG, PNG or WebP, at most 5 MB. It is made smaller and freed of place and camera."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    class Meta:
        model = Picture
        fields = ("alt_zh", "alt_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the file of a new picture only."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["file"]

    def clean_file(self) -> tuple[bytes, int, int]:
        """Write the picture anew; what is none, or too large, or damaged is refused with a sentence."""
        return pictures.written_anew(self.cleaned_data["file"])


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    """The pictures of the guides."""

    form = PictureForm
    list_display = ("small", "alt_zh", "alt_en", "added_at", "added_by")
    list_display_links = ("small", "alt_zh")
    list_select_related = ("added_by",)
    search_fields = ("alt_zh", "alt_en")

    class Media:
        css = {"all": ("guidance/editor.css",)}

    def get_fields(self, request: HttpRequest, obj: Picture | None = None) -> Any:
        """The words; for a picture that is here also how it is used and where it stands."""
        return ["large", "alt_zh", "alt_en", "markdown", "stands_in"] if obj else ["file", "alt_zh", "alt_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Picture | None = None) -> tuple[str, ...]:
        """What is shown only."""
        return ("large", "markdown", "stands_in")

    def has_change_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        """What the public reads of a picture is changed by a publisher."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or request.user.has_perm(editing.PUBLISH) or not publishing.shown(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        """A picture stays while a guide or a draft shows it."""
        return super().has_delete_permission(request, obj) and (obj is None or not publishing.using(obj))

    def delete_model(self, request: HttpRequest, obj: Picture) -> None:
        """Take the file away too."""
        pictures.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Picture]) -> None:
        """Take each file away too."""
        for picture in queryset:
            pictures.remove(picture)

    @admin.display(description=_("picture"))
    def small(self, picture: Picture) -> SafeString:
        """The picture in a list."""
        return format_html('<img class="thumb" src="{}" alt="{}" loading="lazy">', picture.address, picture.alt_zh)

    @admin.display(description=_("picture"))
    def large(self, picture: Picture) -> SafeString:
        """The picture on its own page."""
        return format_html('<img class="shown" src="{}" alt="{}">', picture.address, picture.alt_zh)

    @admin.display(description=_("in a guide you write"))
    def markdown(self, picture: Picture) -> SafeString:
        """What an editor copies into the text."""
        return format_html("<code>![]({})</code>", picture.address)

    @admin.display(description=_("stands in"))
    def stands_in(self, picture: Picture) -> str:
        """The guides and drafts that show it."""
        return ", ".join(dict.fromkeys(str(text) for text in publishing.using(picture))) or "–"

    def save_model(self, request: HttpRequest, obj: Picture, form: ModelForm, change: bool) -> None:
        """Keep a new picture under its digest, or write new words into the guides that show it."""
        if change:
            publishing.reword(obj)
            return
        content, width, height = form.cleaned_data["file"]
        kept, new = pictures.add(content, width, height, alt_zh=obj.alt_zh, alt_en=obj.alt_en, by=request.user)
        obj.pk, obj.digest = kept.pk, kept.digest
        if not new:
            told = _("This picture was here already and keeps the words it had: %(words)s")
            self.message_user(request, told % {"words": f"{kept.alt_zh} · {kept.alt_en}"}, messages.WARNING)
