"""The last page of the situation guide: everything it says, put together from the table, the rules and the records."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cards import calendar, errors
from cards.answers import wording
from cards.answers.dates import told_day
from cards.answers.joining import joined
from cards.answers.opening import soonest_first
from cards.channels.web.places import Place, place_now
from cards.channels.web.situation import words
from cards.channels.web.situation.facts import Facts
from cards.channels.web.situation.steps import Step, steps_of
from cards.models.rule_data import forecasts, office_days
from cards.situations import Name, Table, chosen
from cards.vocabulary import Action, ApplicationKind, FeeExemption, IssueMethod, OutletKind, Party, Stage

# So many fit on the one sheet; the list of outlets has the rest.
PLACES_SHOWN = 3


@dataclass(frozen=True)
class Side:
    """One of the two ledgers of the card, as the component shows it."""

    kind: str
    title: Any
    lines: list[Any]


@dataclass(frozen=True)
class Ending:
    """What the page shows, in the reader's language."""

    title: Any
    refusals: list[str]
    steps: list[Step]
    notes: list[str]
    bring: list[Any]
    not_to_bring: tuple[Any, ...]
    also: list[str]
    how_long: list[str]
    fee: list[str]
    meanwhile: list[Any]
    sides: list[Side]
    places: list[Place]
    only_own_bank: bool
    more_places: str
    guides: list[tuple[str, Any]]


def ending_of(table: Table, facts: Facts) -> Ending:
    """Put the page together."""
    language = 0 if (get_language() or "").startswith("zh") else 1
    return Ending(
        title=_title(facts),
        refusals=_refusals(facts),
        steps=steps_of(facts, chosen(table.steps, facts.answers)),
        notes=[texts[language] for texts in chosen(table.notes, facts.answers)],
        bring=_bring(facts),
        # What shows the right name may be any paper, so only what goes beyond it may not be asked for.
        not_to_bring=words.NOT_TO_BRING[-1:] if Action.AMEND in facts.acts else words.NOT_TO_BRING,
        also=_also(facts),
        how_long=_how_long(facts),
        fee=_fee(facts),
        meanwhile=_meanwhile(facts),
        sides=_sides(facts),
        places=_places(facts) if _somebody_goes(facts) else [],
        only_own_bank=Action.REPLACE in facts.acts,
        more_places=_more_places(facts),
        guides=[
            (reverse("guide", args=[slug]), words.GUIDES[slug])
            for slug in dict.fromkeys(chosen(table.guides, facts.answers))
        ],
    )


def _somebody_goes(facts: Facts) -> bool:
    """Where nothing was reported, nobody need go anywhere."""
    return facts.outcome.name != Name.NOTHING_REPORTED and not (facts.outcome.name == Name.CANCEL and facts.has_lapsed)


def _places(facts: Facts) -> list[Place]:
    """Those that are open first, then by when they open."""
    return [place_now(outlet, facts.now) for outlet in soonest_first(facts.outlets(), facts.now)[:PLACES_SHOWN]]


def _title(facts: Facts) -> Any:
    name = facts.outcome.name
    if facts.acts and facts.acts != facts.outcome.acts:
        return words.TITLES_STOPPED[Name.REPLACE if facts.maybe_financial else Name.APPLY]
    if name == Name.CANCEL and facts.has_lapsed:
        return words.TITLES[Name.NOTHING_REPORTED]
    return words.TITLES_STOPPED.get(name, words.TITLES[name]) if facts.is_stopped else words.TITLES[name]


def _refusals(facts: Facts) -> list[str]:
    """Why who was chosen cannot do it, and who can."""
    refused = [action for action in facts.acts if not facts.may(action)]
    if not refused:
        return []
    if Action.CANCEL_REPORT in refused and not facts.book.cancelled_also_by:
        return [errors.HolderMustComeInPerson().sentence]
    if facts.party == Party.GUARDIAN and not facts.book.guardian_below_age:
        return [errors.NotForThisParty().sentence]
    if Action.AMEND in refused and facts.party == Party.AGENT:
        return [_("An agent cannot have a name or a number corrected: the cardholder comes in person.")]
    between = pgettext("between items of a list", ", ")
    able = between.join(str(one.label) for one in Party if one in facts.parties(refused[0]))
    return [joined(errors.NotForThisParty().sentence, _("Who may come: %(parties)s.") % {"parties": able})]


def _bring(facts: Facts) -> list[Any]:
    needed = {evidence for action in facts.acts for evidence in facts.needed(action)}
    things = [told for evidence, told in words.BRINGS.items() if evidence in needed]
    if facts.kind == ApplicationKind.EXCHANGE:
        things.append(_("the card to be exchanged"))
    return things


