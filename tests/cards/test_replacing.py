"""Replacing and exchanging a card, by its type (S6, S11)."""

from typing import Any

import pytest

from cards import services
from cards.actors import Actor
from cards.errors import (
    ApplicationOpenAlready,
    BankMissing,
    CardTypeNotForAge,
    ExchangeReasonMissing,
    FormalReportNeeded,
    LostCardNeedsReplacement,
    NoReportStanding,
    NotPossibleNow,
    OrdinaryCardNotReplaced,
    OutletDoesNotDoThis,
    OutletOfAnotherBank,
    OutletUnknown,
    PreparedElsewhere,
    ReplacementAlreadyStarted,
    ReplacementOpenAlready,
    WrongPerson,
    WrongPlaceForReplacement,
)
from cards.models import Application, LossReport, Replacement
from cards.vocabulary import (
    ApplicationKind,
    CardType,
    Channel,
    LossForm,
    LossStatus,
    ReplacementRoute,
    SocialStatus,
    Stage,
)
from tests import factories as f
from tests.cards.losing import (
    FINANCIAL,
    ORDINARY,
    accept,
    assert_readable,
    cancel,
    collect,
    exchange,
    monday_morning,  # noqa: F401  (a fixture)
    person_aged,
    replace,
    report,
)

pytestmark = pytest.mark.django_db

# --- S6, S11: replacing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("card_type", CardType)
@pytest.mark.parametrize("place", ["own bank", "other bank", "special window", "agency", "window that replaces none"])
def test_where_a_card_is_replaced_follows_from_its_type(card_type: str, place: str) -> None:
    card = f.card(card_type=card_type)
    outlet = {
        "own bank": lambda: f.OutletFactory(kind="bank_outlet", bank=card.bank or f.BankFactory()),
        "other bank": lambda: f.OutletFactory(of_bank=True),
        "special window": f.OutletFactory,
        "agency": lambda: f.OutletFactory(of_agency=True),
        "window that replaces none": lambda: f.OutletFactory(replaces_cards=False),
    }[place]()
    loss = report(card)
    routes = {"own bank": ReplacementRoute.BANK_OUTLET, "special window": ReplacementRoute.SPECIAL_WINDOW}
    if card_type in ORDINARY or place not in routes:
        wanted = OrdinaryCardNotReplaced if card_type in ORDINARY else WrongPlaceForReplacement
        with pytest.raises(wanted) as refused:
            replace(loss, f.at_counter(outlet))
        assert_readable(refused.value, "S11")
        assert not Application.objects.exists()
        return
    made = replace(loss, f.at_counter(outlet))
    assert made.replacement_route == routes[place]
    assert made.application.activation_needed == (place == "special window")
    card.refresh_from_db()
    assert (card.social_status, loss.status) == (SocialStatus.CANCELLED, LossStatus.REPLACED)


def test_a_replacement_needs_a_written_report() -> None:
    with pytest.raises(FormalReportNeeded) as refused:
        replace(report(f.card(), LossForm.ORAL))
    assert_readable(refused.value, "S6")


@pytest.mark.parametrize("ended", [LossStatus.CANCELLED, LossStatus.LAPSED, "lapsed unmarked", LossStatus.FORMALISED])
def test_a_replacement_needs_a_report_in_force(clock: Any, ended: str) -> None:
    loss = report(f.card(), LossForm.WRITTEN if ended == LossStatus.CANCELLED else LossForm.ORAL)
    if ended == LossStatus.CANCELLED:
        cancel(loss)
    elif ended == LossStatus.FORMALISED:
        report(loss.card)
    else:
        now = clock("2026-03-10 00:00")
        if ended == LossStatus.LAPSED:
            services.lapse_due(now)
    with pytest.raises(NoReportStanding):
        replace(loss)


