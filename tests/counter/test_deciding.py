"""What waits for a second person stands on that person's first page; what was allowed, on that of whoever asked."""

import re
from typing import Any

import pytest

from cards import services
from cards.models import Export, Override, RuleSet
from cards.vocabulary import Action, CardType, Stage
from tests import factories
from tests.counter.desk import Desk, act_url

pytestmark = pytest.mark.django_db
WHY = "老人行动不便，情况属实"


def decisions(desk: Desk) -> dict[str, str]:
    """The tiles below "Waiting for your decision", each with its list."""
    text = desk.client.get("/admin/").content.decode()
    panel = re.search(r'aria-labelledby="decisions">(.*?)</section>', text, re.DOTALL)
    assert panel
    tiles = re.findall(r'href="([^"]+)"><b>(\d+)</b> ([^<]+)</a>', panel[1])
    for address, _count, _label in tiles:
        assert desk.client.get(address).status_code == 200
    return {label: count for _address, count, label in tiles}


def ask_everything(desk: Desk) -> Any:
    """One of each kind of request, by this member of staff; returns the holder of the exception."""
    card = factories.card()
    actor = factories.Actor.office(desk.user, desk.outlet)
    services.ask_exception(card.holder, Action.ACCEPT, services.applications.CardHeldAlready, actor=actor, reason=WHY)
    services.ask_merge(factories.holder(), factories.holder(), actor=actor, reason=WHY)
    collected = factories.walk_to(factories.first_application(), Stage.COLLECTED)
    at = factories.Actor(actor.party.HOLDER, actor.channel, desk.user, desk.outlet)
    services.dispute_collection(collected, actor=at, evidence=factories.everything(), reason=WHY)
    services.ask_for_export(Export(content="applications", reason=WHY), actor=actor)
    RuleSet.objects.create(
        version="draft", valid_from="2027-01-01", citation_zh="规定", citation_en="Rule", drafted_by=desk.user
    )
    return card.holder


def test_a_supervisor_reads_on_the_first_page_what_waits_and_each_count_opens_its_list(desk_of: Any) -> None:
    asks, decides = desk_of("supervisor"), desk_of("supervisor")
    assert decisions(decides) == {}
    assert "Nothing waits for you." in decides.client.get("/admin/").content.decode()
    ask_everything(asks)
    assert decisions(decides) == {
        "exceptions to rules": "1",
        "records to be merged": "1",
        "collected cards that people do not have": "1",
        "exports wanted by colleagues": "1",
        "drafts of rules by colleagues": "1",
    }


def test_what_somebody_asked_for_does_not_wait_for_the_same_person(desk_of: Any) -> None:
    asks = desk_of("supervisor")
    ask_everything(asks)
    assert decisions(asks) == {}


def test_a_clerk_is_shown_no_decisions(clerk: Desk, supervisor: Desk) -> None:
    ask_everything(supervisor)
    assert "Waiting for your decision" not in clerk.client.get("/admin/").content.decode()


def test_what_was_allowed_stands_on_the_first_page_of_whoever_asked_until_it_is_used(
    clerk: Desk, supervisor: Desk
) -> None:
    card = factories.card()
    fields = {"card_type": "financial_blue", "bank": card.bank_id}
    clerk.act("accept", card.holder, ask="1", exception_reason=WHY, **fields)
    home = "Allowed, to be carried out"
    assert home not in clerk.client.get("/admin/").content.decode()
    supervisor.done("grant", Override.objects.get())
    text = clerk.client.get("/admin/").content.decode()
    assert home in text
    assert "exception to the rule on one card of each type" in text
    assert f"/{card.holder.pk}/open/" in text
    assert home not in supervisor.client.get("/admin/").content.decode()
    clerk.done("accept", card.holder, **fields)
    assert home not in clerk.client.get("/admin/").content.decode()


def test_a_decision_comes_before_every_other_step_on_the_screen_of_the_person(desk_of: Any) -> None:
    asks, decides = desk_of("clerk"), desk_of("supervisor")
    card = factories.card()
    factories.first_application(card.holder, card_type=CardType.ORDINARY_YELLOW, bank=None)
    clerk_fields = {"card_type": "financial_blue", "bank": card.bank_id}
    asks.act("accept", card.holder, ask="1", exception_reason=WHY, **clerk_fields)
    grant = act_url("grant", Override.objects.get())
    page = decides.open(card.holder)
    assert page.context["person"].next.offer.url == grant
    assert page.content.decode().count(grant) == 2, "it stays beside the facts and beside the other decision"


def test_a_dispute_to_be_decided_comes_first_too(supervisor: Desk, clerk: Desk) -> None:
    collected = factories.walk_to(factories.first_application(), Stage.COLLECTED)
    clerk.done("dispute", collected, reason=WHY)
    page = supervisor.open(collected.holder)
    assert page.context["person"].next.offer.url == act_url("confirm_not_received", collected.dispute)


def test_the_ledger_tells_results_in_words_and_the_reports_until_24_00(desk_of: Any, clock: Any) -> None:
    clock("2026-03-02 09:30")
    factories.oral_report()
    text = desk_of("admin").client.get("/admin/cards/event/", {"since": "all"}).content.decode()
    assert "social security function: Temporarily reported lost" in text
    assert "temporarily_lost" not in text
    listed = desk_of("supervisor").client.get("/admin/cards/lossreport/").content.decode()
    assert "24:00 on" in listed
