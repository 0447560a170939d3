"""Erasure: when the time of keeping is over nothing tells who a person was, and the chain still verifies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cards import enquiry, services
from cards.actors import Actor
from cards.errors import NotDueForErasure, PersonErased
from cards.management import ledger_check
from cards.models import (
    AccessRecord,
    Card,
    Cardholder,
    CardNumberIndex,
    Event,
    EventDetail,
    IdNumberIndex,
    PaperNumber,
)
from cards.models.fields import sealed_columns
from cards.vocabulary import AccessPurpose, ApplicationKind, CardType, EventKind, Party, SocialStatus
from tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def over(clock, rules_in_force):
    """A person who lost a card, had it replaced through an agent and gave the new one up; eleven years later."""
    clock("2026-03-02 09:30")
    holder = factories.holder(name="金丝雀")
    card = factories.card(holder, CardType.ORDINARY_BLUE)
    factories.written_report(card)
    application = services.accept_application(
        holder,
        kind=ApplicationKind.FIRST,
        card_type=CardType.FINANCIAL_BLUE,
        delivery_outlet=factories.OutletFactory(),
        bank=factories.BankFactory(),
        replaced_card=card,
        actor=factories.at_counter(party=Party.AGENT),
        evidence=factories.everything(agent_name="李四", agent_id_number=factories.synthetic_id_number()),
    )
    services.advance(
        application, "refuse", actor=factories.at_office(), reason="The photograph of 金丝雀 is not recognisable."
    )
    enquiry.record_staff_look(
        holder, "", actor=factories.at_office(), purpose=AccessPurpose.STAFF_FULL_VIEW, reason="金丝雀 called"
    )
    assert Card.objects.get(holder=holder).social_status == SocialStatus.CANCELLED
    clock("2037-03-03 09:30")
    return Cardholder.objects.get(pk=holder.pk)


def open_values(holder):
    """Every sealed value that still opens and belongs to the person."""
    values = []
    for model, columns in sealed_columns():
        names = {field.name for field in model._meta.concrete_fields}
        own = {"pk": holder.pk} if model is Cardholder else {"holder": holder} if "holder" in names else None
        if own is not None:
            for row in model._base_manager.filter(**own):
                values += [getattr(row, column.name) for column in columns if getattr(row, column.name)]
    return values


def test_before_its_time_nothing_is_erased(over, clock):
    clock("2036-03-01 09:30")
    assert services.erase_due(timezone.now()) == 0
    with pytest.raises(NotDueForErasure):
        services.erase_cardholder(over, actor=SYSTEM)
    assert Cardholder.objects.get(pk=over.pk).name == "金丝雀"


def test_an_office_that_keeps_for_ever_erases_nobody(over, settings):
    settings.RETENTION_YEARS = 0
    assert services.erase_due(timezone.now()) == 0
    with pytest.raises(NotDueForErasure):
        services.erase_cardholder(over, actor=SYSTEM)


@pytest.mark.parametrize("what", ["a working card", "an open application", "an event since"])
def test_whoever_still_has_something_is_kept(over, clock, what):
    clock("2026-03-02 10:00")
    if what == "a working card":
        factories.card(over, CardType.ORDINARY_YELLOW)
    elif what == "an open application":
        factories.first_application(over)
    clock("2037-03-03 09:30" if what != "an event since" else "2030-03-03 09:30")
    if what == "an event since":
        report = factories.first_application(over)
        services.advance(report, "refuse", actor=factories.at_office(), reason="Withdrawn by the person.")
        clock("2037-03-03 09:30")
    assert services.erase_due(timezone.now()) == 0


def test_after_its_time_nothing_says_who_it_was_and_the_chain_still_verifies(over):
    number, events = over.id_number, Event.objects.of(over).count()
    assert "金丝雀" in " ".join(map(str, open_values(over)))
    assert services.erase_due(timezone.now()) == 1
    gone = Cardholder.objects.get(pk=over.pk)
    assert gone.erased_at == timezone.now()
    assert not IdNumberIndex.objects.filter(holder=over)
    assert not CardNumberIndex.objects.filter(holder=over)
    assert [text for text in open_values(gone) if text != "{}"] == []
    assert AccessRecord.objects.of(over).filter(reason__isnull=False).count() == 0
    assert not PaperNumber.objects.of(over).in_force()
    assert enquiry.staff_find(number, actor=factories.at_office()) is None
    assert Event.objects.of(over).count() == events + 1
    assert Event.objects.of(over).order_by("-seq")[0].kind == EventKind.ERASED
    assert EventDetail.objects.filter(holder=over).count() == 1
    walk = ledger_check.Walk()
    assert list(walk.heads())
    assert walk.faults == []


def test_an_erased_record_is_closed_for_every_act(over):
    services.erase_due(timezone.now())
    gone = Cardholder.objects.get(pk=over.pk)
    with pytest.raises(PersonErased):
        factories.first_application(gone)
    assert services.erase_due(timezone.now()) == 0


def test_the_same_person_may_be_registered_anew(over):
    number = over.id_number
    services.erase_due(timezone.now())
    again = factories.holder(id_number=number)
    assert again.pk != over.pk
    assert Cardholder.objects.by_id_number(number) == again


def test_the_29th_of_february_has_a_day_ten_years_before(over, clock, settings):
    clock("2036-02-29 09:30")
    settings.RETENTION_YEARS = 9
    assert services.erase_due(timezone.now()) == 1


def test_after_an_older_backup_the_list_erases_again(over, run, tmp_path):
    services.erase_due(timezone.now())
    listed = tmp_path / "erased.txt"
    assert "1 erased" in run("erasures", "--export", str(listed))
    assert listed.read_text() == f"{over.pk}\n"
    # What a restore of yesterday brings back.
    Cardholder.objects.filter(pk=over.pk).update(
        erased_at=None, name=Cardholder.name.sealed("金丝雀", over.pk), registered_at=timezone.now() - timedelta(1)
    )
    assert "1 records of the list were here and would be" in run("erasures", "--again", str(listed), "--dry-run")
    assert Cardholder.objects.get(pk=over.pk).name == "金丝雀"
    assert "1 records of the list were here and were erased again" in run("erasures", "--again", str(listed))
    assert Cardholder.objects.get(pk=over.pk).name == ""
    assert "0 records" in run("erasures", "--again", str(listed))


def test_one_person_who_cannot_be_erased_does_not_stop_the_others(over, clock, monkeypatch, caplog):
    clock("2026-03-02 09:30")
    factories.holder()
    clock("2037-03-03 09:30")
    erase, tried = services.erasure.erase_cardholder, []

    def refuses_the_first(holder, **given):
        tried.append(holder.pk)
        if len(tried) == 1:
            raise NotDueForErasure()
        erase(holder, **given)

    monkeypatch.setattr("cards.services.erasure.erase_cardholder", refuses_the_first)
    assert services.erase_due(timezone.now()) == 1
    assert len(tried) == 2
    assert [str(tried[0]) in line for line in caplog.messages] == [True]
    assert Cardholder.objects.get(pk=tried[1]).erased_at == timezone.now()
