"""The rule sets that come with the portal, one per profile: read from its file, entered once, never written over."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from cards import memory, rules
from cards.models import RuleSet
from cards.office_vocabulary import RuleState
from cards.services import rule_sets

_FOLDER = Path(__file__).parent / "shipped"
# Examples of how places differ; the first is what an installation begins with.
PROFILES = {"default": _FOLDER / "rules-2026.toml", "strict": _FOLDER / "rules-2026-strict.toml"}
FILE = PROFILES["default"]
ENTERED, DRAFTED = "entered, in force", "entered as a draft, because other rules are in force"
SAME, CHANGED_HERE = "unchanged", "changed here, left as it is"


def read(file: Path = FILE) -> dict[str, Any]:
    """A shipped rule set as plain data; raises `rules.RuleDataWrong` where it could not be a rule book."""
    shipped = tomllib.loads(file.read_text(encoding="utf-8"))
    rules.parse(shipped["data"], **{name: value for name, value in shipped.items() if name != "data"})
    return shipped


def load(shipped: dict[str, Any], *, dry_run: bool = False) -> str:
    """Enter the rule set unless one of this version is there; says what was done.

    The first one is in force at once, because nobody can be admitted without rules. Any other becomes a draft from
    tomorrow: what binds people is for two people to decide, not for a command.
    """
    with transaction.atomic():
        present = RuleSet.objects.filter(version=shipped["version"]).first()
        if present is not None:
            return SAME if _as_shipped(present) == _without_date(shipped) else CHANGED_HERE
        first = not RuleSet.objects.filter(state=RuleState.IN_FORCE).exists()
        if not dry_run:
            contents = {name: value for name, value in shipped.items() if name != "standards"}
            if not first:
                contents["valid_from"] = rule_sets.today() + timedelta(days=1)
            state = RuleState.IN_FORCE if first else RuleState.DRAFT
            rule_sets.enter(contents, shipped["standards"], by=None, state=state)
    memory.forget_all()
    return ENTERED if first else DRAFTED


def _without_date(shipped: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shipped.items() if name != "valid_from"}


def _as_shipped(present: RuleSet) -> dict[str, Any]:
    """A rule set of the database in the shape of the file, but for its date, which is chosen here."""
    return {
        "version": present.version,
        "citation_zh": present.citation_zh,
        "citation_en": present.citation_en,
        "data": present.data,
        "standards": {standard.key: standard.working_days for standard in present.standards.all()},
    }
