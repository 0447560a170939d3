"""What readers leave for the editors: that a search found nothing, and whether a guide was of use; never who.

Both are sent by a button, so nothing is kept that nobody meant to send.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from guidance import words
from guidance.models import Article, MissedSearch, Opinion

# A name somebody typed is no gap in the guides, and a gap is met by more than one person on more than one day.
DAYS_BEFORE_SHOWN = 3
KEPT = timedelta(days=180)
LONGEST_SEARCH = 40
MOST_WORDS = 6
# One reader has no more to say in an hour; a hall of people behind one address may have.
AN_HOUR = 3600
MOST_AN_HOUR = 20


class TooOften(Exception):
    """More was sent from one network than readers send."""


def may_be_kept(query: str) -> bool:
    """Whether a search is short enough to be about a subject, and holds nothing like a number of a person."""
    text = tidied(query)
    return bool(
        0 < len(text) <= LONGEST_SEARCH
        and len(text.split()) <= MOST_WORDS
        and words.busy_parts(text)
        and not words.holds_a_number_of_a_person(text)
    )


def tidied(query: str) -> str:
    """One spelling for one search."""
    return " ".join(words.normal(query).split())


def missed(query: str, request: HttpRequest) -> None:
    """Count a search that found nothing; raises TooOften."""
    _count(request)
    today = timezone.localdate()
    with transaction.atomic():
        MissedSearch.objects.filter(last_day__lt=today - KEPT).delete()
        row, made = MissedSearch.objects.get_or_create(words=tidied(query), defaults={"last_day": today})
        if not made:
            another_day = Case(When(last_day__lt=today, then=1), default=0)
            MissedSearch.objects.filter(pk=row.pk).update(
                times=F("times") + 1, days=F("days") + another_day, last_day=today
            )


def opinion(article: Article, *, useful: bool, text: str, language: str, request: HttpRequest) -> None:
    """Keep whether a guide was of use, with the words left; raises TooOften."""
    _count(request)
    today = timezone.localdate()
    Opinion.objects.filter(day__lt=today - KEPT).delete()
    Opinion.objects.create(article=article, useful=useful, words=text.strip(), language=language, day=today)


def _count(request: HttpRequest) -> None:
    within_limit = import_string(settings.FEEDBACK_LIMIT)
    if not within_limit("feedback", request.client_network, MOST_AN_HOUR, AN_HOUR):  # type: ignore[attr-defined]
        raise TooOften
