"""Two clerks, one card: exactly one wins and the other is told; the number of rounds is `RACES` (100)."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from cards import services
from cards.actors import Actor
from cards.answers import told_overtaking, told_refusal
from cards.answers.dates import told_moment
from cards.errors import Overtaken, Refusal
from cards.models import Application, Card, Cardholder, Event, LossReport
from cards.vocabulary import Channel, EventKind, LossForm, LossStatus, SocialStatus, Stage
from tests import factories as f
from tests.cards.states import PLAIN, application_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]

RACES = int(os.environ.get("RACES", "100"))
# Rarer races are tried less often: each round makes a person or walks a case.
FEW = max(10, RACES // 10)


@pytest.fixture(autouse=True)
def told_counts(request: pytest.FixtureRequest, record_property: Any) -> Iterator[Counter]:
    """What happened in how many rounds, kept with the report of the test."""
    counts: Counter = Counter()
    yield counts
    for name, count in counts.items():
        record_property(name, count)
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{request.node.name} on {connection.vendor}: {dict(counts)}", end=" ")  # noqa: T201


def together(*acts: Callable[[], object]) -> list[object]:
    """Let all begin at one moment, each on a connection of its own; returns what each got or was refused with."""
    gate = threading.Barrier(len(acts), timeout=30)
    outcomes: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            gate.wait()
            outcomes[place] = act()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    # Back to the pool with this thread's own: it holds as many as there are threads here.
    connections.close_all()
    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def assert_one_won(outcomes: list[object]) -> Refusal:
    """One got what it wanted; every other got a refusal with a sentence. Returns the first of these."""
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    broken = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert not broken, broken
    assert len(refused) == len(outcomes) - 1, outcomes
    assert all(one.sentence.endswith(".") and "%" not in one.sentence for one in refused)
    return refused[0]


def assert_chain(holder: Cardholder) -> None:
    events = list(Event.objects.of(holder).in_order())
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.previous for event in events[1:]] == [event.digest for event in events[:-1]]


class Office:
    """Two clerks and the places they work at."""

    def __init__(self) -> None:
        self.outlet = f.OutletFactory()
        self.clerks = [Actor.for_holder(f.UserFactory(), Channel.COUNTER, self.outlet) for _ in range(2)]
        self.staff = [Actor.office(f.UserFactory(), self.outlet) for _ in range(2)]
        self.bank = f.BankFactory()

    def written_report(self) -> LossReport:
        return f.written_report(f.card(bank=self.bank), actor=self.clerks[0])

    def replace(self, report: LossReport, clerk: int = 0) -> object:
        return services.replace_card(
            LossReport.objects.get(pk=report.pk),
            delivery_outlet=self.outlet,
            actor=self.clerks[clerk],
            evidence=f.everything(),
        )

    def cancel(self, report: LossReport, number: str, clerk: int = 1) -> object:
        return services.cancel_loss_report(
            LossReport.objects.get(pk=report.pk), actor=self.clerks[clerk], evidence=f.everything(card_number=number)
        )


def test_cancel_against_replace_has_one_winner_each_time(told_counts: Counter) -> None:
    office = Office()
    for _round in range(RACES):
        report = office.written_report()
        number = report.card.card_number
        # Both forms were opened before either clerk presses the button.
        refused = assert_one_won(
            together(lambda r=report: office.replace(r), lambda r=report, n=number: office.cancel(r, n))
        )
        report.refresh_from_db()
        card = Card.objects.get(pk=report.card_id)
        replaced = Application.objects.filter(replaced_card=card).count()
        if report.status == LossStatus.REPLACED:
            assert (card.social_status, replaced) == (SocialStatus.CANCELLED, 1)
            assert not hasattr(report, "cancellation")
            told_counts["replaced"] += 1
        else:
            assert (report.status, card.social_status, replaced) == (LossStatus.CANCELLED, SocialStatus.NORMAL, 0)
            told_counts["cancelled"] += 1
        told_counts[f"told {type(refused).__name__}"] += 1
        # The loser is told of the winner's act: whose it was, and when.
        decided = Event.objects.of(report.holder).get(
            kind__in=[EventKind.REPLACEMENT_ACCEPTED, EventKind.LOSS_CANCELLED]
        )
        assert isinstance(refused, Overtaken)
        assert refused.act == decided
        assert decided.user.username in told_overtaking(refused, to_staff=True)
        assert decided.user.username not in told_refusal(refused)
        assert told_moment(decided.at) in told_refusal(refused)
        assert_chain(report.holder)


def test_without_compare_and_swap_both_would_win(told_counts: Counter) -> None:
    """The naive way, as a control: read, look, write. If this never fails, the race above proves nothing."""
    office = Office()
    both = 0
    for _round in range(FEW):
        report = office.written_report()
        looked = threading.Barrier(2, timeout=30)

        def naive(status: str, pk: Any = report.pk, looked: threading.Barrier = looked) -> bool:
            row = LossReport.objects.get(pk=pk)
            standing = row.status == LossStatus.STANDING
            # What a person does between opening a form and pressing the button.
            looked.wait()
            if standing:
                row.status, row.ended_at = status, timezone.now()
                row.save()
            return standing

        both += sum(together(lambda n=naive: n(LossStatus.REPLACED), lambda n=naive: n(LossStatus.CANCELLED))) == 2
    told_counts["both won"] = both
    assert both == FEW


def test_two_clerks_cannot_both_accept_the_same_replacement(told_counts: Counter) -> None:
    office = Office()
    for _round in range(FEW):
        report = office.written_report()
        refused = assert_one_won(together(*(lambda c=clerk, r=report: office.replace(r, c) for clerk in (0, 1))))
        told_counts[f"told {type(refused).__name__}"] += 1
        assert Application.objects.filter(replaced_card=report.card_id).count() == 1
        assert_chain(report.holder)


def test_a_card_is_handed_over_once(told_counts: Counter) -> None:
    office = Office()
    for number in range(FEW):
        application = application_in(PLAIN, Stage.READY, of=f.holder(), outlet=office.outlet)
        seen = [Application.objects.get(pk=application.pk) for _ in range(2)]
        refused = assert_one_won(
            together(
                *(
                    lambda place=place, seen=seen, number=number: services.hand_over(
                        seen[place],
                        actor=office.clerks[place],
                        evidence=f.everything(card_number=f"RACE{number:05d}X{place}"),
                    )
                    for place in (0, 1)
                )
            )
        )
        told_counts[f"told {type(refused).__name__}"] += 1
        assert Card.objects.of(application.holder).count() == 1
        assert_chain(application.holder)


def test_one_card_is_not_handed_to_two_people(told_counts: Counter) -> None:
    office = Office()
    for number in range(FEW):
        rows = [application_in(PLAIN, Stage.READY, of=f.holder(), outlet=office.outlet) for _ in range(2)]
        refused = assert_one_won(
            together(
                *(
                    lambda place=place, rows=rows, number=number: services.hand_over(
                        rows[place],
                        actor=office.clerks[place],
                        evidence=f.everything(card_number=f"SAME{number:05d}"),
                    )
                    for place in (0, 1)
                )
            )
        )
        told_counts[f"told {type(refused).__name__}"] += 1
        assert Card.objects.filter(holder__in=[row.holder_id for row in rows]).count() == 1


def test_one_oral_report_stands_however_many_call(told_counts: Counter) -> None:
    caller = f.on_phone()
    for _round in range(FEW):
        card = f.card()
        outcomes = together(
            *(
                lambda card=card: services.report_loss(
                    Card.objects.get(pk=card.pk), form=LossForm.ORAL, actor=caller, evidence=f.everything()
                )
                for _ in range(4)
            )
        )
        refused = assert_one_won(outcomes)
        told_counts[f"told {type(refused).__name__}"] += 1
        assert LossReport.objects.filter(card=card).count() == 1
        assert_chain(card.holder)


def test_a_person_is_registered_once(told_counts: Counter) -> None:
    actor = f.at_office()
    for _round in range(FEW):
        number = f.synthetic_id_number()
        outcomes = together(
            *(
                lambda number=number: services.register_cardholder(name="王小明", id_number=number, actor=actor)
                for _ in range(4)
            )
        )
        refused = assert_one_won(outcomes)
        told_counts[f"told {type(refused).__name__}"] += 1
        assert [one for one in outcomes if isinstance(one, Cardholder)] == [Cardholder.objects.by_id_number(number)]


def test_two_first_applications_are_not_both_accepted(told_counts: Counter) -> None:
    office = Office()
    outlet = f.OutletFactory(of_bank=True)
    for _round in range(FEW):
        holder = f.holder()
        refused = assert_one_won(
            together(
                *(
                    lambda c=clerk, h=holder: f.first_application(h, delivery_outlet=outlet, actor=office.clerks[c])
                    for clerk in (0, 1)
                )
            )
        )
        told_counts[f"told {type(refused).__name__}"] += 1
        assert Application.objects.of(holder).count() == 1


def test_one_step_is_taken_once(told_counts: Counter) -> None:
    office = Office()
    for _round in range(FEW):
        application = application_in(PLAIN, Stage.CHECKING, of=f.holder(), outlet=office.outlet)
        seen = [Application.objects.get(pk=application.pk) for _ in range(2)]
        acts = [
            lambda s=seen: services.advance(s[0], "open_account", actor=office.staff[0]),
            lambda s=seen: services.stop_clock(s[1], "photo_rejected", actor=office.staff[1]),
        ]
        refused = assert_one_won(together(*acts))
        told_counts[f"told {type(refused).__name__}"] += 1
        application.refresh_from_db()
        assert (application.stage, application.stop) in [
            (Stage.BANK_ACCOUNT, ""),
            (Stage.CHECKING, "photo_rejected"),
        ]


def test_the_worker_and_a_clerk_let_a_report_lapse_once(told_counts: Counter) -> None:
    office = Office()
    for _round in range(FEW):
        report = f.oral_report(f.card(bank=office.bank))
        past = timezone.now() - timedelta(minutes=1)
        LossReport.objects.filter(pk=report.pk).update(lapses_at=past)
        outcomes = together(
            lambda: services.lapse_due(timezone.now()),
            lambda r=report: f.written_report(Card.objects.get(pk=r.card_id), actor=office.clerks[0]),
        )
        assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
        report.refresh_from_db()
        assert report.status == LossStatus.LAPSED
        assert Event.objects.of(report.holder).filter(kind="loss_lapsed").count() == 1
        told_counts["one lapse, one written report"] += 1
        assert_chain(report.holder)
