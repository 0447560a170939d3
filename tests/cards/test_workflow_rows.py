"""What a card offers in each state, and what the database accepts of a stop."""

import pytest
from django.db import IntegrityError, transaction

from cards import workflow
from cards.models import (
    Application,
)
from cards.services.losses import actions_for_card
from cards.vocabulary import (
    Action,
    CardType,
    IssueMethod,
    SocialStatus,
    Stage,
    StopReason,
)
from tests import factories as f
from tests.cards.states import STAGES_AND_STOPS, application_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("card_type", CardType)
def test_the_buttons_of_a_card_follow_its_report(card_type: CardType) -> None:
    card = f.card(card_type=card_type)
    both = [Action.REPORT_ORALLY, Action.REPORT_IN_WRITING]
    assert actions_for_card(card, None, replaced=False) == both
    oral = f.oral_report(card)
    card.refresh_from_db()
    assert actions_for_card(card, oral, replaced=False) == [Action.REPORT_IN_WRITING, Action.CANCEL_REPORT]
    written = f.written_report(card)
    card.refresh_from_db()
    replace = [Action.REPLACE] if card.financial else []
    assert actions_for_card(card, written, replaced=False) == [*replace, Action.CANCEL_REPORT]


def test_a_cancelled_card_has_no_buttons() -> None:
    card = f.card(social_status=SocialStatus.CANCELLED)
    assert actions_for_card(card, None, replaced=True) == []


@pytest.mark.parametrize("stage", Stage)
def test_the_database_accepts_a_stop_only_in_the_stages_of_the_table(stage: Stage) -> None:
    route = workflow.Route(IssueMethod.FACTORY, financial=True, fee_due=True, activation_needed=True)
    stop = StopReason.FEE_UNPAID if stage == Stage.FEE_DUE else ""
    row = application_in(route, stage, stop, of=f.holder())
    accepted = {str(stop) for place, stop in STAGES_AND_STOPS if place == stage}
    for reason in ("", *StopReason):
        with transaction.atomic():
            if reason in accepted:
                Application.objects.filter(pk=row.pk).update(stop=reason)
                continue
            with pytest.raises(IntegrityError, match="application_stop_fits_stage"), transaction.atomic():
                Application.objects.filter(pk=row.pk).update(stop=reason)
