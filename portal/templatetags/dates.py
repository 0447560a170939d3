"""Dates as people say them, in China time: 2026年11月22日 in Chinese, 22 November 2026 in English."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

register = template.Library()


def _written(value: date | datetime | None, form: str) -> str:
    if not value:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return date_format(value, form)


@register.filter(expects_localtime=True)
def day(value: date | datetime | None) -> str:
    """Write a day in full; nothing for no date."""
    return _written(value, pgettext("date format", "j F Y"))


@register.filter(expects_localtime=True)
def day_short(value: date | datetime | None) -> str:
    """Write a day without its year, for lists whose year is plain from the context."""
    return _written(value, pgettext("date format", "j F"))


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """Write a day with its time of day."""
    return _written(value, pgettext("date format", "j F Y, H:i"))


@register.filter
def from_now(value: timedelta) -> datetime:
    """Return the moment that lies a while ahead, on the next full minute, so that nobody comes too early."""
    return (timezone.now() + value + timedelta(seconds=59)).replace(second=0, microsecond=0)
