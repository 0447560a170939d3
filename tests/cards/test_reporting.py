"""Reporting a loss, its lapse, and the two ledgers (S5)."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from cards import services
from cards.actors import Actor
from cards.case_reading import read_everything
from cards.errors import (
    CardCannotBeReported,
    ChannelNotAllowed,
    OralReportRepeatedTooOften,
    ReportStandsAlready,
)
from cards.memory import forget_all
from cards.models import Card, LossReport, OfficeDay, Replacement, RuleSet
from cards.vocabulary import (
    ApplicationKind,
    BankStatus,
    CardType,
    Channel,
    LossForm,
    LossStatus,
    Party,
    SocialStatus,
)
from tests import factories as f
from tests.cards.losing import (
    accept,
    assert_readable,
    cancel,
    china,
    monday_morning,  # noqa: F401  (a fixture)
    put_rules_in_force,
    report,
)

pytestmark = pytest.mark.django_db

# --- S5: reporting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", Channel)
def test_a_written_report_is_made_at_the_window_only(channel: Channel) -> None:
    actor = Actor(Party.HOLDER, channel, f.UserFactory(), f.OutletFactory())
    if channel == Channel.COUNTER:
        assert report(f.card(), actor=actor).form == LossForm.WRITTEN
        return
    with pytest.raises(ChannelNotAllowed) as refused:
        report(f.card(), actor=actor)
    assert_readable(refused.value, "S9")


@pytest.mark.parametrize(
    ("standing", "form"),
    [(LossForm.ORAL, LossForm.ORAL), (LossForm.WRITTEN, LossForm.ORAL), (LossForm.WRITTEN, LossForm.WRITTEN)],
)
def test_a_second_report_while_one_stands_is_refused(standing: str, form: str) -> None:
    card = f.card()
    report(card, standing)
    with pytest.raises(ReportStandsAlready) as refused:
        report(card, form)
    assert_readable(refused.value, "S5")


def test_a_written_report_follows_an_oral_one_and_remembers_the_state_before_both() -> None:
    card = f.card(social_status=SocialStatus.LOCKED)
    oral = report(card, LossForm.ORAL)
    written = report(card)
    oral.refresh_from_db()
    assert oral.status == LossStatus.FORMALISED
    assert written.card_status_before == SocialStatus.LOCKED
    cancel(written)
    card.refresh_from_db()
    assert card.social_status == SocialStatus.LOCKED


@pytest.mark.parametrize("form", LossForm)
def test_a_void_card_need_not_be_reported(form: str) -> None:
    with pytest.raises(CardCannotBeReported) as refused:
        report(f.card(social_status=SocialStatus.CANCELLED), form)
    assert_readable(refused.value, "S5")


def test_an_oral_report_may_be_repeated_once_in_thirty_days(clock: Any) -> None:
    card = f.card()
    report(card, LossForm.ORAL)
    clock("2026-03-11 08:00")
    second = report(card, LossForm.ORAL)
    assert LossReport.objects.filter(card=card, status=LossStatus.LAPSED).count() == 1
    clock("2026-03-20 08:00")
    with pytest.raises(OralReportRepeatedTooOften) as refused:
        report(card, LossForm.ORAL)
    assert_readable(refused.value, "S5")
    assert "30" in refused.value.sentence
    assert "2" in refused.value.sentence
    second.refresh_from_db()
    assert second.status_at(timezone.now()) == LossStatus.LAPSED


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [("2026-03-31 23:59", False), ("2026-04-01 00:01", True), ("2026-04-01 09:29", True), ("2026-04-10 09:30", True)],
)
def test_the_thirty_days_are_calendar_days_in_china(clock: Any, moment: str, allowed: bool) -> None:
    card = f.card()
    report(card, LossForm.ORAL)
    clock("2026-03-12 23:50")
    report(card, LossForm.ORAL)
    clock(moment)
    if allowed:
        assert report(card, LossForm.ORAL).status == LossStatus.STANDING
    else:
        with pytest.raises(OralReportRepeatedTooOften):
            report(card, LossForm.ORAL)


def test_a_cancelled_oral_report_counts_as_made_and_another_card_does_not() -> None:
    card = f.card()
    for _again in range(2):
        cancel(report(card, LossForm.ORAL))
    with pytest.raises(OralReportRepeatedTooOften):
        report(card, LossForm.ORAL)
    assert report(f.card(card.holder), LossForm.ORAL).status == LossStatus.STANDING
    assert report(card).status == LossStatus.STANDING


# --- S5: the lapse ------------------------------------------------------------------------------------------------

PROFILES: list[tuple[str, dict[str, Any], str, str]] = [
    ("seven days from the next", {}, "2026-03-02 09:30", "2026-03-10 00:00"),
    ("a minute before midnight", {}, "2026-03-02 23:59", "2026-03-10 00:00"),
    ("a minute after midnight", {}, "2026-03-03 00:01", "2026-03-11 00:00"),
    ("the day itself counts", {"oral_counts_from_next_day": False}, "2026-03-02 09:30", "2026-03-09 00:00"),
    ("over a leap day", {}, "2028-02-27 10:00", "2028-03-06 00:00"),
    (
        "five working days",
        {"oral_validity_days": 5, "oral_validity_in_working_days": True},
        "2026-03-06 17:00",
        "2026-03-14 00:00",
    ),
    (
        "five working days over the new year's holiday and its make-up days",
        {"oral_validity_days": 5, "oral_validity_in_working_days": True},
        "2026-02-13 17:00",
        "2026-02-28 00:00",
    ),
    (
        "one working day that counts itself",
        {"oral_validity_days": 1, "oral_validity_in_working_days": True, "oral_counts_from_next_day": False},
        "2026-03-02 09:30",
        "2026-03-03 00:00",
    ),
]


@pytest.mark.parametrize(("name", "rules", "made", "lapses"), PROFILES, ids=[profile[0] for profile in PROFILES])
def test_an_oral_report_lapses_at_midnight_of_its_last_day(
    clock: Any, name: str, rules: dict[str, Any], made: str, lapses: str
) -> None:
    RuleSet.objects.update(data=RuleSet.objects.get().data | rules)
    clock(made)
    forget_all()
    assert report(f.card(), LossForm.ORAL).lapses_at == china(lapses)


def test_a_day_the_office_rests_puts_the_lapse_off(clock: Any) -> None:
    put_rules_in_force(oral_validity_days=5, oral_validity_in_working_days=True)
    OfficeDay.objects.create(day=date(2026, 3, 4), works=False, reason="系统升级")
    forget_all()
    assert report(f.card(), LossForm.ORAL).lapses_at == china("2026-03-11 00:00")


def test_the_deadline_counts_when_read_though_no_job_has_run(clock: Any) -> None:
    from cards.answers import answer_card

    card = f.card()
    loss = report(card, LossForm.ORAL)
    for moment, status in (("2026-03-09 23:59:59", LossStatus.STANDING), ("2026-03-10 00:00:00", LossStatus.LAPSED)):
        now = clock(moment)
        loss.refresh_from_db()
        assert loss.status == LossStatus.STANDING
        assert loss.status_at(now) == status
        stands = status == LossStatus.STANDING
        assert LossReport.objects.standing(now).filter(pk=loss.pk).exists() == stands
        assert LossReport.objects.due_to_lapse(now).filter(pk=loss.pk).exists() != stands
        case = read_everything(card.holder, now)
        told = answer_card(case.cards[0], case.reports, now)
        assert told.social == (SocialStatus.TEMPORARILY_LOST if stands else SocialStatus.NORMAL)


@pytest.mark.parametrize("before", [SocialStatus.NORMAL, SocialStatus.NOT_ENABLED, SocialStatus.LOCKED])
def test_the_worker_lets_reports_lapse_and_gives_the_card_its_state_back(clock: Any, before: str) -> None:
    card = f.card(social_status=before)
    loss = report(card, LossForm.ORAL)
    assert services.lapse_due(china("2026-03-09 23:59")) == 0
    now = clock("2026-03-10 00:00")
    assert services.lapse_due(now) == 1
    assert services.lapse_due(now) == 0
    loss.refresh_from_db()
    card.refresh_from_db()
    assert (loss.status, card.social_status) == (LossStatus.LAPSED, before)


def test_the_answer_is_the_same_before_and_after_the_worker_has_run(clock: Any) -> None:
    from cards.answers import answer_card

    card = f.card()
    report(card, LossForm.ORAL)
    now = clock("2026-03-14 15:00")

    def told() -> Any:
        case = read_everything(card.holder, now)
        answer = answer_card(case.cards[0], case.reports, now)
        return answer.social, answer.ledgers, [(one.title, one.now, one.next) for one in answer.reports]

    before = told()
    assert services.lapse_due(now) == 1
    assert told() == before


def test_one_broken_row_does_not_keep_the_others_from_lapsing(clock: Any, caplog: Any) -> None:
    broken, sound = f.card(), f.card()
    first, second = report(broken, LossForm.ORAL), report(sound, LossForm.ORAL)
    Card.objects.filter(pk=broken.pk).update(social_status=SocialStatus.CANCELLED)
    LossReport.objects.filter(pk=first.pk).update(lapses_at=china("2026-03-09 00:00"))
    assert services.lapse_due(clock("2026-03-11 00:00")) == 1
    second.refresh_from_db()
    assert second.status == LossStatus.LAPSED
    assert str(broken.holder_id) in caplog.text


def test_what_is_due_lapses_before_anything_else_is_done(clock: Any) -> None:
    cards = {name: f.card() for name in ("oral", "written", "exchange")}
    cards["first"] = f.card(card_type=CardType.ORDINARY_BLUE)
    for card in cards.values():
        report(card, LossForm.ORAL)
    clock("2026-03-20 10:00")
    report(cards["oral"], LossForm.ORAL)
    report(cards["written"])
    accept(
        cards["exchange"].holder,
        kind=ApplicationKind.EXCHANGE,
        exchange_reason="damaged",
        replaced_card=Card.objects.get(pk=cards["exchange"].pk),
    )
    accept(cards["first"].holder, replaced_card=Card.objects.get(pk=cards["first"].pk))
    lapsed = LossReport.objects.filter(status=LossStatus.LAPSED)
    assert {loss.card_id for loss in lapsed} == {card.pk for card in cards.values()}
    assert not Replacement.objects.exists()


# --- two ledgers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "form", "frozen"),
    [
        ("own bank", LossForm.WRITTEN, True),
        ("other bank", LossForm.WRITTEN, False),
        ("special window", LossForm.WRITTEN, False),
        ("agency", LossForm.WRITTEN, False),
        ("phone", LossForm.ORAL, False),
    ],
)
def test_only_a_written_report_at_the_cards_own_bank_freezes_the_bank_account(
    place: str, form: str, frozen: bool
) -> None:
    card = f.card(bank_status=BankStatus.ACTIVE)
    outlet = {
        "own bank": lambda: f.OutletFactory(kind="bank_outlet", bank=card.bank),
        "other bank": lambda: f.OutletFactory(of_bank=True),
        "special window": f.OutletFactory,
        "agency": lambda: f.OutletFactory(of_agency=True),
        "phone": lambda: None,
    }[place]()
    report(card, form, f.on_phone() if place == "phone" else f.at_counter(outlet))
    card.refresh_from_db()
    assert card.bank_status == (BankStatus.FROZEN if frozen else BankStatus.ACTIVE)
    assert card.social_status in (SocialStatus.TEMPORARILY_LOST, SocialStatus.FORMALLY_LOST)


@pytest.mark.parametrize("status", [BankStatus.CLOSED, BankStatus.FROZEN])
def test_a_closed_or_frozen_bank_account_stays_as_it_is(status: str) -> None:
    card = f.card(bank_status=status)
    report(card, actor=f.at_counter(f.OutletFactory(kind="bank_outlet", bank=card.bank)))
    card.refresh_from_db()
    assert (card.bank_status, card.bank_since) == (status, None)
