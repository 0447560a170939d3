"""What a visitor of the demonstration may try: numbers with what they show, and the staff accounts."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from cards.management.demonstration.places import DEMO_GROUP
from cards.models import Application, LossReport
from cards.vocabulary import ApplicationKind, LossForm, Stage


def examples() -> Iterator[tuple[str, str, str]]:
    """Yield (ID number, what it shows, query code), as far as such people are there."""
    on_the_way = Application.objects.filter(kind=ApplicationKind.FIRST, stage=Stage.PRODUCING, stop="")
    reported = LossReport.objects.filter(form=LossForm.ORAL).standing(timezone.now())
    waiting = Application.objects.filter(kind=ApplicationKind.REPLACEMENT, stage=Stage.READY, stop="")
    found: tuple[tuple[str, Application | LossReport | None], ...] = (
        ("a first card in production", on_the_way.order_by("accepted_at").last()),
        ("a card reported lost by phone; without the code nothing of it shows", reported.order_by("made_at").last()),
        ("a replaced card that lies ready at its outlet", waiting.order_by("ready_at").last()),
    )
    for what, case in found:
        if case is not None:
            yield case.holder.id_number, what, case.receipt.query_code


def accounts() -> Iterator[tuple[str, str]]:
    """Yield (user name, group and outlet) of every account of the demonstration."""
    users = User.objects.filter(groups__name=DEMO_GROUP).order_by("pk").prefetch_related("groups")
    for user in users.select_related("staff_profile__outlet"):
        group = ", ".join(g.name for g in user.groups.all() if g.name != DEMO_GROUP) or "everything"
        outlet = user.staff_profile.outlet
        yield user.username, f"{group} · {outlet}" if outlet else group


def password() -> str:
    """The one password of these accounts."""
    return settings.DEMO_PASSWORD
