"""Reading the present state of a person's record: what a paper opens, or everything for staff; nothing is written."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from cards.case_file import Access, CaseFile, Opening
from cards.models import AccessRecord, Application, Card, Cardholder, LossReport, Override, PaperNumber
from cards.models.outlets import put_in_place
from cards.models.prepared import OfHolder
from cards.vocabulary import AccessOutcome, AccessPurpose, SocialStatus
from cards.workflow import OPEN

SHOWN_AFTER_END = timedelta(days=90)
# The newest stand with the answer; whoever wants to know more reads all of them on a page of their own.
LOOKS_SHOWN = 5
MOST_LOOKS = 500


_applications_in_outline = OfHolder(lambda holder: Application.objects.of(holder).in_outline())
_applications_with_papers = OfHolder(lambda holder: Application.objects.of(holder).with_papers())
_all_cards = OfHolder(lambda holder: Card.objects.of(holder))
_reports_with_receipt = OfHolder(lambda holder: LossReport.objects.of(holder).select_related("receipt"))
_last_looks = OfHolder(
    lambda holder: _looks_at(
        holder, Exists(Override.objects.filter(holder=holder, used_at__isnull=False)), most=LOOKS_SHOWN + 1
    )
)


def _looks_at(holder_id: uuid.UUID, *more: Exists, most: int) -> QuerySet[AccessRecord, Any]:
    """The newest looks at a record, each as the fields of an Access and what else is asked for."""
    return (
        AccessRecord.objects.told_of(holder_id)
        # Who failed the identity questions saw nothing, but that somebody tried is the person's to know.
        .filter(Q(outcome=AccessOutcome.FOUND) | Q(purpose=AccessPurpose.IDENTITY_CHECK))
        .newest_first()
        .values_list("at", "purpose", "channel", "outcome", *more)[:most]
    )


def read_case(opening: Opening, now: datetime | None = None) -> CaseFile:
    """Read the present state behind an opening; one statement for an outline, at most four for the full level."""
    now = now or timezone.now()
    # A person has a handful of applications: they are chosen and sorted here, not by the database.
    holder = opening.holder_id
    rows = _with_places(_applications_with_papers(holder)) if opening.paper else _applications_in_outline(holder)
    shown = [row for row in rows if _is_shown(row, now) or _is_opened(row, opening)]
    case = CaseFile(now, sorted(shown, key=lambda row: (row.accepted_at, row.pk), reverse=True))
    if opening.paper:
        _open_in_full(case, opening)
    return case


def read_case_of_paper(opening: Opening, number: str) -> CaseFile:
    """What a number on paper opened, and nothing else of the person: the case of that paper."""
    case = read_case(opening)
    if opening.paper:
        case.applications = [row for row in case.applications if row.pk in case.opened]
    else:
        mine = set(Application.objects.of(opening.holder_id).of_paper(number).values_list("pk", flat=True))
        case.applications = [row for row in case.applications if row.pk in mine]
    return case


def read_looks(opening: Opening) -> list[Access]:
    """The looks at a record, newest first, for whoever opened it in full; nothing for anybody else."""
    if not read_case(opening).opened:
        return []
    return [Access(*row) for row in _looks_at(opening.holder_id, most=MOST_LOOKS)]


def _with_places(applications: Iterable[Application]) -> list[Application]:
    rows = list(applications)
    for row in rows:
        put_in_place(row, "delivery_outlet", "accepted_outlet", "bank")
    return rows


def _cards_of(holder_id: uuid.UUID) -> list[Card]:
    cards = sorted(_all_cards(holder_id), key=_issued, reverse=True)
    for card in cards:
        put_in_place(card, "bank")
    return cards


def _is_shown(application: Application, now: datetime) -> bool:
    """Open applications, and for a while those that ended."""
    return application.stage in OPEN or application.stage_since >= now - SHOWN_AFTER_END


def read_present(holder: Cardholder, now: datetime, *, full: bool = True) -> CaseFile:
    """What is told about a person now: what is open or ended lately, and the cards that are valid or in it."""
    case = read_everything(holder, now)
    case.applications = [row for row in case.applications if _is_shown(row, now)]
    if not full:
        return CaseFile(now, case.applications)
    replaced = {row.replaced_card_id for row in case.applications}
    case.cards = [row for row in case.cards if row.social_status != SocialStatus.CANCELLED or row.pk in replaced]
    return case


def read_everything(holder: Cardholder, now: datetime | None = None) -> CaseFile:
    """The whole record for staff, every part in full."""
    now = now or timezone.now()
    case = CaseFile(
        now,
        _with_places(Application.objects.of(holder).with_papers().newest_first()),
        _cards_of(holder.pk),
        list(LossReport.objects.of(holder).select_related("receipt", "cancellation__receipt").newest_first()),
    )
    case.opened = {row.pk for row in (*case.applications, *case.cards, *case.reports)}
    return case


def _open_in_full(case: CaseFile, opening: Opening) -> None:
    """Add what the paper opens: its case, the cards of that case, and who looked at the record."""
    cards = _cards_of(opening.holder_id)
    # A report is about a card, and most who wait for their first one have none.
    reports = sorted(_reports_with_receipt(opening.holder_id), key=_made, reverse=True) if cards else []
    card_ids: set[uuid.UUID | None] = set()
    for application in case.applications:
        if _is_opened(application, opening):
            case.opened.add(application.pk)
            card_ids |= {application.replaced_card_id, application.card_id}
    for report in reports:
        if _is_this(report.receipt, opening):
            card_ids.add(report.card_id)
    if not case.opened and not card_ids:
        case.paper_void = True
        return
    case.cards = [card for card in cards if card.pk in card_ids]
    case.reports = [report for report in reports if report.card_id in card_ids]
    case.opened |= {row.pk for row in (*case.cards, *case.reports)}
    looks = [(Access(*row[:4]), row[4]) for row in _last_looks(opening.holder_id)]
    case.accesses = [access for access, _excepted in looks[:LOOKS_SHOWN]]
    case.more_looks = len(looks) > LOOKS_SHOWN
    # Hardly anybody has an exception to read, and the looks, of which this one is the newest, say who has.
    if not looks or any(excepted for _access, excepted in looks):
        used = Override.objects.of(opening.holder_id).filter(used_at__isnull=False).order_by("used_at")
        case.exceptions = [override for override in used if _about(override) in case.opened]


def _about(override: Override) -> uuid.UUID:
    """The key of the case, card or report for which an exception was used."""
    return uuid.UUID(override.about.partition(":")[2])


def _is_opened(application: Application, opening: Opening) -> bool:
    """Whether a paper of this case was shown: it opens the case however long ago that ended."""
    return bool(opening.paper) and any(_is_this(paper, opening) for paper in _papers_of(application))


def _issued(card: Card) -> tuple[datetime, uuid.UUID]:
    return card.issued_at, card.pk


def _made(report: LossReport) -> tuple[datetime, uuid.UUID]:
    return report.made_at, report.pk


def _papers_of(application: Application) -> list[PaperNumber]:
    certificate = getattr(application, "certificate", None)
    return [application.receipt, certificate.paper] if certificate else [application.receipt]


def _is_this(paper: PaperNumber, opening: Opening) -> bool:
    """Whether this is the paper that was shown, still in force and of the same issue."""
    return paper.number == opening.paper and paper.in_force and paper.issue == opening.issue
