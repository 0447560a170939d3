"""First applications are for who has no such card; a replacement that was broken off can be made again."""

import pytest

from cards import services
from cards.answers import answer_card
from cards.errors import (
    CardHeldAlready,
    InstantIssueNotHere,
    OrdinaryCardNotReplaced,
    OutletAcceptsNone,
    ReplacementOpenAlready,
)
from cards.models import Application, Card, LossReport
from cards.vocabulary import Action, CardType, FeeExemption, LossForm, LossStatus, SocialStatus, Stage
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", LossForm)
def test_a_lost_ordinary_card_is_not_replaced_by_a_first_application_that_keeps_silent_about_it(form):
    card = f.card(card_type=CardType.ORDINARY_BLUE)
    actor = f.on_phone() if form == LossForm.ORAL else f.at_counter()
    services.report_loss(card, form=form, actor=actor, evidence=f.everything())
    for wanted in (CardType.ORDINARY_BLUE, CardType.ORDINARY_YELLOW):
        with pytest.raises(OrdinaryCardNotReplaced) as refused:
            f.first_application(card.holder, card_type=wanted)
        assert refused.value.rule == "S11"
    assert not Application.objects.of(card.holder).exists()


@pytest.mark.parametrize("card_type", [CardType.FINANCIAL_BLUE, CardType.ORDINARY_YELLOW])
def test_whoever_has_a_card_does_not_apply_for_the_same_again(card_type):
    card = f.card(card_type=card_type)
    with pytest.raises(CardHeldAlready):
        f.first_application(card.holder, card_type=card_type)
    Card.objects.filter(pk=card.pk).update(social_status=SocialStatus.CANCELLED)
    assert f.first_application(card.holder, card_type=card_type).stage == Stage.ACCEPTED


def test_an_outlet_that_accepts_nothing_accepts_nothing():
    with pytest.raises(OutletAcceptsNone):
        f.first_application(actor=f.at_counter(f.OutletFactory(accepts_applications=False)))


def test_a_card_is_made_at_once_only_where_it_is_handed_over():
    here, elsewhere = f.OutletFactory(), f.OutletFactory()
    old = f.OutletFactory(instant_issue=False)
    for desk, delivery in ((here, elsewhere), (old, old)):
        with pytest.raises(InstantIssueNotHere):
            f.first_application(
                method="instant", card_type=CardType.ORDINARY_BLUE, actor=f.at_counter(desk), delivery_outlet=delivery
            )


def replaced(report: LossReport) -> Application:
    """The application of a replacement accepted on a report."""
    return services.replace_card(
        report,
        delivery_outlet=f.OutletFactory(),
        actor=f.at_counter(),
        evidence=f.everything(),
        fee_exemption=FeeExemption.QUALITY_FAULT,
    ).application


@pytest.mark.parametrize("ending", [Action.WITHDRAW, Action.REFUSE, Action.RECALL])
def test_after_a_replacement_was_broken_off_the_same_report_carries_another(ending):
    report = f.written_report()
    first = replaced(report)
    if ending == Action.RECALL:
        f.walk_to(first, Stage.READY)
    actor = f.at_counter() if ending == Action.WITHDRAW else f.at_office()
    services.advance(first, ending, actor=actor, evidence=f.everything(), reason="The photo was of somebody else.")
    second = replaced(report)
    assert second.stage == Stage.ACCEPTED
    assert second.certificate.paper_id != first.certificate.paper_id
    assert Card.objects.get(pk=report.card_id).social_status == SocialStatus.CANCELLED
    with pytest.raises(ReplacementOpenAlready):
        replaced(report)
    f.walk_to(second, Stage.COLLECTED)
    with pytest.raises(ReplacementOpenAlready):
        replaced(report)


def test_only_the_latest_report_of_a_card_says_how_things_stand():
    card = f.card()
    earlier = f.written_report(card)
    proof = f.everything(card_number=card.card_number)
    services.cancel_loss_report(earlier, actor=f.at_counter(), evidence=proof)
    later = f.oral_report(Card.objects.get(pk=card.pk))
    reports = list(LossReport.objects.of(card.holder))
    told = answer_card(Card.objects.get(pk=card.pk), reports, later.made_at).reports
    assert [report.status for report in told] == [LossStatus.STANDING, LossStatus.CANCELLED]
    assert "works again" not in told[1].now
    assert "later report" in told[1].next
