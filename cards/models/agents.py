"""The acts of agents: enough to see that one agent acts for many people, and not enough to say who that is."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cards import sealing
from cards.models.people import Cardholder
from cards.vocabulary import Action

PURPOSE = "agent"
# Counted over 30 days; a day more, so that no act leaves while it still counts somewhere.
COUNTED, KEPT = timedelta(days=30), timedelta(days=31)


class AgentActQuerySet(models.QuerySet["AgentAct"]):
    """Reads and the one write of acts of agents."""

    def enter(self, agent_id_number: str, **row: object) -> "AgentAct":
        """Write an act under the newest index key."""
        key_id, digest = sealing.index_digest(agent_id_number, PURPOSE)
        return self.create(key_id=key_id, digest=digest, **row)

    def counted(self, now: datetime) -> "AgentActQuerySet":
        """The acts of the last 30 days."""
        return self.filter(at__gte=now - COUNTED)


class AgentAct(models.Model):
    """One act of an agent for a holder; the agent is a keyed digest, the same for every act of the same person.

    The row leaves after a month, so that no register of agents grows. After a change of the index key an agent is
    counted anew; that is the cost of keeping no number from which the digest could be made again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(Cardholder, on_delete=models.PROTECT, related_name="+", verbose_name=_("cardholder"))
    action = models.CharField(_("what was done"), max_length=24, choices=Action)
    at = models.DateTimeField(_("at"))
    key_id = models.CharField(max_length=32)
    digest = models.BinaryField(max_length=32)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    outlet = models.ForeignKey(
        "cards.Outlet", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("outlet")
    )

    objects = AgentActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of an agent")
        verbose_name_plural = _("acts of agents")
        indexes = [
            models.Index(fields=["-at"], name="agent_act_newest"),
            models.Index(fields=["key_id", "digest", "-at"], name="agent_act_by_agent"),
        ]

    def __str__(self) -> str:
        return str(self.get_action_display())
