"""Days and moments as people say them, in China time and in the reader's language."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.dateformat import format as written
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from cards.rules import CHINA

_FORMS = {
    "day": pgettext_lazy("date format", "j F Y"),
    "day without year": pgettext_lazy("date format", "j F"),
    "moment": pgettext_lazy("date format", "j F Y, H:i"),
}


def told_day(value: date | datetime | None) -> str:
    """A day in full: 2026年11月22日, 22 November 2026; nothing for no date."""
    return _written(value, "day") if value else ""


def told_day_short(value: date | datetime | None) -> str:
    """A day without its year, for lists whose year is plain from the context."""
    return _written(value, "day without year") if value else ""


def told_moment(value: datetime | None) -> str:
    """A day with its time of day."""
    return _written(value, "moment") if value else ""


def told_deadline(moment: datetime) -> str:
    """A deadline; midnight is told as 24:00 of the day that ends, because that is the day people remember."""
    local = moment.astimezone(CHINA)
    if (local.hour, local.minute) != (0, 0):
        return told_moment(local)
    return _("24:00 on %(day)s") % {"day": told_day(local.date() - timedelta(days=1))}


def _written(value: date | datetime, form: str) -> str:
    return _remembered(value, form, get_language())


# An answer writes forty dates, and most people wait for the same days.
@lru_cache(maxsize=4096)
def _remembered(value: date | datetime, form: str, language: str | None) -> str:
    local = value.astimezone(CHINA) if isinstance(value, datetime) else value
    return written(local, str(_FORMS[form]))
