"""The trace an agent leaves: every act of an agent, no other's, no number in it, and gone after a month."""

from typing import Any

import pytest
from django.utils import timezone

from cards import services
from cards.errors import Refusal
from cards.management import jobs
from cards.models import AgentAct
from cards.models.agents import COUNTED, KEPT
from cards.models.rule_data import book_on
from cards.vocabulary import Action, LossForm, Party
from tests import factories as f

pytestmark = pytest.mark.django_db


def agent() -> dict[str, str]:
    return {"agent_name": "李四", "agent_id_number": f.synthetic_id_number()}


def report(party: str, **proof: str) -> Any:
    actor = f.at_counter(party=party)
    return services.report_loss(f.card(), form=LossForm.WRITTEN, actor=actor, evidence=f.everything(**proof))


def every_act(who: dict[str, str]) -> None:
    """All that an agent may do, each once."""
    window = f.OutletFactory()
    card = f.card()
    by_agent = f.at_counter(window, Party.AGENT)
    reported = services.report_loss(card, form=LossForm.WRITTEN, actor=by_agent, evidence=f.everything(**who))
    made = services.replace_card(reported, delivery_outlet=window, actor=by_agent, evidence=f.everything(**who))
    first = f.first_application(actor=by_agent, evidence=f.everything(**who))
    services.reissue_code(first, actor=by_agent, evidence=f.everything(**who))
    services.replace_certificate(made.application, actor=by_agent, evidence=f.everything(**who))
    application = f.walk_to(made.application, "ready")
    application.refresh_from_db()
    numbers = {"card_number": "NEW00009999", "certificate_number": application.certificate.paper_id}
    services.hand_over(application, actor=by_agent, evidence=f.everything(**who, **numbers))


def test_every_act_that_an_agent_may_do_leaves_one_trace() -> None:
    who = agent()
    every_act(who)
    allowed = {action for action in Action if Party.AGENT in book_on(timezone.localdate()).parties(action)}
    assert sorted(AgentAct.objects.values_list("action", flat=True)) == sorted(allowed)
    assert len({bytes(digest) for digest in AgentAct.objects.values_list("digest", flat=True)}) == 1


def test_holders_guardians_and_the_office_leave_none() -> None:
    report(Party.HOLDER)
    f.walk_to(f.first_application(), "collected")
    assert not AgentAct.objects.exists()


def test_a_refused_act_leaves_none() -> None:
    who = agent()
    done = report(Party.AGENT, **who)
    with pytest.raises(Refusal):
        services.report_loss(
            done.card, form=LossForm.WRITTEN, actor=f.at_counter(party=Party.AGENT), evidence=f.everything(**who)
        )
    assert AgentAct.objects.count() == 1


def test_two_agents_differ_and_no_number_is_kept() -> None:
    one, other = agent(), agent()
    for who in (one, other, one):
        report(Party.AGENT, **who)
    rows = list(AgentAct.objects.values())
    assert len({bytes(row["digest"]) for row in rows}) == 2
    assert one["agent_id_number"] not in repr(rows)
    assert {row["action"] for row in rows} == {Action.REPORT_IN_WRITING}


def test_a_trace_leaves_after_a_month_and_not_before(clock: Any) -> None:
    start = clock("2026-03-02 09:00")
    report(Party.AGENT, **agent())
    clock(f"{start + COUNTED:%Y-%m-%d %H:%M}")
    assert jobs.remove_old_agent_acts() == 0
    assert AgentAct.objects.counted(timezone.now()).exists()
    clock(f"{start + KEPT:%Y-%m-%d %H:%M}")
    assert not AgentAct.objects.counted(timezone.now()).exists()
    assert jobs.remove_old_agent_acts() == 1
