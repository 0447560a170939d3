"""rotate_keys: beside a portal in use, interruptible, and never past what cannot be trusted."""

import pytest
from django.apps import apps
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from cards import enquiry, sealing
from cards.actors import Actor
from cards.management import rotation
from cards.models import (
    AccessRecord,
    Application,
    Card,
    Cardholder,
    CardNumberIndex,
    EventDetail,
    IdNumberIndex,
    PaperNumber,
)
from cards.models.fields import SealedTextField, sealed_columns
from cards.models.protection import lifted_triggers
from cards.vocabulary import AccessPurpose, LossForm, Party
from tests import factories
from tests.harness.environment import test_key as key

pytestmark = pytest.mark.django_db

OLD, NEW = f"old:A256GCM:{key('old')}", f"new:A256GCM:{key('new')}"
OLD_INDEX, NEW_INDEX = f"old:HS256:{key('old index')}", f"new:HS256:{key('new index')}"


@pytest.fixture
def person(rules_in_force, settings):
    """Someone with a value in every sealed column, sealed and entered under the old keys; the new ones are set now."""
    settings.SEALING_KEYS, settings.INDEX_KEYS = OLD, OLD_INDEX
    card = factories.card()
    agent = factories.everything(agent_name="李四", agent_id_number=factories.synthetic_id_number())
    from cards import services

    counter = factories.at_counter(party=Party.AGENT)
    report = services.report_loss(card, form=LossForm.WRITTEN, actor=counter, evidence=agent)
    services.replace_card(report, delivery_outlet=factories.OutletFactory(), actor=counter, evidence=agent)
    refused = factories.first_application(card.holder)
    services.advance(refused, "refuse", actor=factories.at_office(), reason="照片不符")
    other = factories.card(card.holder)
    services.cancel_loss_report(
        factories.written_report(other),
        actor=factories.at_counter(),
        evidence=factories.everything(card_number=other.card_number),
    )
    enquiry.record_staff_look(
        card.holder, "", actor=factories.at_office(), purpose=AccessPurpose.STAFF_FULL_VIEW, reason="核对"
    )
    settings.SEALING_KEYS, settings.INDEX_KEYS = f"{NEW},{OLD}", f"{NEW_INDEX},{OLD_INDEX}"
    return card.holder


def holder_under_old_keys(settings):
    """One more person of the time before the new keys."""
    now = settings.SEALING_KEYS, settings.INDEX_KEYS
    settings.SEALING_KEYS, settings.INDEX_KEYS = OLD, OLD_INDEX
    made = factories.holder()
    settings.SEALING_KEYS, settings.INDEX_KEYS = now
    return made


def sealed_values():
    """Every sealed value in the database with its place."""
    for model, columns in sealed_columns():
        for column in columns:
            for pk, value in model._base_manager.values_list("pk", column.attname):
                if value is not None:
                    yield column, pk, value


def keys_in_use():
    return {sealing.key_id_of(value.blob) for _column, _pk, value in sealed_values()}


def opened():
    return {(str(column), pk): column.opened(value, pk) for column, pk, value in sealed_values()}


def test_every_sealed_column_of_every_app_is_walked():
    walked = {column for _model, columns in sealed_columns() for column in columns}
    declared = {f for m in apps.get_models() for f in m._meta.get_fields() if isinstance(f, SealedTextField)}
    assert walked == declared
    assert len(walked) >= 12


def test_afterwards_everything_lies_under_the_newest_key_and_says_the_same(person, run, settings):
    assert keys_in_use() == {"old"}
    before = opened()
    told = run("rotate_keys")
    assert "cards.Cardholder: 3 values sealed anew, 0 were" in told
    assert "cards.AccessRecord: 1 values sealed anew" in told
    assert keys_in_use() == {"new"}
    settings.SEALING_KEYS = NEW
    assert opened() == before
    assert "cards.Cardholder: 0 values sealed anew, 3 were" in run("rotate_keys")


def test_the_algorithm_may_change_with_the_key(person, run, settings):
    before = opened()
    settings.SEALING_KEYS = f"sm:SM4GCM:{key('sm')[:22]}==,{OLD}"
    run("rotate_keys")
    assert keys_in_use() == {"sm"}
    assert opened() == before


def test_a_dry_run_counts_and_changes_nothing(person, run):
    assert "cards.Cardholder: 3 values would be sealed anew" in run("rotate_keys", dry_run=True)
    assert keys_in_use() == {"old"}


def test_interrupted_after_any_batch_it_is_finished_by_the_next_run(person, run, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 1)
    before = opened()
    columns = dict(sealed_columns())[EventDetail]
    for _rows in rotation.seal_anew(EventDetail, columns, rotation.Done()):
        break
    assert keys_in_use() == {"old", "new"}
    assert opened() == before
    run("rotate_keys")
    assert keys_in_use() == {"new"}
    assert opened() == before


def test_without_the_old_key_it_refuses_by_name(person, run, settings):
    settings.SEALING_KEYS = NEW
    with pytest.raises(CommandError, match=r"under key 'old', which SEALING_KEYS does not hold"):
        run("rotate_keys")
    assert keys_in_use() == {"old"}


