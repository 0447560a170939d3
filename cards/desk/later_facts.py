"""What a request, a dispute or a step to be put back is about, in words; shown to whoever decides it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cards import id_number as id_numbers
from cards.answers.dates import told_day, told_moment
from cards.desk.timeline import told_event, told_rule_of
from cards.models import Amendment, Cardholder, Dispute, Event, Merge, Override
from cards.names import mask_name
from cards.office_vocabulary import RequestKind
from cards.vocabulary import Action


def facts_of(subject: Any) -> list[tuple[str, str]]:
    """Label and value of everything that matters for the decision."""
    if isinstance(subject, Event):
        by = subject.user.get_username() if subject.user else str(subject.get_channel_display())
        return [(_("Step"), told_event(subject)), (_("Recorded on"), told_moment(subject.at)), (_("By"), by)]
    if isinstance(subject, Dispute):
        return [*_of_dispute(subject), (_("Recorded by"), _who(subject)), (_("What the person says"), subject.reason)]
    return [*_what(subject), (_("Asked by"), _who(subject)), (pgettext("of a request", "Reason"), subject.reason)]


def _who(subject: Any) -> str:
    return pgettext("between notes", ", ").join((subject.asked_by.get_username(), told_moment(subject.asked_at)))


def _what(subject: Any) -> list[tuple[str, str]]:
    if isinstance(subject, Override):
        return [
            (_("Wanted"), str(Action(subject.action).label)),
            (_("Exception to the rule on"), told_rule_of(subject.refusal)),
        ]
    if isinstance(subject, Amendment):
        return [
            (_("On record"), _shown(subject.part, subject.old_value)),
            (_("Shall be"), subject.new_value),
        ]
    merge: Merge = subject
    return [
        (_("This record stays"), _masked(merge.holder)),
        (_("This one becomes part of it"), _masked(merge.other)),
    ]


def _masked(holder: Cardholder) -> str:
    return f"{mask_name(holder.name)} · {id_numbers.mask(holder.id_number)}"


def _shown(part: str, value: str) -> str:
    """The old value masked: the new one is on the table, the old one is a name or number like any other."""
    return mask_name(value) if part == RequestKind.NAME else id_numbers.mask(value)


def _of_dispute(dispute: Dispute) -> list[tuple[str, str]]:
    return [
        (_("Card"), str(dispute.card.get_card_type_display())),
        (_("Number ends in"), dispute.card.last_four),
        (_("Shown as handed over on"), told_day(dispute.card.issued_at)),
        (_("To be decided by"), told_day(dispute.decide_by)),
    ]
