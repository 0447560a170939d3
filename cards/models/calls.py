"""Calls that ring at officers' desks, and what a caller last asked the voice line; by keyed digests, for hours."""

from datetime import datetime

from django.conf import settings
from django.db import models

from cards.vocabulary import CallState


class CallerEnquiry(models.Model):
    """The end of the receipt that was last asked about from a telephone number; the number is a keyed digest."""

    caller = models.BinaryField(max_length=32, primary_key=True)
    tail = models.CharField(max_length=4)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"…{self.tail}"


class DeskCallQuerySet(models.QuerySet["DeskCall"]):
    """Reads of calls at desks."""

    def at_desk(self, user: models.Model, since: datetime) -> "DeskCall | None":
        """The call that rings or is answered at somebody's desk, the newest."""
        under_way = self.filter(user=user, at__gte=since).exclude(state=CallState.HANGUP)
        return under_way.order_by("-at").first()


class DeskCall(models.Model):
    """A call as the telephone system reports it: at whose desk, from which number, how far; both ids are digests."""

    call = models.BinaryField(max_length=32, primary_key=True)
    caller = models.BinaryField(max_length=32, null=True, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True)
    state = models.CharField(max_length=8, choices=CallState)
    at = models.DateTimeField(db_index=True)

    objects = DeskCallQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at:%H:%M}"