def test_a_value_that_was_moved_is_named_and_left_and_the_others_are_sealed_anew(person, run, settings):
    foreign = holder_under_old_keys(settings)
    blob = Cardholder.objects.filter(pk=foreign.pk).values_list("name", flat=True).get()
    Cardholder.objects.filter(pk=person.pk).update(name=blob)
    with pytest.raises(CommandError, match="1 values cannot be trusted"):
        run("rotate_keys")
    assert all(phone.is_current for phone in Cardholder.objects.values_list("phone", flat=True))


def test_a_value_written_meanwhile_is_kept(person):
    column = Cardholder.name
    pk, read = Cardholder.objects.values_list("pk", "name").get()
    Cardholder.objects.filter(pk=pk).update(name=column.sealed("新名", pk))
    done = rotation.Done()
    rotation._seal_value(Cardholder, column, pk, read, done, dry_run=False)
    assert done.renewed == 0
    assert Cardholder.objects.get().name == "新名"


def test_only_the_sealed_reason_of_an_access_record_may_be_written_again(person):
    record = AccessRecord.objects.get()
    for field in AccessRecord._meta.concrete_fields:
        if field.attname == "reason":
            continue
        statement = "UPDATE cards_accessrecord SET {0} = {0}".format(connection.ops.quote_name(field.column))
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    fresh = AccessRecord.reason.sealed("核对", record)
    assert AccessRecord.objects.update(reason=fresh) == 1


# --- directories ----------------------------------------------------------------------------------------------------


def index_keys():
    both = (IdNumberIndex, CardNumberIndex)
    return {key_id for model in both for key_id in model.objects.values_list("key_id", flat=True)}


def test_the_directories_move_to_the_newest_key_and_lead_to_the_same_rows(person, run, settings):
    cards = {card.card_number: card.pk for card in Card.objects.all()}
    assert "cards.IdNumberIndex: 1 entered anew, 0 were, 1 older removed" in run("rotate_keys", index=True)
    assert index_keys() == {"new"}
    settings.INDEX_KEYS = NEW_INDEX
    assert Cardholder.objects.by_id_number(person.id_number) == person
    for number, pk in cards.items():
        assert CardNumberIndex.objects.entry(number).card_id == pk


def test_a_look_up_succeeds_at_every_moment_of_it(person, monkeypatch, settings):
    monkeypatch.setattr(rotation, "BATCH", 1)
    people = [person, *(factories.holder() for _ in range(4))]
    older = [holder_under_old_keys(settings) for _ in range(4)]
    directory, done = rotation.DIRECTORIES[0], rotation.Done()

    def everyone_is_found():
        return all(Cardholder.objects.by_id_number(p.id_number) == p for p in (*people, *older))

    rounds = 0
    for _rows in rotation.enter_anew(directory, done):
        rounds += 1
        assert everyone_is_found()
    assert rounds > 4
    rotation.remove_older(directory, done)
    assert everyone_is_found()
    assert (done.renewed, done.removed) == (5, 5)


def test_interrupted_before_the_end_nothing_older_is_removed_and_the_next_run_finishes(person, run, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 1)
    for _rows in rotation.enter_anew(rotation.DIRECTORIES[1], rotation.Done()):
        break
    assert sorted(CardNumberIndex.objects.values_list("key_id", flat=True)) == ["new", "old", "old"]
    run("rotate_keys", index=True)
    assert index_keys() == {"new"}


def test_papers_in_force_keep_their_code_and_the_command_says_which_key_they_need(person, run):
    before = {paper.pk: paper.query_code for paper in PaperNumber.objects.all()}
    told = run("rotate_keys", index=True)
    assert f"Keep key 'old' in INDEX_KEYS: the query codes of {len(before)} papers" in told
    assert {paper.pk: paper.query_code for paper in PaperNumber.objects.all()} == before


def test_without_the_old_index_key_it_refuses_and_removes_nothing(person, run, settings):
    settings.INDEX_KEYS = NEW_INDEX
    with pytest.raises(CommandError, match=r"under key 'old', which INDEX_KEYS does not hold"):
        run("rotate_keys", index=True)
    assert index_keys() == {"old"}


def test_an_entry_that_leads_to_the_wrong_person_is_named_and_nothing_older_is_removed(person, run):
    foreign = factories.holder()
    IdNumberIndex.objects.filter(holder=person).update(holder=foreign)
    with pytest.raises(CommandError, match="cannot be trusted"):
        run("rotate_keys", index=True)
    assert IdNumberIndex.objects.filter(key_id="old").exists()


def test_a_dry_run_of_the_index_changes_nothing(person, run):
    assert "1 would be entered anew" in run("rotate_keys", index=True, dry_run=True)
    assert index_keys() == {"old"}


def test_a_look_up_by_a_citizen_works_after_both_rotations(person, run, settings):
    code = Application.objects.filter(kind="replacement").get().receipt.query_code
    run("rotate_keys")
    run("rotate_keys", index=True)
    settings.SEALING_KEYS = NEW
    web = Actor(Party.HOLDER, "web")
    opening = enquiry.look_up(enquiry.Question(person.id_number, code=code), network="198.51.100.7", actor=web)
    assert opening.paper


def test_lifting_and_restoring_the_triggers_keeps_the_reason_writable(person):
    connection.check_constraints()
    with lifted_triggers():
        pass
    assert AccessRecord.objects.update(reason=None) == 1
