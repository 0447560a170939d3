"""The steps of the last page: each building block words itself by the situation and the rules in force."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cards import errors
from cards.answers import wording
from cards.answers.dates import told_day, told_deadline
from cards.channels.web.situation.facts import Facts
from cards.rule_words import days, oral_reports
from cards.situations import Block
from cards.vocabulary import Action, ApplicationKind, LossForm, LossStatus, OutletKind, Party


@dataclass(frozen=True)
class Step:
    """One thing to do: what, the sentences about it, the number to call, where to do it here."""

    title: Any
    lines: tuple[Any, ...] = ()
    call: bool = False
    banks: bool = False
    link: tuple[str, Any] | None = None


def _call_us(facts: Facts) -> Step | None:
    if not facts.may_report_orally:
        return None
    until = str(wording.REPORT_CONSEQUENCE) % {"until": told_deadline(facts.lapses_if_made_now)}
    online = reverse("lost-card-report"), _("Or report it online with your query code")
    possible = facts.parties(Action.REPORT_ORALLY)
    if facts.for_child and Party.GUARDIAN in possible:
        return Step(_("Call us now; you as guardian may, and so may the child"), (until,), call=True, link=online)
    if facts.party not in possible:
        lines = (
            _("An agent cannot make the oral report: the officer asks questions that only the cardholder answers."),
            until,
        )
        return Step(_("The cardholder calls us now"), lines, call=True, link=online)
    return Step(_("Call us now"), (until,), call=True, link=online)


def _call_bank(facts: Facts) -> Step:
    two_sides = _(
        "A financial card has two sides. This report stops the social security function only; the bank account can "
        "still be used until the bank stops it."
    )
    lines = [two_sides]
    if facts.answers["what"] == "stolen":
        lines = [_("The money in the account is with the bank; only the bank can stop it by phone.")]
    if facts.answers["card"] not in ("financial_blue", "financial_preferential_blue"):
        lines.insert(0, _("If the card bears the name of a bank, it has a bank account."))
    if not facts.may(Action.REPORT_ORALLY) and facts.party == Party.AGENT:
        lines.append(_("The cardholder makes this call too: the account is the cardholder's."))
    title = _("Call the bank first") if facts.answers["what"] == "stolen" else _("Call the bank as well")
    return Step(title, tuple(lines), banks=True)


def _police(facts: Facts) -> Step:
    return Step(
        _("Tell the police on 110"), (_("You need no police report for the loss report or for the new card."),)
    )


def _lapse(facts: Facts) -> Any:
    """When the oral report lapses, counted from the day the person named; without one, how long it holds."""
    if facts.day_needed:
        held = days(facts.book.oral_validity_days, facts.book.oral_validity_in_working_days)
        return _("An oral report holds for %(days)s. Give the day of yours, and we tell you when it lapses.") % {
            "days": held
        }
    told = {"day": told_day(facts.day), "until": told_deadline(facts.lapses_at)}
    return _("Reported on %(day)s, the oral report lapses at %(until)s.") % told


def _ask_day(facts: Facts) -> tuple[str, Any] | None:
    return ("#day", _("Give the day of the report")) if facts.day_needed else None


def _has_lapsed(facts: Facts) -> Any:
    return _("Reported on %(day)s, the oral report lapsed at %(until)s; the card can be used again.") % {
        "day": told_day(facts.day),
        "until": told_deadline(facts.lapses_at),
    }


def _before_it_lapses(facts: Facts) -> Step:
    again, allowed = facts.book.may_report_orally(1), {"reports": oral_reports(facts.book)}
    if facts.has_lapsed:
        next_ = (
            _("Call us at once, so that the card is stopped again. The rules allow %(reports)s.") % allowed
            if again
            else _(
                "Another oral report is not possible: go to a window and report the loss in writing, today if you can."
            )
        )
        return Step(_("The oral report is over"), (_has_lapsed(facts), next_), call=again)
    lines = [_lapse(facts), _("After that a finder could use the card again.")]
    if again:
        lines.append(_("If it lapses before you could go, call us again: the rules allow %(reports)s.") % allowed)
    return Step(_("Go to the window before the oral report lapses"), tuple(lines), link=_ask_day(facts))


def _write(facts: Facts) -> Step:
    lines = [_("It is in force at once and does not lapse. The form is filled in and signed there.")]
    if facts.maybe_financial and facts.kind_of_place == OutletKind.BANK_OUTLET:
        lines.append(_("At an outlet of the card's own bank it stops the bank account at the same time."))
    return Step(_("At the window, report the loss in writing"), tuple(lines))


def _no_way_back(facts: Facts) -> Any:
    return _("From then on the old card is void, and the report can no longer be cancelled.")


def _replace(facts: Facts) -> Step:
    lines = [_no_way_back(facts)]
    if facts.chosen_place_cannot:
        chosen = {"place": OutletKind(facts.kind_of_place).label}
        lines.insert(
            0,
            _(
                "A financial card is replaced at an outlet of its service bank or at the special window, "
                "not here: %(place)s. The places below can do it."
            )
            % chosen,
        )
    lines.append(_("You are given a card certificate: keep it, the new card is collected with it."))
    if facts.answers["reported"] == "written":
        return Step(_("At the window, apply for the new card"), tuple(lines))
    return Step(_("Apply for the new card there at the same time"), tuple(lines))


def _apply(facts: Facts) -> Step:
    return Step(
        _("Apply for a financial blue card there"), (errors.OrdinaryCardNotReplaced.message, _no_way_back(facts))
    )


def _see_which_card(facts: Facts) -> Step:
    lines = (
        _(
            "A financial card is replaced at an outlet of its own bank or at the special window. "
            "For an ordinary card you apply for a financial blue card instead, free of charge."
        ),
    )
    return Step(_("Ask there which card it is, and for the new one"), lines)


def _cancel(facts: Facts) -> Step | None:
    if facts.has_lapsed:
        return None
    if not facts.may_be_cancelled:
        lines: tuple[Any, ...] = (errors.FormalReportIsFinal.message, _("Please have the card replaced at a window."))
        return Step(_("This report can no longer be cancelled"), lines)
    later = _("Only as long as no new card has been applied for; then the card works again at once.")
    if facts.cancels_by_phone and facts.party == Party.HOLDER:
        lines = (_("Read out the number of the card, or come to a window with ID document and card."), later)
        return Step(_("Call us, or come to any window"), lines, call=True)
    comes = facts.comes_for(Action.CANCEL_REPORT)
    titles = {
        Party.HOLDER: _("The cardholder comes to any window with ID document and card"),
        Party.AGENT: _("The agent comes to any window with both ID documents and the card"),
        Party.GUARDIAN: _("The guardian comes to any window with both ID documents and the card"),
    }
    return Step(titles[comes], (later, _("The report cannot be taken back online.")))


def _let_lapse(facts: Facts) -> Step:
    if facts.has_lapsed:
        return Step(_("Nobody need come"), (_has_lapsed(facts),))
    lines = (_lapse(facts), _("Then the card works again by itself."))
    return Step(_("Or wait: nobody need come"), lines, link=_ask_day(facts))


def _release_bank(facts: Facts) -> Step | None:
    if not facts.may_be_cancelled:
        return None
    line = wording.LOSSES[LossForm.ORAL, LossStatus.CANCELLED].next
    return Step(_("Tell the bank"), (line,), banks=True)


def _use_again(facts: Facts) -> Step:
    lines = (
        _("Without a loss report the social security function was never stopped: use the card as before."),
        _("If you are not sure whether somebody reported it, look it up or call us."),
    )
    return Step(_("Use the card as before"), lines, link=(reverse("status"), _("Look it up")))


def _hand_in(facts: Facts) -> Step:
    lines = (errors.ReplacementAlreadyStarted.message, wording.LOSSES[LossForm.WRITTEN, LossStatus.REPLACED].next)
    return Step(_("Hand in the old card at a window"), lines)


def _correct(facts: Facts) -> Step:
    lines = (
        _("If you notice it when collecting the card, do not sign: a card that was made wrongly is made again, free."),
        _("A second member of staff checks the correction; it costs nothing."),
    )
    return Step(_("At the window, have our record corrected"), lines)


def _exchange(facts: Facts) -> Step:
    lines = [_("The old card works until the new one is handed over: keep it, and do not report it lost.")]
    if facts.answers["what"] == "data":
        lines.insert(0, _("When the record is right, apply for the exchange; an agent may do this part."))
    return Step(_("At the window, apply for an exchange"), tuple(lines))


def _ask_bank(facts: Facts) -> Step:
    line = _("Ask the bank what happens to the account and to standing payments.")
    return Step(_("Call the bank before you go"), (line,), banks=True)


def _follow(facts: Facts) -> Step:
    line = _("Keep receipt and certificate: with the query code on them you see every step, by phone the same.")
    return Step(_("See how far the card is"), (line,), link=(reverse("status"), _("Where is my card?")))


def _collect(facts: Facts) -> Step:
    kept = _("It is kept for you for %(days)s from the day it is ready.") % {
        "days": days(facts.book.collection_deadline_days)
    }
    return Step(_("Collect the new card"), (_collected_with(facts), kept))


def _collected_with(facts: Facts) -> Any:
    certificate = facts.kind == ApplicationKind.REPLACEMENT or facts.answers.get("reported") == "replaced"
    if Party.HOLDER not in facts.parties(Action.HAND_OVER):
        if certificate:
            return _(
                "The legal guardian collects the card with: the card certificate, the child's original ID document, "
                "the guardian's own, and proof of guardianship."
            )
        return _(
            "The legal guardian collects the card with: the child's original ID document, the guardian's own, "
            "and proof of guardianship."
        )
    if certificate:
        return _(
            "Collect with: the card certificate and your original ID document. An agent also brings the agent's own."
        )
    return _("Collect with: your original ID document. An agent also brings the agent's own.")


def _activate(facts: Facts) -> Step:
    lines = (wording.TO_ACTIVATE,)
    if facts.kind_of_place == OutletKind.SPECIAL_WINDOW:
        return Step(_("Have the new card activated"), lines)
    return Step(_("If it was replaced at the special window: have it activated"), lines)


BLOCKS: dict[Block, Callable[[Facts], Step | None]] = {
    Block.POLICE: _police,
    Block.CALL_BANK: _call_bank,
    Block.CALL_US: _call_us,
    Block.BEFORE_IT_LAPSES: _before_it_lapses,
    Block.WRITE: _write,
    Block.REPLACE: _replace,
    Block.APPLY: _apply,
    Block.SEE_WHICH_CARD: _see_which_card,
    Block.CANCEL: _cancel,
    Block.LET_LAPSE: _let_lapse,
    Block.RELEASE_BANK: _release_bank,
    Block.USE_AGAIN: _use_again,
    Block.HAND_IN: _hand_in,
    Block.CORRECT: _correct,
    Block.EXCHANGE: _exchange,
    Block.ASK_BANK: _ask_bank,
    Block.FOLLOW: _follow,
    Block.COLLECT: _collect,
    Block.ACTIVATE: _activate,
}


def steps_of(facts: Facts, blocks: list[Block]) -> list[Step]:
    """The steps in order; what the rules leave nothing to say in is left out."""
    built = (BLOCKS[block](facts) for block in blocks)
    return [step for step in built if step is not None]
