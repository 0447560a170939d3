"""Today's work of an editor: what waits for a review, what is being written, what must be looked at again."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guidance import editing
from guidance.admin import due_for_review
from guidance.feedback import DAYS_BEFORE_SHOWN
from guidance.feedback_admin import COUNTED
from guidance.models import Article, Draft, DraftState, MissedSearch, Opinion


@dataclass(frozen=True)
class Waiting:
    """How much of something there is, and the list it opens."""

    label: str
    count: int
    url: str
    waits: bool


def today(user: Any) -> list[Waiting]:
    """Return what an editor or publisher has before them; nothing for anybody else."""
    if not user.has_perm("guidance.view_draft"):
        return []
    drafts = reverse("admin:guidance_draft_changelist")
    in_review = Draft.objects.filter(state=DraftState.IN_REVIEW)
    return [
        _line(_("wait for your review"), _for(user, in_review), f"{drafts}?state={DraftState.IN_REVIEW}", waits=True)
        if user.has_perm(editing.PUBLISH)
        else _line(_("wait for a review"), in_review, f"{drafts}?state={DraftState.IN_REVIEW}"),
        _line(
            _("being written"), Draft.objects.filter(state=DraftState.WRITING), f"{drafts}?state={DraftState.WRITING}"
        ),
        _line(
            _("come out at a set time"),
            Draft.objects.filter(state=DraftState.SCHEDULED),
            f"{drafts}?state={DraftState.SCHEDULED}",
        ),
        _line(
            _("guides to look at again within 30 days"),
            due_for_review(Article.objects.all()),
            f"{reverse('admin:guidance_article_changelist')}?review=due",
            waits=True,
        ),
        _line(
            _("readers left words (90 days)"),
            Opinion.objects.filter(~Q(words=""), day__gte=timezone.localdate() - COUNTED),
            reverse("admin:guidance_opinion_changelist"),
        ),
        _line(
            _("searches found nothing"),
            MissedSearch.objects.filter(days__gte=DAYS_BEFORE_SHOWN),
            reverse("admin:guidance_missedsearch_changelist"),
        ),
    ]


def _for(user: Any, drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """Those that a publisher wrote nothing of."""
    return drafts.exclude(authors=user)


def _line(label: str, rows: QuerySet[Any], url: str, *, waits: bool = False) -> Waiting:
    count = rows.count()
    return Waiting(label, count, url, waits and count > 0)
