"""Today's work of a desk: what waits at this outlet, what was promised on the phone; nothing personal stands in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from cards import workflow
from cards.answers.dates import told_deadline, told_moment
from cards.desk import deciding, full_view
from cards.desk.ringing import Ringing, ringing
from cards.desk.staff import Desk
from cards.models import Application, FollowUp, LossReport
from cards.rules import CHINA, china_day
from cards.vocabulary import LossForm, Stage

# A tile says "many" above this, so that no count runs over a table.
MANY, LISTED = 99, 8


@dataclass(frozen=True)
class Tile:
    """A number of cases and the list it opens."""

    label: str
    count: str
    url: str
    waits: bool


@dataclass(frozen=True)
class FollowUpLine:
    """A call-back or visit: what about, until when, since when, and where it leads."""

    key: Any
    holder_key: Any
    reason: str
    until: str
    made: str
    late: bool


@dataclass
class Today:
    """What a desk has before it."""

    desk: Desk
    tiles: list[Tile] = field(default_factory=list)
    expected: list[FollowUpLine] = field(default_factory=list)
    call_backs: list[FollowUpLine] = field(default_factory=list)
    ringing: Ringing | None = None
    alarms: list[tuple[str, datetime, int]] = field(default_factory=list)
    decides: bool = False
    decisions: list[Tile] = field(default_factory=list)
    allowed: list[deciding.Allowed] = field(default_factory=list)


def today(user: Any) -> Today | None:
    """The work of a member of staff who may find people; nobody else has any."""
    if isinstance(user, AnonymousUser) or not user.has_perm("cards.find_cardholder"):
        return None
    desk, now = Desk(user), timezone.now()
    if desk.on_the_phone:
        due = follow_up_lines(FollowUp.objects.call_backs_due())
        return Today(desk, call_backs=due, ringing=ringing(user))
    expected = follow_up_lines(FollowUp.objects.expected_at(desk.outlet, now)) if desk.outlet else []
    watched = full_view.alarms() if user.has_perm("cards.act_refuse") else []
    decides = deciding.decides(user)
    return Today(
        desk,
        tiles=_tiles(desk, now),
        expected=expected,
        alarms=watched,
        decides=decides,
        decisions=_decisions(user, now) if decides else [],
        allowed=deciding.allowed_to(user, now),
    )


def follow_up_lines(rows: Iterable[FollowUp]) -> list[FollowUpLine]:
    """The first of these, in words."""
    now = timezone.now()
    return [
        FollowUpLine(
            row.pk,
            row.holder_id,
            str(row.get_reason_display()),
            told_deadline(row.until),
            told_moment(row.made_at),
            row.until <= now,
        )
        for row in list(rows[:LISTED])  # type: ignore[index]
    ]


def end_of_today() -> datetime:
    """24:00 of this day in China."""
    return datetime.combine(timezone.now().astimezone(CHINA).date() + timedelta(days=1), time(), CHINA)


def _tiles(desk: Desk, now: datetime) -> list[Tile]:
    applications, outlet = Application.objects.all(), desk.outlet
    here = {"delivery_outlet": outlet} if outlet else {}
    taken = {"accepted_outlet": outlet} if outlet else {}
    ready = applications.filter(stage=Stage.READY, **here)
    standing = applications.filter(stage__in=sorted(workflow.OPEN), **taken).exclude(stop="")
    lapsing = LossReport.objects.standing(now).filter(form=LossForm.ORAL, lapses_at__lte=end_of_today())
    return [
        _tile(_("ready to collect here"), ready, "application", {"stage__exact": Stage.READY.value} | _keys(here)),
        _tile(_("clocks that stand"), standing, "application", {"clock": "standing"} | _keys(taken)),
        _tile(_("oral reports that lapse today"), lapsing, "lossreport", {"last_day": china_day(now).isoformat()}),
    ]


def _decisions(user: Any, now: datetime) -> list[Tile]:
    """What waits for this person's decision; what is empty is left out."""
    tiles = [_tile(wait.label, wait.rows, wait.model, wait.asked) for wait in deciding.waits_for(user, now)]
    return [tile for tile in tiles if tile.waits]


def _keys(places: dict[str, Any]) -> dict[str, str]:
    return {f"{name}__id__exact": str(outlet.pk) for name, outlet in places.items()}


def _tile(label: str, rows: "QuerySet[Any]", model: str, asked: dict[str, str]) -> Tile:
    count = len(rows.values_list("pk", flat=True)[: MANY + 1])
    told = str(count) if count <= MANY else f"{MANY}+"
    address = reverse(f"admin:cards_{model}_changelist")
    return Tile(label, told, f"{address}?{urlencode(asked)}" if asked else address, bool(count))
