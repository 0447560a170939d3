"""The rule set that comes with the portal: read from its file, entered once, never written over."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from cards import memory, rules
from cards.models import RuleSet, StageStandard
from cards.vocabulary import RuleState

FILE = Path(__file__).parent / "shipped" / "rules-2026.toml"
ENTERED, SAME, CHANGED_HERE = "entered", "unchanged", "changed here, left as it is"


def read(file: Path = FILE) -> dict[str, Any]:
    """The shipped rule set as plain data; raises `rules.RuleDataWrong` where it could not be a rule book."""
    shipped = tomllib.loads(file.read_text(encoding="utf-8"))
    rules.parse(shipped["data"], **{name: value for name, value in shipped.items() if name != "data"})
    return shipped


def load(shipped: dict[str, Any], *, dry_run: bool = False) -> str:
    """Enter the rule set unless one of this version is there; says what was done."""
    with transaction.atomic():
        present = RuleSet.objects.filter(version=shipped["version"]).first()
        if present is not None:
            return SAME if _as_shipped(present) == shipped else CHANGED_HERE
        if not dry_run:
            _enter(shipped)
    memory.forget_all()
    return ENTERED


def _enter(shipped: dict[str, Any]) -> None:
    row = {name: value for name, value in shipped.items() if name != "standards"}
    rule_set = RuleSet.objects.create(state=RuleState.IN_FORCE, **row)
    StageStandard.objects.bulk_create(
        StageStandard(rule_set=rule_set, **_parts(key), working_days=days)
        for key, days in shipped["standards"].items()
    )


def _parts(key: str) -> dict[str, str]:
    """The fields of `kind.method.stage`, or of `method.stage`."""
    *kind, method, stage = key.split(".")
    return {"kind": kind[0] if kind else "", "method": method, "stage": stage}


def _as_shipped(present: RuleSet) -> dict[str, Any]:
    """A rule set of the database in the shape of the file."""
    return {
        "version": present.version,
        "valid_from": present.valid_from,
        "citation_zh": present.citation_zh,
        "citation_en": present.citation_en,
        "data": present.data,
        "standards": {standard.key: standard.working_days for standard in present.standards.all()},
    }
