"""Is a paper ours? Says kind, day and whether it is in force, and nothing of the person; counted like a look-up."""

import time
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cards import limits, paper_signature
from cards.enquiry import HOUR, MINUTE, AskedTooOften, in_hall
from cards.models import Notice, PaperNumber
from cards.paper_number import check_paper_number
from cards.paper_signature import PaperDigitsWrong
from cards.rules import CHINA
from cards.vocabulary import LossStatus, PaperKind


@dataclass(frozen=True)
class Verdict:
    """What is said of a paper: nothing of ours, or its kind and day, and whether it is in force."""

    ours: bool
    kind: int = 0
    day: date | None = None
    in_force: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Shown:
    """What somebody read off a paper: its number, and what its signature says where the code was scanned."""

    number: str
    signed: paper_signature.SignedPaper | None = None
    forged: str = ""


def read(text: str) -> Shown:
    """Read a typed number or the scanned digits; raise `PaperTextMalformed` where it can be neither."""
    try:
        paper_signature.clean_digits(text)
    except PaperDigitsWrong as wrong:
        if wrong.reason == "length" and _many_digits(text):
            raise
        return Shown(check_paper_number(text))
    try:
        signed = paper_signature.verify(text, paper_signature.public_keys())
    except PaperDigitsWrong as wrong:
        return Shown("", forged=str(wrong.message))
    return Shown(signed.number, signed)


def _many_digits(text: str) -> bool:
    """Whether this was a scan that broke off, and no typed number."""
    return sum(character.isdigit() for character in text) > 2 * paper_signature.HEAD


def verify(shown: Shown, *, network: str) -> Verdict:
    """Say whether a paper is ours; raise `AskedTooOften` where the network has to wait."""
    with transaction.atomic():
        paper = PaperNumber.objects.on_record(timezone.now()).filter(number=shown.number).first()
        verdict = _judge(shown, paper)
        _count(network, missed=not verdict.ours)
    return verdict


def _judge(shown: Shown, paper: PaperNumber | None) -> Verdict:
    if shown.forged:
        return Verdict(False, reason=shown.forged)
    signed = shown.signed
    if paper is None:
        # Genuine, but no longer on record: an answer whose time has run out.
        return Verdict(True, signed.kind, signed.day) if signed else Verdict(False)
    if paper.kind == PaperKind.MESSAGE:
        return _judge_message(paper)
    day = paper.made_at.astimezone(CHINA).date()
    if signed and signed.day != day:
        return Verdict(False)
    return Verdict(True, paper.kind, day, _in_force(paper))


def _judge_message(paper: PaperNumber) -> Verdict:
    """A message is ours once it left, and of the day it left: it may have waited for the morning.

    One whose outcome is not known may have arrived; a number that never left can be in nobody's hands.
    """
    notice = Notice.objects.filter(paper=paper).only("sent_at", "begun_at").first()
    left = (notice.sent_at or notice.begun_at) if notice else None
    return Verdict(True, paper.kind, left.astimezone(CHINA).date()) if left else Verdict(False)


def _in_force(paper: PaperNumber) -> bool:
    """Whether the paper still stands; the receipt of a loss report stands as long as the report itself."""
    if paper.kind == PaperKind.LOSS_RECEIPT:
        return paper.in_force and paper.loss_report.status_at(timezone.now()) == LossStatus.STANDING
    return paper.in_force


def _count(network: str, *, missed: bool) -> None:
    """Numbers could be scanned: count every try of a network, and its misses apart."""
    now = time.time()
    hall = in_hall(network, tuple(settings.LIMIT_HALL_NETWORKS))
    tries = limits.Bucket(
        limits.key("verify", network),
        MINUTE,
        limit=None if hall else settings.LIMIT_NETWORK_TRIES_PER_MINUTE,
        wait=2.0,
    )
    misses = limits.Bucket(
        limits.key("verify-misses", network),
        HOUR,
        adds=int(missed),
        limit=None if hall else settings.LIMIT_NETWORK_SUBJECTS_PER_HOUR,
        wait=2.0,
    )
    opens = max(count.open_again_at(now) for count in limits.count([tries, misses], now))
    if opens:
        raise AskedTooOften(opens)
