"""What is said to a message in the chat: cleaned, one function called, and its answer in the words of `answers`.

Nothing is remembered of a conversation: each message says all that is needed to answer it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise

from cards import case_reading, enquiry, services
from cards.actors import Actor, Proof
from cards.answers import CaseAnswer, answer_case, answer_report, chat, told_refusal, wording
from cards.answers.dates import told_day, told_deadline
from cards.answers.joining import as_sentence, joined
from cards.answers.opening import hotline_state
from cards.case_file import Opening
from cards.channels.wechat import losing
from cards.channels.wechat.places import told_outlets
from cards.channels.wechat.protocol import Message
from cards.channels.wechat.words import Meaning, Said, of_menu, understood
from cards.errors import Refusal
from cards.hours import told_state
from cards.models import WechatBinding
from cards.models.rule_data import book_on, office_days
from cards.notice_vocabulary import BindingEnd
from cards.paper_number import spaced_paper_number
from cards.rules import china_day
from cards.vocabulary import AccessOutcome, AccessPurpose, Channel, Evidence, LossForm, Party

FOLLOWER = Actor(Party.HOLDER, Channel.WECHAT)
BOUND = Proof(frozenset({Evidence.BOUND_ACCOUNT}))
# Sentences, to be put one under another.
Lines: TypeAlias = "Sequence[str | Promise]"
# The platform shows 2,048 bytes of a text; what is left over is for the line that says there is more.
MOST_BYTES = 1900


@dataclass(frozen=True)
class Turn:
    """One message under way: from which account, what it asks for, and whose account it is where it is bound."""

    open_id: str
    said: Said
    binding: WechatBinding | None
    now: datetime


def answer(message: Message) -> str:
    """What is said to a message; nothing where nothing is to be said."""
    now = timezone.now()
    binding = WechatBinding.objects.of_account(message.open_id, now)
    if message.kind == "event/unsubscribe":
        if binding is not None:
            services.end_binding(binding.holder, BindingEnd.UNSUBSCRIBED, actor=FOLLOWER)
        return ""
    said = _said(message)
    if said is None:
        return ""
    standing = binding.language if binding else settings.DEFAULT_LANGUAGE
    with translation.override(said.language or standing):
        try:
            lines = _ANSWERS[said.meaning](Turn(message.open_id, said, binding, now))
        except Refusal as refused:
            lines = [told_refusal(refused)]
        return _fitting([str(line) for line in lines if line])


def _said(message: Message) -> Said | None:
    """What a message means; None for the events that ask for nothing."""
    if message.kind == "text":
        return understood(message.fields.get("Content", ""))
    if message.kind == "event/subscribe":
        return Said(Meaning.HELP)
    if message.kind == "event/click":
        return of_menu(message.fields.get("EventKey", ""))
    # A picture, a voice or a place was sent by a person who waits for an answer; other events by nobody.
    return None if message.kind.startswith("event/") else Said(Meaning.UNKNOWN)


def _fitting(lines: list[str]) -> str:
    """The lines one under another, as many as the platform shows."""
    told = ""
    for line in lines:
        longer = f"{told}\n\n{line}" if told else line
        if len(longer.encode()) > MOST_BYTES:
            return f"{told}\n\n{chat.MORE_ELSEWHERE}" if told else str(chat.MORE_ELSEWHERE)
        told = longer
    return told


def _strict() -> bool:
    return settings.ENQUIRY_POLICY != "number"


def _asker(turn: Turn) -> str:
    """By whom wrong numbers and codes are counted."""
    return f"wechat:{turn.open_id}"


def _how_to_ask() -> Lines:
    return [joined(str(chat.ASK_FOR_RECEIPT[_strict()]), str(chat.NO_ID_NUMBERS))]


def _help(_turn: Turn) -> Lines:
    return [*_how_to_ask(), chat.HELP]


def _unknown(turn: Turn) -> Lines:
    return [chat.NOT_UNDERSTOOD, *_help(turn)]


def _id_number(_turn: Turn) -> Lines:
    return [chat.ID_NUMBER_SENT, chat.ASK_FOR_RECEIPT[_strict()], chat.INSTEAD]


def _malformed(turn: Turn) -> Lines:
    return [turn.said.problem.message if turn.said.problem else "", *_how_to_ask()]


def _progress(turn: Turn) -> Lines:
    """All cards of whoever bound the account; others are asked for a number."""
    if turn.binding is None:
        return _how_to_ask()
    holder = turn.binding.holder
    found, purpose = AccessOutcome.FOUND, AccessPurpose.BOUND_ENQUIRY
    enquiry.record_look(holder.pk, "", found, purpose, FOLLOWER)
    case = answer_case(case_reading.read_present(holder, turn.now), Opening(found, holder.pk))
    return _told(case) or [chat.NOTHING_ON_RECORD]


def _told(case: CaseAnswer) -> Lines:
    """Every matter of a case; what stops a card comes first, as everywhere."""
    warning = case.warning
    rest = [card.wechat for card in case.cards if card is not warning]
    return [*([warning.wechat] if warning else []), *(one.wechat for one in case.applications), *rest]


def _number(turn: Turn) -> Lines:
    """The case of one paper, as far as the policy in force and the query code open it."""
    said = turn.said
    opening = enquiry.look_up_paper(said.number, said.code, asker=_asker(turn), actor=FOLLOWER)
    if opening.outcome == AccessOutcome.LATER:
        return [chat.CLOSED_TODAY]
    if opening.outcome == AccessOutcome.NONE:
        return [joined(str(chat.NONE_FOUND[_strict()]), str(chat.COMPARE))]
    case = answer_case(case_reading.read_case_of_paper(opening, said.number), opening)
    if opening.paper:
        return [*_told(case), case.meanwhile]
    hint = chat.CODE_DOES_NOT_FIT if opening.code_missed else chat.WITH_CODE
    return [*_told(case), hint] if case.applications else [chat.ONLY_WITH_CODE]


def _bind(turn: Turn) -> Lines:
    if turn.binding is None:
        return [chat.BIND_HOW]
    return [str(chat.BOUND_UNTIL) % {"day": told_day(turn.binding.until)}]


def _unbind(turn: Turn) -> Lines:
    if turn.binding is None:
        return [chat.NOT_BOUND]
    services.end_binding(turn.binding.holder, BindingEnd.CHAT, actor=FOLLOWER)
    return [chat.UNBOUND]


def _binding_code(turn: Turn) -> Lines:
    """A code that was shown on the website; wrong ones count like wrong numbers."""
    if enquiry.count_miss(_asker(turn), 0):
        return [chat.CLOSED_TODAY]
    if services.claim_binding(turn.said.number, turn.open_id) is None:
        enquiry.count_miss(_asker(turn))
        return [chat.CODE_UNKNOWN]
    return [chat.CODE_ARRIVED]


def _lost(turn: Turn) -> Lines:
    """Each card that can be reported lost, with what follows and the words that do it."""
    if turn.binding is None:
        return [chat.LOSS_ELSEWHERE, *_person(turn)]
    enquiry.record_look(turn.binding.holder_id, "", AccessOutcome.FOUND, AccessPurpose.BOUND_ENQUIRY, FOLLOWER)
    offered = losing.offered(turn.binding, turn.now)
    if not offered:
        return [chat.LOSS_NONE, *_progress(turn)]
    until = book_on(china_day(turn.now)).lapse_moment(turn.now, office_days())
    consequence = str(wording.REPORT_CONSEQUENCE) % {"until": told_deadline(until)}
    asked = [joined(as_sentence(card.title), str(chat.LOSS_CONFIRM) % {"code": code}) for card, code in offered]
    return [*asked, joined(consequence, str(wording.REPORT_TAKEN_BACK))]


def _confirm_loss(turn: Turn) -> Lines:
    """The report itself: in force at once, by the same service as at every door."""
    if turn.binding is None:
        return [chat.LOSS_ELSEWHERE, *_person(turn)]
    meant = losing.meant_by(turn.said.number, turn.binding, turn.now)
    if meant is None:
        return [chat.LOSS_STALE]
    report = services.report_loss(meant.card, form=LossForm.ORAL, actor=FOLLOWER, evidence=BOUND)
    bank = meant.card.bank
    told = answer_report(report, timezone.now())
    return [
        told.wechat,
        joined(str(chat.LOSS_NUMBER) % {"number": spaced_paper_number(report.receipt_id)}, told.next),
        str(chat.CALL_THE_BANK) % {"bank": bank.told("name"), "phone": bank.hotline} if bank else "",
    ]


def _person(turn: Turn) -> Lines:
    return [joined(str(chat.ASK_A_PERSON), as_sentence(told_state(hotline_state(turn.now), turn.now)))]


def _outlets(turn: Turn) -> Lines:
    return [*told_outlets(turn.now), chat.ALL_OUTLETS]


_ANSWERS: dict[Meaning, Callable[[Turn], Lines]] = {
    Meaning.HELP: _help,
    Meaning.PROGRESS: _progress,
    Meaning.LOST: _lost,
    Meaning.OUTLETS: _outlets,
    Meaning.PERSON: _person,
    Meaning.BIND: _bind,
    Meaning.UNBIND: _unbind,
    Meaning.ID_NUMBER: _id_number,
    Meaning.NUMBER: _number,
    Meaning.MALFORMED: _malformed,
    Meaning.BINDING_CODE: _binding_code,
    Meaning.CONFIRM_LOSS: _confirm_loss,
    Meaning.UNKNOWN: _unknown,
}
