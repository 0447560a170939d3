"""Cards with their two ledgers, and the directory that finds them by card number."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from cards.models.fields import SealedTextField
from cards.models.people import Cardholder, NumberIndexQuerySet, OfHolder
from cards.vocabulary import FINANCIAL_TYPES, ORDINARY_TYPES, BankStatus, CardType, SocialStatus


class CardQuerySet(OfHolder["Card"]):
    """Reads of cards."""

    def newest_first(self) -> "CardQuerySet":
        return self.order_by("-issued_at", "pk")


class Card(models.Model):
    """A card in a person's hands (or once there), with the social and the bank ledger side by side."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="cards")
    card_type = models.CharField(_("card type"), max_length=32, choices=CardType)
    card_number = SealedTextField(_("card number"))
    bank = models.ForeignKey("cards.Bank", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("bank"))
    social_status = models.CharField(_("social security function"), max_length=20, choices=SocialStatus)
    social_since = models.DateTimeField(_("since"))
    bank_status = models.CharField(_("bank account function"), max_length=20, choices=BankStatus)
    bank_since = models.DateTimeField(_("since"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued at"))

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [
            models.CheckConstraint(
                name="card_social_status_known",
                condition=models.Q(social_status__in=SocialStatus.values),
                violation_error_message=_("There is no such state of the social security function."),
            ),
            models.CheckConstraint(
                name="card_bank_function_only_on_financial_cards",
                condition=models.Q(
                    card_type__in=sorted(ORDINARY_TYPES), bank_status=BankStatus.NONE, bank__isnull=True
                )
                | (
                    models.Q(card_type__in=sorted(FINANCIAL_TYPES), bank__isnull=False)
                    & ~models.Q(bank_status=BankStatus.NONE)
                ),
                violation_error_message=_(
                    "A financial card has a bank and a bank ledger; an ordinary card has neither."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_card_type_display()} …{str(self.pk)[-8:]}"

    @property
    def financial(self) -> bool:
        """Whether the card has a bank account function."""
        return self.card_type in FINANCIAL_TYPES

    @property
    def last_four(self) -> str:
        """The last four characters of the card number, by which one card of several is told."""
        return self.card_number[-4:]


class CardNumberIndexQuerySet(NumberIndexQuerySet):
    purpose = "card-number"


class CardNumberIndex(models.Model):
    """One line of the directory from the keyed digest of a card number to its card."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key_id = models.CharField(max_length=32)
    digest = models.BinaryField(max_length=32)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="number_entries")

    objects = CardNumberIndexQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_id", "digest"], name="card_number_index_key_digest")]

    def __str__(self) -> str:
        return f"{self.key_id} …{str(self.card_id)[-8:]}"
