"""The forms of second thoughts: steps put back, data changed, requests asked for and decided."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.delivery.senders import ways_set_up
from cards.desk.forms import DeedForm, typed, why
from cards.models import NoticeConsent, WechatBinding
from cards.notice_vocabulary import NoticeChannel
from cards.office_vocabulary import RequestKind


class CorrectForm(DeedForm):
    """Why a step is put back."""

    reason = why(_("What was wrong with this step"))


class PhoneForm(DeedForm):
    """The number on file from now on."""

    phone = forms.CharField(
        label=_("New telephone number"), required=False, max_length=40, widget=typed(),
        help_text=_("Left empty, the number on file is removed."),
    )  # fmt: skip


class NoticesForm(DeedForm):
    """By which ways the person wants to be told, and in which language."""

    ways = forms.MultipleChoiceField(
        label=_("How does the person want to be told?"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: no messages."),
    )  # fmt: skip
    address = forms.CharField(
        label=_("E-mail address"), required=False, max_length=254, widget=typed(),
        help_text=_("Let the person spell it; a wrong one tells a stranger that there is a card."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("In which language?"), choices=settings.LANGUAGES, widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer the ways there are, as they stand now; the binding of a WeChat account can only be ended here."""
        holder = self.matter.holder
        standing = NoticeConsent.objects.by_holder([holder.pk]).get(holder.pk, {})
        self.offered: list[NoticeChannel] = [way for way in ways_set_up() if way != NoticeChannel.WECHAT]
        if WechatBinding.objects.of(holder).in_force(timezone.now()).exists():
            self.offered.append(NoticeChannel.WECHAT)
        told = {
            NoticeChannel.SMS: _("By text message to the number on file"),
            NoticeChannel.EMAIL: _("By e-mail"),
            NoticeChannel.WECHAT: _("In the bound WeChat account (not ticked: the binding ends at once)"),
        }
        ways = self.fields["ways"]
        ways.choices = [(way.value, told[way]) for way in self.offered]  # type: ignore[attr-defined]
        ways.initial = [way.value for way in self.offered if way in standing or way == NoticeChannel.WECHAT]
        if NoticeChannel.EMAIL not in self.offered:
            del self.fields["address"]
        elif NoticeChannel.EMAIL in standing:
            # The address stays sealed.
            self.fields["address"].help_text = _("Left empty, the address on record stays.")
        spoken = next(iter(standing.values()), None)
        self.fields["language"].initial = spoken.language if spoken else settings.DEFAULT_LANGUAGE

    @property
    def wanted(self) -> dict[str, bool]:
        """Each way that was offered, and whether it is wanted."""
        return {way: way.value in self.cleaned_data["ways"] for way in self.offered}


class AmendForm(DeedForm):
    """What is to be put right, and how it shall read."""

    part = forms.ChoiceField(
        label=_("What is wrong on record"),
        choices=[
            (RequestKind.NAME.value, pgettext_lazy("of a person", "Name")),
            (RequestKind.ID_NUMBER.value, _("ID number")),
        ],
        widget=forms.RadioSelect,
    )
    new_value = forms.CharField(label=_("As it stands on the ID document"), max_length=100, widget=typed())
    reason = why(_("What proves it"))


class MergeForm(DeedForm):
    """The other record of the same person."""

    id_number = forms.CharField(
        label=_("ID number of the other record"), max_length=60, widget=typed(),
        help_text=_("Whatever stands on that record moves here. The ID number of this record stays."),
    )  # fmt: skip
    reason = why(_("What shows that both are the same person"))


class DisputeForm(DeedForm):
    """What the person says about the card."""

    reason = why(_("What the person says"))


class DecideForm(DeedForm):
    """What the second person thinks of it."""

    reason = why(_("Reason of the decision"))


class GrantForm(DecideForm):
    """A request is granted for its own reason; another one may be added."""

    def prepare(self) -> None:
        """The asker's reason stands already."""
        self.fields["reason"].required = False
        self.fields["reason"].label = _("Note, if there is more to say")
