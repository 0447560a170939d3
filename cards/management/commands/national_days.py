"""`manage.py national_days`: write the national notices from the holidays package; --check: are they stale?"""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.calendar import NATIONAL_DAYS

FIRST, LAST = 1990, 2045
SATURDAY = 5


def national_days() -> str:
    """The days of each year whose being worked differs from a plain week, as the file holds them."""
    from holidays.countries.china import China

    # The notice for the next year may have moved a working day into the last week of this one.
    china = China(years=range(FIRST, LAST + 2))
    years: dict[str, list[str]] = {}
    for number in range(date(FIRST, 1, 1).toordinal(), date(LAST, 12, 31).toordinal() + 1):
        day = date.fromordinal(number)
        if china.is_working_day(day) != (day.weekday() < SATURDAY):
            years.setdefault(str(day.year), []).append(f"{day:%m-%d}")
    announced = max(int(year) for year in china.special_public_holidays)
    lines = ",\n".join(f'  "{year}": {json.dumps(days)}' for year, days in years.items())
    return f'{{"announced": {announced}, "years": {{\n{lines}\n}}}}\n'


class Command(BaseCommand):
    """Keeps cards/national_days.json as the installed version of holidays knows the notices."""

    help = "Write the working-day calendar from the holidays package (a development dependency)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether the file is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or check."""
        text = national_days()
        if not options["check"]:
            NATIONAL_DAYS.write_text(text)
        elif NATIONAL_DAYS.read_text() != text:
            raise CommandError(f"{NATIONAL_DAYS.name} is stale. Run `manage.py national_days`.")
        self.stdout.write(f"{NATIONAL_DAYS.name}: up to date, {len(text)} bytes")
