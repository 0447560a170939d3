"""Dates in templates, written as cards.answers writes them: 2026年11月22日, 22 November 2026."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone

from cards.answers.dates import told_day, told_day_short, told_moment

register = template.Library()
register.filter("day", told_day)
register.filter("day_short", told_day_short)
register.filter("moment", told_moment)


@register.filter
def from_now(value: timedelta) -> datetime:
    """Return the moment that lies a while ahead, on the next full minute, so that nobody comes too early."""
    return (timezone.now() + value + timedelta(seconds=59)).replace(second=0, microsecond=0)
