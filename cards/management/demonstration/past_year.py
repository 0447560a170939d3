"""A year of finished cards, in bulk: what `/processing-times/` shows has to rest on cases that are there.

A row at a time, with its events, some hundred cases take half a minute; so these are written past the services, as
if taken over from the system before: their applications and cards are whole, their chains in the ledger begin empty.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from cards import forecast, sealing
from cards.management.demonstration.clock import MINUTES_OPEN, WorkingDays
from cards.management.demonstration.life import USUAL, World, stages_of
from cards.models import (
    Application,
    Bank,
    Card,
    Cardholder,
    CardNumberIndex,
    IdNumberIndex,
    Outlet,
    PaperNumber,
)
from cards.models.rule_data import book_on
from cards.paper_number import new_paper_number
from cards.rules import china_day
from cards.vocabulary import (
    ApplicationKind,
    BankStatus,
    CardType,
    IssueMethod,
    PaperKind,
    SocialStatus,
    Stage,
    StopReason,
)

# Just as many a month as a month needs to be shown.
A_MONTH = forecast.CASES_NEEDED + 2
REACH = 320
# Around the Spring Festival the makers rest, and in the autumn a second one began.
SLOWER = {2: 3, 3: 2, 9: -1, 10: -1}


def build(world: World) -> int:
    """Make the cards of the last twelve whole months; returns how many."""
    days = WorkingDays(world.now, REACH)
    months = forecast.months_before(china_day(world.now))
    cases = [
        _Case(world, days, kind, month)
        for month in months
        for kind in (ApplicationKind.FIRST, ApplicationKind.REPLACEMENT)
        for _place in range(A_MONTH)
    ]
    Cardholder.objects.bulk_create(case.holder for case in cases)
    IdNumberIndex.objects.bulk_create(case.entry for case in cases)
    cards = [card for case in cases for card in case.cards]
    Card.objects.bulk_create(cards)
    CardNumberIndex.objects.bulk_create(map(_card_entry, cards))
    PaperNumber.objects.bulk_create(case.receipt for case in cases)
    Application.objects.bulk_create(case.application for case in cases)
    return len(cases)


def _card_entry(card: Card) -> CardNumberIndex:
    key_id, digest = sealing.index_digest(card.card_number, CardNumberIndex.objects.all().purpose)
    return CardNumberIndex(key_id=key_id, digest=digest, holder_id=card.holder_id, card=card)


class _Case:
    """One person whose card was finished in a month, as rows that are not saved yet."""

    def __init__(self, world: World, days: WorkingDays, kind: ApplicationKind, month: date) -> None:
        self.world, self.days, self.kind = world, days, kind
        self.bank: Bank = world.rng.choice(world.city.banks)
        self.home: Outlet = world.rng.choice(world.city.outlets_of(self.bank))
        stages = stages_of(kind)
        history = list(self._history(stages, month))
        reached = {value: datetime.fromisoformat(at) for what, value, at in history if what == "stage"}
        accepted, ready, collected = (reached[one] for one in (Stage.ACCEPTED, Stage.READY, Stage.COLLECTED))
        self.holder, self.entry = self._person(accepted)
        self.receipt = PaperNumber(
            number=new_paper_number(str(PaperKind.RECEIPT.value)),
            kind=PaperKind.RECEIPT,
            holder=self.holder,
            code_key_id=sealing.current_index_key_id(),
            made_at=accepted,
        )
        new = self._card(collected, SocialStatus.NORMAL, BankStatus.ACTIVE, collected)
        self.cards = [new]
        replaced = None
        if kind == ApplicationKind.REPLACEMENT:
            issued = accepted - timedelta(days=world.rng.randint(400, 2500))
            replaced = self._card(accepted, SocialStatus.CANCELLED, BankStatus.FROZEN, issued)
            self.cards.append(replaced)
        book = book_on(china_day(accepted))
        self.application = Application(
            holder=self.holder,
            kind=kind,
            method=IssueMethod.FACTORY,
            card_type=CardType.FINANCIAL_BLUE,
            bank=self.bank,
            replaced_card=replaced,
            card=new,
            receipt=self.receipt,
            accepted_outlet=self.home,
            delivery_outlet=self.home,
            stage=Stage.COLLECTED,
            stage_since=collected,
            accepted_at=accepted,
            ready_at=ready,
            collect_by=book.collection_deadline(ready),
            fee_yuan=book.fee(kind, ""),
            rule_version=book.version,
            history=history,
        )

    def _person(self, moment: datetime) -> tuple[Cardholder, IdNumberIndex]:
        person = self.world.people.draw()
        holder = Cardholder(
            name=person.name,
            id_number=person.id_number,
            phone=person.phone,
            registered_at=moment - timedelta(minutes=5),
        )
        key_id, digest = sealing.index_digest(person.id_number, IdNumberIndex.objects.all().purpose)
        return holder, IdNumberIndex(key_id=key_id, digest=digest, holder=holder)

    def _card(self, since: datetime, social: SocialStatus, bank: BankStatus, issued: datetime) -> Card:
        return Card(
            holder=self.holder,
            card_type=CardType.FINANCIAL_BLUE,
            card_number=f"DEMO{next(self.world.numbers):08d}",
            bank=self.bank,
            social_status=social,
            social_since=since,
            bank_status=bank,
            bank_since=since,
            issued_at=issued,
        )

    def _history(self, stages: tuple[Stage, ...], month: date) -> Iterator[list[str]]:
        """Every stage with its moment: ready on some working day of the month, the rest counted back from there."""
        rng = self.world.rng
        before = stages[: stages.index(Stage.READY)]
        slower = {Stage.PRODUCING: SLOWER.get(month.month, 0)}
        lengths = [max(0, rng.randint(*USUAL[stage]) + slower.get(stage, 0)) for stage in before]
        ready = rng.choice([place for place, day in enumerate(self.days.days) if day.replace(day=1) == month])
        back, minute = ready + 1 + sum(lengths), rng.randrange(MINUTES_OPEN // 2)
        for stage, length in zip(
            (*before, Stage.READY, Stage.COLLECTED), (*lengths, rng.randint(0, 6), 0), strict=True
        ):
            at = (self.days.opening(back) + timedelta(minutes=minute)).isoformat()
            if stage == Stage.BANK_ACCOUNT and Stage.FEE_DUE in before:
                yield ["resume", StopReason.FEE_UNPAID, at]
            yield ["stage", stage, at]
            if stage == Stage.FEE_DUE:
                yield ["stop", StopReason.FEE_UNPAID, at]
            back, minute = max(1, back - length), minute + rng.randint(5, 25)
