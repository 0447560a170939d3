"""`manage.py load_rules`: enter the rules that come with the portal; what an editor changed stays as it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards import rules
from cards.management import shipped_rules


class Command(BaseCommand):
    """Enters a shipped rule set; may be run as often as one likes."""

    help = (
        "Enter the rules and service standards that come with the portal. The first set is in force at once; where "
        "rules are in force already, a profile becomes a draft. A rule set changed here stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --profile and --dry-run."""
        parser.add_argument(
            "--profile",
            choices=sorted(shipped_rules.PROFILES),
            default="default",
            help="which example: 'default', or 'strict' (oral report 3 working days and not repeatable, written "
            "report final, no fee)",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        file = shipped_rules.PROFILES[options["profile"]]
        try:
            shipped = shipped_rules.read(file)
        except rules.RuleDataWrong as error:
            raise CommandError(f"Nothing was loaded. {file.name}: {error}") from error
        done = shipped_rules.load(shipped, dry_run=options["dry_run"])
        if not options["verbosity"]:
            return
        told = "Dry run, nothing was changed. Rules" if options["dry_run"] else "Rules"
        self.stdout.write(f"{told} {shipped['version']}: {done} ({len(shipped['standards'])} service standards).")
