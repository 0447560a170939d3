"""Applications: one row carries all progress of a card on its way to a person."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cards import workflow
from cards.models.cards import Card
from cards.models.fields import SealedTextField
from cards.models.papers import PaperNumber
from cards.models.people import Cardholder, OfHolder
from cards.vocabulary import (
    FINANCIAL_TYPES,
    ORDINARY_TYPES,
    ApplicationKind,
    CardType,
    ExchangeReason,
    FeeExemption,
    IssueMethod,
    Stage,
    StopReason,
)


class ApplicationQuerySet(OfHolder["Application"]):
    """Reads of applications."""

    def open(self) -> "ApplicationQuerySet":
        """Applications whose card has not been handed over and that were not broken off."""
        return self.filter(stage__in=sorted(workflow.OPEN))

    def rivals(self, kind: str, card_type: str, replaced_card_id: uuid.UUID | None) -> "ApplicationQuerySet":
        """Those that such an application cannot be open beside: for the same card, or the first of the same type."""
        rivals = Q(pk=None)
        if replaced_card_id is not None:
            rivals |= Q(replaced_card=replaced_card_id)
        if kind == ApplicationKind.FIRST:
            rivals |= Q(kind=ApplicationKind.FIRST, card_type=card_type)
        return self.filter(rivals)

    def in_outline(self) -> "ApplicationQuerySet":
        """With nothing but what the number alone may open; bank and outlet only say which delay touches it."""
        return self.only(
            "holder",
            "bank",
            "delivery_outlet",
            "kind",
            "method",
            "card_type",
            "stage",
            "stage_since",
            "stop",
            "accepted_at",
            "fee_yuan",
            "activation_needed",
            "rule_version",
            "history",
        )

    def of_paper(self, number: str) -> "ApplicationQuerySet":
        """The application that this receipt or card certificate belongs to."""
        return self.filter(models.Q(receipt=number) | models.Q(certificate__paper=number))

    def with_papers(self) -> "ApplicationQuerySet":
        """Together with the papers that open them and a dispute; outlets and banks come from memory."""
        return self.select_related("receipt", "certificate__paper", "dispute")

    def newest_first(self) -> "ApplicationQuerySet":
        return self.order_by("-accepted_at", "pk")


def _stop_condition() -> Q:
    """A clock stands only in the stages the table names; fee_due always stands."""
    condition = Q(stop="") & ~Q(stage=Stage.FEE_DUE)
    for reason, stages in workflow.STOPS.items():
        condition |= Q(stop=reason, stage__in=sorted(stages))
    return condition


class Application(models.Model):
    """One card on its way to a person: what was asked for, how far it is, and every date of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="applications")
    kind = models.CharField(_("kind"), max_length=16, choices=ApplicationKind)
    method = models.CharField(_("method"), max_length=16, choices=IssueMethod, default=IssueMethod.FACTORY)
    card_type = models.CharField(_("card type"), max_length=32, choices=CardType)
    exchange_reason = models.CharField(_("reason"), max_length=16, choices=ExchangeReason, blank=True)
    bank = models.ForeignKey("cards.Bank", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("bank"))
    replaced_card = models.ForeignKey(
        Card,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replacing",
        verbose_name=_("card replaced"),
    )
    card = models.OneToOneField(
        Card, on_delete=models.PROTECT, null=True, blank=True, related_name="application", verbose_name=_("card")
    )
    receipt = models.OneToOneField(PaperNumber, on_delete=models.PROTECT, related_name="application")
    accepted_outlet = models.ForeignKey(
        "cards.Outlet", on_delete=models.PROTECT, related_name="+", verbose_name=_("accepted at")
    )
    delivery_outlet = models.ForeignKey(
        "cards.Outlet", on_delete=models.PROTECT, related_name="+", verbose_name=_("to be collected at")
    )
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, default=Stage.ACCEPTED)
    stage_since = models.DateTimeField(_("since"))
    stop = models.CharField(_("clock stopped"), max_length=24, choices=StopReason, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"))
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    collect_by = models.DateField(_("collect by"), null=True, blank=True)
    fee_yuan = models.PositiveIntegerField(_("fee in yuan"), default=0)
    fee_exemption = models.CharField(_("fee exemption"), max_length=16, choices=FeeExemption, blank=True)
    activation_needed = models.BooleanField(_("activation at the bank needed"), default=False)
    refusal_reason = SealedTextField(_("reason of refusal"), null=True, blank=True)
    rule_version = models.CharField(_("rule version"), max_length=40)
    # Every stage, stop and resumption with its moment, oldest first: [what, value, ISO time].
    history = models.JSONField(_("history"), default=list)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes = [
            models.Index(fields=["holder", "-accepted_at"], name="application_holder_newest"),
            models.Index(fields=["kind", "method", "ready_at"], name="application_forecast"),
            models.Index(fields=["stage", "collect_by"], name="application_recall"),
            # Lists read it in its order, and the overview counts in it without touching a row.
            models.Index(
                fields=["stage", "stage_since", "stop", "kind", "method", "delivery_outlet"],
                name="application_waiting",
            ),
            models.Index(fields=["delivery_outlet", "stage", "stage_since"], name="application_at_outlet"),
        ]
        constraints = [
            models.CheckConstraint(
                name="application_stage_known",
                condition=Q(stage__in=Stage.values),
                violation_error_message=_("There is no such stage."),
            ),
            models.CheckConstraint(
                name="application_stop_fits_stage",
                condition=_stop_condition(),
                violation_error_message=_("The clock cannot stand for this reason in this stage."),
            ),
            models.CheckConstraint(
                name="application_replaced_card_by_kind",
                condition=Q(kind=ApplicationKind.FIRST)
                | Q(kind__in=[ApplicationKind.REPLACEMENT, ApplicationKind.EXCHANGE], replaced_card__isnull=False),
                violation_error_message=_("A replacement or exchange must name the card it replaces."),
            ),
            models.CheckConstraint(
                name="application_exchange_has_reason",
                condition=Q(kind=ApplicationKind.EXCHANGE, exchange_reason__gt="")
                | (~Q(kind=ApplicationKind.EXCHANGE) & Q(exchange_reason="")),
                violation_error_message=_("An exchange, and only an exchange, has a reason."),
            ),
            models.CheckConstraint(
                name="application_bank_by_card_type",
                condition=Q(card_type__in=sorted(FINANCIAL_TYPES), bank__isnull=False)
                | Q(card_type__in=sorted(ORDINARY_TYPES), bank__isnull=True, activation_needed=False),
                violation_error_message=_("A financial card needs its bank; an ordinary card has none."),
            ),
            models.CheckConstraint(
                name="application_card_when_collected",
                condition=Q(stage__in=[Stage.COLLECTED, Stage.ACTIVATED], card__isnull=False)
                | (~Q(stage__in=[Stage.COLLECTED, Stage.ACTIVATED]) & Q(card__isnull=True)),
                violation_error_message=_("A card belongs to an application from its collection on."),
            ),
            models.CheckConstraint(
                name="application_deadline_when_ready",
                condition=~Q(stage=Stage.READY) | Q(collect_by__isnull=False, ready_at__isnull=False),
                violation_error_message=_("A card that is ready needs its day and the last day for collecting it."),
            ),
            models.CheckConstraint(
                name="application_fee_or_exemption",
                condition=Q(fee_yuan=0) | Q(fee_exemption=""),
                violation_error_message=_("Either a fee is due, or there is an exemption from it."),
            ),
            models.UniqueConstraint(
                fields=["holder", "replaced_card"],
                condition=Q(stage__in=sorted(workflow.OPEN), replaced_card__isnull=False),
                name="application_one_open_per_replaced_card",
                violation_error_message=_("A replacement for this card is already under way."),
            ),
            models.UniqueConstraint(
                fields=["holder", "card_type"],
                condition=Q(stage__in=sorted(workflow.OPEN), kind=ApplicationKind.FIRST),
                name="application_one_open_first_per_type",
                violation_error_message=_("A first application for this type of card is already under way."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.receipt_id[-4:]}"

    @property
    def route(self) -> workflow.Route:
        """What decides which stages this application goes through."""
        return workflow.Route(
            method=IssueMethod(self.method),
            financial=self.card_type in FINANCIAL_TYPES,
            fee_due=self.fee_yuan > 0,
            activation_needed=self.activation_needed,
        )

    def reached(self) -> dict[str, datetime]:
        """When each stage was entered (the last time, where it was entered again)."""
        return {value: datetime.fromisoformat(at) for what, value, at in self.history if what == "stage"}

    def stop_spans(self) -> list[tuple[datetime, datetime | None]]:
        """The spans in which the clock stood, oldest first; the last one may still be open (None)."""
        spans: list[tuple[datetime, datetime | None]] = []
        for what, _value, at in self.history:
            moment = datetime.fromisoformat(at)
            if what == "stop":
                spans.append((moment, None))
            elif what == "resume" and spans:
                spans[-1] = (spans[-1][0], moment)
        return spans