def test_a_second_replacement_of_one_card_is_refused() -> None:
    loss = report(f.card())
    stale = LossReport.objects.get(pk=loss.pk)
    replace(loss)
    with pytest.raises(ReplacementOpenAlready) as refused:
        replace(stale)
    assert_readable(refused.value, "S6")
    assert Application.objects.count() == 1


def test_a_replacement_is_not_accepted_as_a_plain_application() -> None:
    card = f.card()
    with pytest.raises(PreparedElsewhere) as refused:
        accept(card.holder, kind=ApplicationKind.REPLACEMENT, replaced_card=card)
    assert_readable(refused.value, "S6")


@pytest.mark.parametrize("outlet", [{"hands_over": False}, {"closed_for_good": True}])
def test_the_card_is_not_sent_to_an_outlet_that_cannot_hand_it_over(outlet: dict[str, bool]) -> None:
    with pytest.raises(OutletDoesNotDoThis):
        replace(report(f.card()), delivery_outlet=f.OutletFactory(**outlet))


def test_nothing_is_accepted_by_an_account_without_an_outlet() -> None:
    loss = report(f.card())
    with pytest.raises(OutletUnknown):
        replace(loss, Actor.for_holder(f.UserFactory(), Channel.COUNTER))


@pytest.mark.parametrize("old", ORDINARY)
@pytest.mark.parametrize("form", [None, *LossForm])
def test_a_first_financial_card_voids_the_old_ordinary_one_and_ends_cancelling(old: str, form: str | None) -> None:
    card = f.card(card_type=old)
    loss = report(card, form) if form else None
    application = accept(card.holder, replaced_card=card)
    card.refresh_from_db()
    assert (card.social_status, application.fee_yuan) == (SocialStatus.CANCELLED, 0)
    if loss is None:
        assert not Replacement.objects.exists()
        return
    loss.refresh_from_db()
    assert loss.status == LossStatus.REPLACED
    assert loss.replacement.replacement_route == ReplacementRoute.FIRST_FINANCIAL
    assert loss.replacement.application == application
    with pytest.raises(ReplacementAlreadyStarted):
        cancel(loss)


@pytest.mark.parametrize(("old", "new"), [(old, new) for old in CardType for new in CardType])
def test_a_first_application_voids_only_an_ordinary_card_for_a_financial_one(old: str, new: str) -> None:
    card = f.card(f.holder(id_number=person_aged(70)), old)
    if old in ORDINARY and new in FINANCIAL:
        assert accept(card.holder, card_type=new, replaced_card=card).replaced_card == card
        return
    with pytest.raises((OrdinaryCardNotReplaced, PreparedElsewhere)) as refused:
        accept(card.holder, card_type=new, replaced_card=card)
    assert_readable(refused.value, "S11" if old in ORDINARY and new in ORDINARY else "S6")


def test_the_preferential_card_is_for_people_of_the_age_in_the_rules() -> None:
    young, old = (f.holder(id_number=person_aged(60, plus_days=days)) for days in (-1, 0))
    with pytest.raises(CardTypeNotForAge) as refused:
        accept(young, card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE)
    assert_readable(refused.value, "S11")
    assert accept(old, card_type=CardType.FINANCIAL_PREFERENTIAL_BLUE).stage == Stage.ACCEPTED


def test_a_card_of_another_person_is_refused() -> None:
    stranger, card = f.holder(), f.card(card_type=CardType.ORDINARY_BLUE)
    for kind in (ApplicationKind.FIRST, ApplicationKind.EXCHANGE):
        with pytest.raises(WrongPerson) as refused:
            accept(stranger, kind=kind, replaced_card=card, exchange_reason="damaged")
        assert_readable(refused.value, "S9")
    card.refresh_from_db()
    assert card.social_status == SocialStatus.NORMAL


