"""`manage.py erasures`: write down who was erased, and erase them again after an older backup was restored."""

import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards import services
from cards.actors import Actor
from cards.models import Cardholder


class Command(BaseCommand):
    """A backup of yesterday still holds whom today's erasure removed; the list, kept apart from it, says who."""

    help = "Export the list of erased records (random keys only), or erase again those of a list after a restore."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two ways."""
        ways = parser.add_mutually_exclusive_group(required=True)
        ways.add_argument("--export", type=Path, metavar="FILE", help="write the keys of all erased records")
        ways.add_argument("--again", type=Path, metavar="FILE", help="erase the records that the list names")
        parser.add_argument("--dry-run", action="store_true", help="with --again: count them and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, or erase again."""
        if options["export"]:
            keys = (
                Cardholder.objects.filter(erased_at__isnull=False).order_by("erased_at").values_list("pk", flat=True)
            )
            options["export"].write_text("".join(f"{key}\n" for key in keys), encoding="ascii")
            self.stdout.write(f"{len(keys)} erased records are on the list.")
            return
        # A record that was merged goes together with the one it became part of.
        listed = Cardholder.objects.filter(pk__in=_listed(options["again"]), merged_into=None)
        back = list(listed.filter(erased_at=None))
        if not options["dry_run"]:
            for holder in back:
                services.erase_cardholder(holder, actor=Actor.system(), again=True)
        told = "would be erased again" if options["dry_run"] else "were erased again"
        self.stdout.write(f"{len(back)} records of the list were here and {told}.")


def _listed(path: Path) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(line.strip()) for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is not a list of erased records. {error}") from error
