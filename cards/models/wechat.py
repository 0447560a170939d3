"""WeChat accounts bound to a person, the directory that finds them, and the messages that were answered already."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cards.models.fields import SealedTextField
from cards.models.people import Cardholder, NumberIndexQuerySet, OfHolder


class WechatBindingQuerySet(OfHolder["WechatBinding"]):
    """Reads of bindings."""

    def in_force(self, now: datetime) -> "WechatBindingQuerySet":
        """Bindings that were confirmed and did not run out."""
        return self.filter(confirmed_at__isnull=False, until__gt=now)

    def begun(self, now: datetime) -> "WechatBindingQuerySet":
        """Bindings that wait for the code or for the confirmation."""
        return self.filter(confirmed_at__isnull=True, until__gt=now)

    def over(self, now: datetime) -> "WechatBindingQuerySet":
        """Bindings whose time has passed."""
        return self.filter(until__lte=now)

    def of_account(self, open_id: str, now: datetime) -> "WechatBinding | None":
        """The binding in force of a WeChat account, with its person; None where there is none."""
        entry = OpenIdIndex.objects.entry(open_id)
        return self.in_force(now).select_related("holder").filter(pk=entry.binding_id).first() if entry else None


class WechatBinding(models.Model):
    """The way of a WeChat account to a person: a code on the website, typed in the chat, confirmed on the website.

    `until` ends the present state: the code's ten minutes, the time to confirm, at last the binding's own year. The
    code itself is not kept, only its keyed digest, and nothing of it once it was typed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+", verbose_name=_("cardholder"))
    language = models.CharField(_("language"), max_length=10)
    code_digest = models.BinaryField(max_length=32, null=True, blank=True)
    open_id = SealedTextField(_("WeChat account"), null=True, blank=True)
    begun_at = models.DateTimeField(_("begun at"))
    claimed_at = models.DateTimeField(_("code typed at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("bound since"), null=True, blank=True)
    until = models.DateTimeField(_("until"), db_index=True)

    objects = WechatBindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("bound WeChat account")
        verbose_name_plural = _("bound WeChat accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["code_digest"],
                name="wechat_binding_code_once",
                violation_error_message=_("Another binding has this code."),
            ),
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(confirmed_at__isnull=False),
                name="wechat_binding_one_per_person",
                violation_error_message=_("A WeChat account is bound already."),
            ),
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(confirmed_at__isnull=True),
                name="wechat_binding_one_begun_per_person",
                violation_error_message=_("A binding was begun already."),
            ),
            models.CheckConstraint(
                name="wechat_binding_waits_for_one_thing",
                condition=Q(code_digest__isnull=False, open_id__isnull=True, claimed_at__isnull=True)
                | Q(code_digest__isnull=True, open_id__isnull=False, claimed_at__isnull=False),
                violation_error_message=_("A binding waits for its code, or it knows the account."),
            ),
            models.CheckConstraint(
                name="wechat_binding_confirmed_after_the_code",
                condition=Q(confirmed_at__isnull=True) | Q(claimed_at__isnull=False),
                violation_error_message=_("Only an account that typed the code can be confirmed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d} …{str(self.pk)[-8:]}"


class OpenIdIndexQuerySet(NumberIndexQuerySet):
    purpose = "open-id"


class OpenIdIndex(models.Model):
    """One line of the directory from the keyed digest of an open id to the binding it typed the code of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_id = models.CharField(max_length=32)
    digest = models.BinaryField(max_length=32)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+")
    binding = models.ForeignKey(WechatBinding, on_delete=models.CASCADE, related_name="entries")

    objects = OpenIdIndexQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_id", "digest"], name="open_id_index_key_digest")]

    def __str__(self) -> str:
        return f"{self.key_id} …{str(self.binding_id)[-8:]}"


class AnsweredMessage(models.Model):
    """A message of the platform that was answered: the same one again gets the same answer and changes nothing."""

    key = models.BinaryField(max_length=32, primary_key=True)
    reply = SealedTextField(bound_to_row=False)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
