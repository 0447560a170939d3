"""The rows of an export: what the office needs to chase cases, with names and numbers masked and nothing else sealed.

Masked means: the family name alone, the ID number without its middle, the last four digits of receipt and card.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cards import id_number as id_numbers
from cards.models import Application, Cardholder, Export, LossReport
from cards.names import mask_name
from cards.office_vocabulary import ExportContent
from cards.rules import CHINA
from cards.staff_errors import ExportTooLarge

# A file that one person can work through; a list of everybody is no work of the office.
LARGEST = 20_000


@dataclass(frozen=True)
class Listing:
    """A list ready to be written: headings, rows of texts, and whose rows they are."""

    headings: list[str]
    rows: list[list[str]]
    holders: list[uuid.UUID]


def rows_of(export: Export) -> QuerySet:
    """The cases an export lists, as they are now."""
    if export.content == ExportContent.REPORTS:
        return LossReport.objects.standing(timezone.now()).order_by("made_at", "pk")
    rows = Application.objects.open()
    if export.stage:
        rows = rows.filter(stage=export.stage)
    if export.outlet_id:
        rows = rows.filter(delivery_outlet=export.outlet_id)
    return rows.order_by("stage_since", "pk")


def size_of(export: Export) -> int:
    """How many rows it has, counted no further than one file may have."""
    return rows_of(export).order_by()[: LARGEST + 1].count()


def listing_of(export: Export) -> Listing:
    """Read and mask every row; refused where the list is too long for one file."""
    size = size_of(export)
    if size > LARGEST:
        raise ExportTooLarge(rows=f"{LARGEST}+", most=LARGEST)
    if export.content == ExportContent.REPORTS:
        return _reports(rows_of(export))
    return _applications(rows_of(export))


def _person(holder: Cardholder) -> list[str]:
    return [mask_name(holder.name), id_numbers.mask(holder.id_number)]


def _tail(number: str) -> str:
    return f"…{number[-4:]}"


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}" if moment else ""


def _applications(rows: QuerySet) -> Listing:
    headings = [
        _("Receipt"),
        _("Name, masked"),
        _("ID number, masked"),
        _("Kind"),
        _("Card type"),
        _("Stage"),
        _("Since"),
        _("Clock stopped"),
        _("Bank"),
        _("To be collected at"),
        _("Accepted on"),
        _("Collect by"),
    ]
    listing = Listing(headings, [], [])
    for row in _read(rows.select_related("holder", "bank", "delivery_outlet")):
        listing.holders.append(row.holder_id)
        listing.rows.append(
            [
                _tail(row.receipt_id),
                *_person(row.holder),
                str(row.get_kind_display()),
                str(row.get_card_type_display()),
                str(row.get_stage_display()),
                _moment(row.stage_since),
                str(row.get_stop_display()) if row.stop else "",
                row.bank.told("name") if row.bank else "",
                row.delivery_outlet.told("name"),
                _moment(row.accepted_at),
                f"{row.collect_by}" if row.collect_by else "",
            ]
        )
    return listing


def _reports(rows: QuerySet) -> Listing:
    headings = [
        _("Receipt"),
        _("Name, masked"),
        _("ID number, masked"),
        _("Card type"),
        _("Card number"),
        _("Form"),
        _("Made at"),
        _("Lapses at"),
        _("Channel"),
    ]
    listing = Listing(headings, [], [])
    for row in _read(rows.select_related("holder", "card")):
        listing.holders.append(row.holder_id)
        listing.rows.append(
            [
                _tail(row.receipt_id),
                *_person(row.holder),
                str(row.card.get_card_type_display()),
                _tail(row.card.card_number),
                str(row.get_form_display()),
                _moment(row.made_at),
                _moment(row.lapses_at),
                str(row.get_channel_display()),
            ]
        )
    return listing


def _read(rows: QuerySet) -> Iterator:
    return rows.iterator(chunk_size=1000)
