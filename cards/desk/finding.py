"""Finding a person by what was typed or scanned: ID number, card number, or the number of a paper."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import enquiry, paper_signature
from cards import id_number as id_numbers
from cards.actors import Actor
from cards.errors import CardNumberInvalid
from cards.id_number import IdNumberProblem
from cards.models import Cardholder, CardNumberIndex, PaperNumber
from cards.paper_number import PaperNumberMalformed, PaperTextMalformed
from cards.services.card_numbers import clean_card_number
from cards.vocabulary import PaperKind

_NO_PERSON = _("Nobody is on record under this ID number.")
_NO_PAPER = _("No receipt, certificate or answer of ours has this number. Compare it with the paper.")
_NO_CARD = _("No card on record has this number. Try the ID number.")
_EMPTY = _("Enter an ID number, a card number, or the number of a receipt, certificate or answer.")
_NOTHING_LIKE_IT = _(
    "This is neither an ID number (18 characters) nor the number of a paper (12 digits) "
    "nor a card number (9 to 19 characters)."
)


@dataclass(frozen=True)
class Found:
    """The person, or a sentence why there is none; `unknown_id_number` is a valid number nobody is on record under.

    `by` says what was given: `id_number`, `card`, `paper` or `answer`; `paper` is the number of the paper.
    """

    holder: Cardholder | None = None
    sentence: Any = ""
    unknown_id_number: str = ""
    by: str = "id_number"
    paper: str = ""

    @property
    def by_answer(self) -> bool:
        """Whether an answer number was given: what was told then is wanted first."""
        return self.by == "answer"

    @property
    def subject(self) -> str:
        """What is counted when a caller is verified: the person, or the digest of a number not on record."""
        return f"holder:{self.holder.pk}" if self.holder else enquiry.subject_of(self.unknown_id_number)


def find(text: str, *, actor: Actor) -> Found:
    """Recognise what was typed, look it up, and leave an access record."""
    problem: IdNumberProblem | None = None
    try:
        number = id_numbers.check(text)
    except IdNumberProblem as wrong:
        if wrong.part == "empty":
            return Found(sentence=_EMPTY)
        problem = wrong
    else:
        holder = enquiry.staff_find(number, actor=actor)
        return Found(holder) if holder else Found(sentence=_NO_PERSON, unknown_id_number=number)
    return _find_otherwise(text, problem, actor)


def _find_otherwise(text: str, problem: IdNumberProblem, actor: Actor) -> Found:
    """Not an ID number: a paper, a card, or a slip of the fingers."""
    paper, paper_problem = _paper_number(text)
    card = _card_number(text)
    known = None
    if paper:
        known = PaperNumber.objects.on_record(timezone.now()).filter(number=paper).select_related("holder").first()
    holder = known.holder if known else None
    if holder is None and card:
        entry = CardNumberIndex.objects.entry(card)
        holder = entry.holder if entry else None
    if paper or card:
        enquiry.record_staff_look(holder, paper or card, actor=actor)
    if holder is not None:
        return Found(holder, by=_kind_of(known), paper=paper if known else "")
    if _looks_like_an_id_number(text):
        return Found(sentence=problem.message)
    if paper:
        return Found(sentence=_NO_PAPER)
    if paper_problem == "check":
        return Found(sentence=PaperNumberMalformed("check").message)
    return Found(sentence=_NO_CARD if card else _NOTHING_LIKE_IT)


def _kind_of(known: PaperNumber | None) -> str:
    """What was given, for a person who was found by something else than the ID number."""
    if known is None:
        return "card"
    return "answer" if known.kind == PaperKind.ANSWER else "paper"


def _paper_number(text: str) -> tuple[str, str]:
    """The number of a paper, typed or scanned, or what keeps it from being one."""
    try:
        return paper_signature.number_on(text), ""
    except PaperTextMalformed as wrong:
        return "", wrong.reason


def _card_number(text: str) -> str:
    try:
        return clean_card_number(text)
    except CardNumberInvalid:
        return ""


def _looks_like_an_id_number(text: str) -> bool:
    """Whether somebody who typed this meant an ID number: about as long, and digits in all places but the last."""
    try:
        number = id_numbers.clean(text)
    except IdNumberProblem:
        return False
    return len(number) in (15, 17, 18, 19) and number[:14].isdigit()


def paper_of(holder: Cardholder, number: str) -> PaperNumber | None:
    """A paper of this person by its number."""
    return PaperNumber.objects.of(holder).on_record(timezone.now()).filter(number=number).first()