def _also(facts: Facts) -> list[str]:
    """What to mind about who comes: the ages of the rules in force."""
    if not facts.acts:
        return []
    told = []
    if any(facts.comes_for(action) == Party.AGENT for action in facts.acts):
        told.append(errors.AgentTooYoung(age=facts.book.agent_minimum_age).sentence)
    if facts.for_child and any(facts.comes_for(action) == Party.GUARDIAN for action in facts.acts):
        told.append(errors.GuardianTooYoung(age=facts.book.agent_minimum_age).sentence)
    if _child_needs_guardian(facts):
        told.append(errors.GuardianNeeded(age=facts.book.guardian_below_age).sentence)
    return told


def _child_needs_guardian(facts: Facts) -> bool:
    """Whether the guardian would have to come, were the cardholder a child; said where nobody said so."""
    if facts.for_child or not facts.book.guardian_below_age:
        return False
    child = facts.book.guardian_below_age - 1
    return any(Party.GUARDIAN in facts.book.parties_for(action, child) for action in facts.acts)


def _how_long(facts: Facts) -> list[str]:
    if facts.kind is None:
        return [_("It is done while you wait.")] if facts.acts else []
    lines = [_("If it is accepted today:")]
    known = forecasts().get((facts.kind, IssueMethod.FACTORY, Stage.ACCEPTED))
    if known is not None:
        told = {"half": _ready(facts, known.half_days), "most": _ready(facts, known.most_days)}
        lines.append(str(wording.ESTIMATE) % told)
    else:
        days = facts.book.standard_to_ready(facts.kind, IssueMethod.FACTORY, Stage.ACCEPTED)
        lines.append(str(wording.STANDARD) % {"most": _ready(facts, days)})
    told_in_one = [joined(*lines)]
    if any(outlet.instant_issue for outlet in facts.outlets()):
        told_in_one.append(_("Some outlets make the card at once, in about half an hour."))
    return told_in_one


def _ready(facts: Facts, working_days: int) -> str:
    return told_day(calendar.add_working_days(facts.today, working_days, office_days()))


def _fee(facts: Facts) -> list[str]:
    if facts.kind is None:
        return [_("It costs nothing.")] if facts.acts else []
    fee = facts.book.fee(facts.kind, "")
    if not fee:
        return [_("It costs nothing.")]
    lines = [_("The card costs %(fee)s yuan; the report costs nothing.") % {"fee": fee}]
    if facts.kind == ApplicationKind.EXCHANGE:
        lines = [_("The card costs %(fee)s yuan.") % {"fee": fee}]
    if facts.outcome.name == Name.FIND_OUT:
        lines = [_("A replacement costs %(fee)s yuan; the report costs nothing.") % {"fee": fee}]
    grounds = [FeeExemption(one) for one in facts.book.fee_exemptions if one != FeeExemption.FIRST_ISSUE]
    if grounds:
        between = pgettext("between items of a list", ", ")
        told = between.join(str(one.label) for one in grounds)
        lines.append(_("No fee is taken for: %(grounds)s.") % {"grounds": told})
    return lines


def _meanwhile(facts: Facts) -> list[Any]:
    if facts.kind is None and facts.outcome.name != Name.TOO_LATE:
        return []
    if facts.kind == ApplicationKind.EXCHANGE:
        return [_("The old card stays valid until the new one is handed over.")]
    return [wording.MEANWHILE]


def _sides(facts: Facts) -> list[Side]:
    """The two ledgers, once the steps are done."""
    if facts.kind not in (ApplicationKind.REPLACEMENT, ApplicationKind.FIRST):
        return []
    sides = [Side("stopped", _("Social security function: stopped"), [_("from the moment of the report")])]
    if facts.maybe_financial:
        at_bank = facts.kind_of_place == OutletKind.BANK_OUTLET
        line = _("by your call, or at the window of its own bank") if at_bank else _("only by your call to the bank")
        sides.append(Side("unknown", _("Bank account function: stopped by the bank"), [line]))
    return sides


def _more_places(facts: Facts) -> str:
    """The list of outlets with the same conditions."""
    does = "replaces" if Action.REPLACE in facts.acts else "applications" if Action.ACCEPT in facts.acts else ""
    kinds = {outlet.kind for outlet in facts.outlets()}
    chosen_kind = facts.kind_of_place if kinds == {facts.kind_of_place} else ""
    query = "&".join(f"{name}={value}" for name, value in (("does", does), ("kind", chosen_kind)) if value)
    return reverse("outlets") + (f"?{query}" if query else "")
