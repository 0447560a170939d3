"""What waits for the decision of whoever is signed in, and what was allowed to them and is still to be carried out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cards.desk.timeline import told_rule_of
from cards.models import Amendment, Dispute, Export, IntakeFile, Merge, Override
from cards.models.rule_data import RuleSet
from cards.office_vocabulary import IntakeState, RuleState

LISTED = 8


@dataclass(frozen=True)
class Wait:
    """Rows that wait for a decision, in words, and the list they stand in."""

    label: str
    rows: "QuerySet[Any]"
    model: str
    asked: dict[str, str]


@dataclass(frozen=True)
class Allowed:
    """An exception that was granted and not used yet."""

    holder_key: Any
    action: str
    rule: str


def decides(user: Any) -> bool:
    """Whether this is a second person at all."""
    return bool(user.has_perm("cards.act_grant"))


def waits_for(user: Any, now: datetime) -> Iterator[Wait]:
    """Everything that waits for this person: never what the same person asked for."""
    if user.has_perm("cards.view_override"):
        yield Wait(_("exceptions to rules"), _of_others(Override.objects.alive(now), user), "override", {})
    if user.has_perm("cards.view_amendment"):
        yield Wait(_("corrections of personal data"), _of_others(Amendment.objects.all(), user), "amendment", {})
    if user.has_perm("cards.view_merge"):
        yield Wait(_("records to be merged"), _of_others(Merge.objects.all(), user), "merge", {})
    if user.has_perm("cards.view_dispute") and user.has_perm("cards.act_confirm_not_received"):
        yield Wait(
            _("collected cards that people do not have"), _of_others(Dispute.objects.all(), user), "dispute", {}
        )
    yield Wait(_("exports wanted by colleagues"), Export.objects.waiting_for(user, now), "export", {})
    if user.has_perm("cards.change_intakefile"):
        checked = IntakeState.CHECKED.value
        files = IntakeFile.objects.filter(state=checked)
        yield Wait(_("result files to be confirmed"), files, "intakefile", {"state__exact": checked})
    if user.has_perm("cards.review_ruleset"):
        drafts = RuleSet.objects.filter(state=RuleState.DRAFT).exclude(drafted_by=user)
        yield Wait(_("drafts of rules by colleagues"), drafts, "ruleset", {})


def _of_others(rows: Any, user: Any) -> "QuerySet[Any]":
    return rows.pending().exclude(asked_by=user)


def allowed_to(user: Any, now: datetime) -> list[Allowed]:
    """The exceptions granted to this person today that were not used yet."""
    granted = Override.objects.usable(now).filter(asked_by=user).order_by("decided_at")[:LISTED]
    return [Allowed(row.holder_id, str(row.get_action_display()), told_rule_of(row.refusal)) for row in granted]
