"""What was told to a person under an answer number, so that the next officer opens the same words."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cards.models.fields import SealedJSONField
from cards.models.papers import PaperNumber
from cards.models.people import Cardholder
from cards.vocabulary import Channel


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Reads of answers."""

    def of(self, holder: "Cardholder | uuid.UUID") -> "AnswerQuerySet":
        return self.filter(holder=holder)

    def kept(self, now: datetime) -> "AnswerQuerySet":
        """Answers whose time has not run out, whether or not a job has removed the others."""
        return self.filter(keep_until__gt=now)

    def newest_first(self) -> "AnswerQuerySet":
        return self.order_by("-at", "pk")


class Answer(models.Model):
    """One answer as it was told; opens nothing for the public, and is erased when its time has run out.

    `state` lists what the words are about: kind of row, its state, and why its clock stood. `words` holds, for every
    language of the portal, one entry per matter with `phone` (a text) and `slip` (a list of lines).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="answers")
    paper = models.OneToOneField(PaperNumber, on_delete=models.PROTECT, related_name="answer")
    at = models.DateTimeField(_("told at"))
    keep_until = models.DateTimeField(_("kept until"), db_index=True)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    rule_version = models.CharField(_("rule version"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    state = models.JSONField(_("state"), default=list)
    words = SealedJSONField(_("words"))

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [models.Index(fields=["holder", "-at"], name="answer_holder_newest")]
        constraints = [
            models.CheckConstraint(
                name="answer_kept_after_it_was_told",
                condition=models.Q(keep_until__gt=models.F("at")),
                violation_error_message=_("An answer is kept for some time after it was told."),
            )
        ]

    def __str__(self) -> str:
        return str(self.paper)