def test_a_lost_ordinary_card_opens_no_second_application_for_the_same_financial_card() -> None:
    holder = f.holder()
    accept(holder)
    lost = f.card(holder, card_type=CardType.ORDINARY_BLUE)
    report(lost)
    with pytest.raises(ApplicationOpenAlready):
        accept(holder, replaced_card=lost)
    lost.refresh_from_db()
    assert lost.social_status == SocialStatus.FORMALLY_LOST


def test_one_first_application_per_card_type_is_open_at_a_time() -> None:
    holder = f.holder()
    accept(holder)
    with pytest.raises(ApplicationOpenAlready) as refused:
        accept(holder)
    assert_readable(refused.value, "")
    assert accept(holder, card_type=CardType.ORDINARY_BLUE).stage == Stage.ACCEPTED


@pytest.mark.parametrize("named_first", [True, False])
def test_naming_the_old_card_does_not_open_a_second_first_application(named_first: bool) -> None:
    ordinary = f.card(card_type=CardType.ORDINARY_BLUE)
    accept(ordinary.holder, replaced_card=ordinary if named_first else None)
    with pytest.raises(ApplicationOpenAlready):
        accept(ordinary.holder, replaced_card=None if named_first else ordinary)


def test_a_financial_card_needs_a_bank() -> None:
    with pytest.raises(BankMissing) as refused:
        accept(f.holder(), delivery_outlet=f.OutletFactory())
    assert_readable(refused.value, "S11")
    bank = f.BankFactory()
    assert accept(f.holder(), delivery_outlet=f.OutletFactory(), bank=bank).bank == bank


# --- exchange -----------------------------------------------------------------------------------------------------


def test_an_exchange_leaves_the_old_card_alone_until_the_new_one_is_handed_over() -> None:
    card = f.card()
    application = f.walk_to(exchange(card), Stage.READY)
    card.refresh_from_db()
    assert card.social_status == SocialStatus.NORMAL
    new = collect(application)
    card.refresh_from_db()
    assert (card.social_status, new.social_status) == (SocialStatus.CANCELLED, SocialStatus.NORMAL)


@pytest.mark.parametrize("form", LossForm)
def test_a_lost_card_is_not_exchanged(form: str) -> None:
    card = f.card()
    report(card, form)
    with pytest.raises(LostCardNeedsReplacement) as refused:
        exchange(card)
    assert_readable(refused.value, "S6")


@pytest.mark.parametrize("form", LossForm)
def test_a_card_lost_while_its_exchange_is_under_way_does_not_keep_the_new_one_back(form: str) -> None:
    card = f.card()
    application = f.walk_to(exchange(card), Stage.READY)
    loss = report(card, form)
    collect(application)
    card.refresh_from_db()
    loss.refresh_from_db()
    assert (card.social_status, loss.status) == (SocialStatus.CANCELLED, LossStatus.REPLACED)
    with pytest.raises(ReplacementAlreadyStarted):
        cancel(loss)


def test_an_exchange_names_its_card_and_its_reason() -> None:
    card = f.card()
    with pytest.raises(NotPossibleNow):
        exchange(card, replaced_card=None)
    with pytest.raises(ExchangeReasonMissing) as refused:
        exchange(card, exchange_reason="")
    assert_readable(refused.value, "")
    with pytest.raises(NotPossibleNow):
        exchange(f.card(social_status=SocialStatus.CANCELLED))


def test_a_first_application_keeps_no_reason_of_exchange() -> None:
    assert accept(f.holder(), exchange_reason="damaged").exchange_reason == ""


def test_a_card_of_one_bank_is_not_delivered_to_an_outlet_of_another() -> None:
    own, other = f.OutletFactory(of_bank=True), f.OutletFactory(of_bank=True)
    with pytest.raises(OutletOfAnotherBank) as refused:
        accept(f.holder(), bank=own.bank, delivery_outlet=other)
    assert_readable(refused.value, "S11")
    for outlet in (own, f.OutletFactory()):
        assert accept(f.holder(), bank=own.bank, delivery_outlet=outlet).bank == own.bank
