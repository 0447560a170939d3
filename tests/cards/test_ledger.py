"""The ledger: one chain per person, written with the state or not at all, and never rewritten."""

import re
import secrets
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cards import sealing, services
from cards.actors import Actor
from cards.models import AccessRecord, Application, Card, Cardholder, Event, EventDetail, LossReport
from cards.models.protection import trigger_names
from cards.vocabulary import (
    AccessOutcome,
    AccessPurpose,
    CardType,
    Channel,
    Party,
    SocialStatus,
    Stage,
)
from tests import factories as f
from tests import later
from tests.canary import canary_flow
from tests.cards.test_workflow import PLAIN, Scene, application_in

pytestmark = pytest.mark.django_db


# --- every service, on a case of its own --------------------------------------------------------------------------


def _lapsing(scene: dict[str, Any]) -> Callable[[], object]:
    report = f.oral_report(f.card(scene["holder"]))
    past = timezone.now() - timedelta(minutes=1)
    LossReport.objects.filter(pk=report.pk).update(lapses_at=past)
    return lambda: services.lapse_due(timezone.now())


def _recalled(scene: dict[str, Any]) -> Callable[[], object]:
    row = application_in(PLAIN, Stage.READY, of=scene["holder"])
    Application.objects.filter(pk=row.pk).update(collect_by=timezone.now().date() - timedelta(days=3))
    return lambda: services.recall_due(timezone.now())


def _registered(scene: dict[str, Any]) -> Callable[[], object]:
    number = f.synthetic_id_number()
    return lambda: services.register_cardholder(name="李四", id_number=number, actor=f.at_office())


def _first_financial(scene: dict[str, Any]) -> Callable[[], object]:
    card = f.card(scene["holder"], CardType.ORDINARY_BLUE)
    f.written_report(card)
    card.refresh_from_db()
    return lambda: f.first_application(scene["holder"], replaced_card=card)


def _lost_exchange(scene: dict[str, Any]) -> Callable[[], object]:
    card = f.card(scene["holder"])
    row = application_in(
        PLAIN, Stage.READY, of=scene["holder"], kind="exchange", exchange_reason="damaged", replaced_card=card
    )
    f.written_report(card)
    return lambda: services.hand_over(
        row, actor=f.at_counter(row.delivery_outlet), evidence=f.everything(card_number="NEWCARD0009")
    )


def _by_the_table(action: str) -> Callable[[dict[str, Any]], Callable[[], object]]:
    def prepare(scene: dict[str, Any]) -> Callable[[], object]:
        case = Scene(action)
        office = action in {
            "check", "ask_fee", "take_fee", "open_account", "produce", "send", "receive", "activate", "stop", "resume",
            "refuse", "recall", "correct", "merge", "grant", "decline", "confirm_handed_over", "confirm_not_received",
        }  # fmt: skip
        party = Party.OFFICE if office else Party.HOLDER
        actor = Actor(party, Channel.COUNTER, f.UserFactory(is_superuser=True), case.outlet)
        return lambda: case.do(actor, case.proof(f.ALL_EVIDENCE))

    return prepare


ACTS: dict[str, Callable[[dict[str, Any]], Callable[[], object]]] = {
    action: _by_the_table(action)
    for action in (
        "accept", "check", "ask_fee", "take_fee", "open_account", "produce", "send", "receive", "hand_over",
        "activate", "stop", "resume", "withdraw", "refuse", "recall", "report_orally", "report_in_writing",
        "cancel_report", "replace", "reissue_code", *later.STARTS,
    )
} | {
    "lapse_due": _lapsing,
    "recall_due": _recalled,
    "register": _registered,
    "first_financial": _first_financial,
    "lost_exchange": _lost_exchange,
}  # fmt: skip


# What the scene itself brings along: the clerk's account and the window.
NOT_WRITTEN_BY_SERVICES = {"Outlet", "Bank"}


def everything_on_record() -> dict[str, list[str]]:
    """Every row of every table of the cards."""
    return {
        model.__name__: sorted(map(str, model.objects.values_list()))
        for model in apps.get_app_config("cards").get_models()
        if model.__name__ not in NOT_WRITTEN_BY_SERVICES
    }


@pytest.mark.parametrize("which", ["first", "last"])
@pytest.mark.parametrize("name", ACTS)
def test_state_and_event_fall_together(name: str, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    act = ACTS[name]({"holder": f.holder()})
    with transaction.atomic():
        count = Event.objects.count()
        act()
        written = Event.objects.count() - count
        transaction.set_rollback(True)
    assert written
    act = ACTS[name]({"holder": f.holder()})
    before = everything_on_record()
    calls = []
    save = Event.save

    def broken(self: Event, *args: Any, **kwargs: Any) -> None:
        calls.append(self.kind)
        if which == "first" or len(calls) == written:
            raise DatabaseError("the ledger does not answer")
        save(self, *args, **kwargs)

    monkeypatch.setattr(Event, "save", broken)
    # No transaction around this: the service's own must undo everything.
    with pytest.raises(DatabaseError, match="the ledger does not answer"):
        act()
    assert len(calls) == (1 if which == "first" else written)
    assert everything_on_record() == before


@pytest.mark.parametrize("name", ACTS)
def test_every_service_appends_to_one_unbroken_chain(name: str) -> None:
    holder = f.holder()
    act = ACTS[name]({"holder": holder})
    act()
    for person in Cardholder.objects.all():
        events = list(Event.objects.of(person).in_order())
        assert events
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.previous for event in events] == ["", *(event.digest for event in events[:-1])]
        for event in events:
            assert event.computed_digest() == event.digest
            assert event.detail.holder_id == person.pk
            assert EventDetail.digest_of(event.detail.salt, event.detail.text) == event.detail_digest
            assert event.rule_version == "2026-default"


@pytest.mark.parametrize(
    "field",
    ["seq", "kind", "at", "subject", "value", "party", "channel", "rule_version", "detail_digest", "previous"],
)
def test_a_change_of_any_field_shows_in_the_digest(field: str) -> None:
    event = Event.objects.of(f.holder()).get()
    value = getattr(event, field)
    other = {"seq": 2, "at": timezone.now() + timedelta(seconds=1)}.get(field, f"{value}x")
    setattr(event, field, other)
    assert event.computed_digest() != event.digest


# --- the database itself refuses ----------------------------------------------------------------------------------


def installed_triggers() -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'cards_%'")
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'cards_%'"
            )
        return {row[0] for row in cursor.fetchall()}


def test_the_triggers_are_there_after_migration() -> None:
    assert installed_triggers() == trigger_names(connection.vendor)
    assert installed_triggers()


def access_record(keep_days: int) -> AccessRecord:
    now = timezone.now()
    return AccessRecord.objects.create(
        holder=f.holder(),
        at=now - timedelta(days=1),
        keep_until=now + timedelta(days=keep_days),
        channel=Channel.WEB,
        purpose=AccessPurpose.ENQUIRY,
        outcome=AccessOutcome.FOUND,
    )


def refused(statement: Callable[[], object]) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        statement()
    return str(error.value)


@pytest.mark.parametrize("column", [one.column for one in Event._meta.concrete_fields])
def test_no_column_of_an_event_can_be_changed(column: str) -> None:
    event = Event.objects.of(f.holder()).get()

    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE cards_event SET {column} = {column}")

    assert "append-only" in refused(change)
    assert Event.objects.get(pk=event.pk).digest == event.digest


def test_no_event_can_be_deleted() -> None:
    event = Event.objects.of(f.holder()).get()
    EventDetail.objects.filter(event=event).delete()
    assert "append-only" in refused(lambda: Event.objects.filter(pk=event.pk)._raw_delete("default"))
    assert Event.objects.filter(pk=event.pk).exists()


@pytest.mark.parametrize("column", ["event_id", "holder_id", "salt"])
def test_a_detail_cannot_be_moved_but_may_be_erased_or_sealed_anew(column: str) -> None:
    detail = EventDetail.objects.get(holder=f.holder())
    other = EventDetail.objects.get(holder=f.holder())
    value = {"event_id": other.event_id, "holder_id": other.holder_id, "salt": "0" * 32}[column]
    assert "append-only" in refused(lambda: EventDetail.objects.filter(pk=detail.pk).update(**{column: value}))
    EventDetail.objects.filter(pk=detail.pk).update(text=EventDetail.text.sealed(detail.text, detail))
    EventDetail.objects.filter(pk=detail.pk).delete()
    event = Event.objects.get(pk=detail.event_id)
    assert event.computed_digest() == event.digest


def test_an_access_record_is_kept_until_its_day() -> None:
    kept, over = access_record(keep_days=1), access_record(keep_days=-1)
    later = timezone.now() + timedelta(days=9)
    assert "append-only" in refused(lambda: AccessRecord.objects.filter(pk=over.pk).update(keep_until=later))
    assert refused(lambda: AccessRecord.objects.filter(pk=kept.pk)._raw_delete("default"))
    AccessRecord.objects.filter(pk=over.pk)._raw_delete("default")
    assert list(AccessRecord.objects.values_list("pk", flat=True)) == [kept.pk]


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["cards_event", "cards_eventdetail", "cards_accessrecord"])
def test_the_tables_cannot_be_truncated(table: str) -> None:
    f.holder()

    def truncate() -> None:
        with connection.cursor() as cursor:
            # Checks of foreign keys that still wait for the commit would refuse it first.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {table} CASCADE")

    assert "append-only" in refused(truncate)


# --- no personal data ---------------------------------------------------------------------------------------------


def test_an_event_says_what_happened_to_whom_without_saying_who() -> None:
    person, _secrets = canary_flow()
    events = list(Event.objects.of(person))
    assert len(events) > 3
    for event in events:
        assert re.fullmatch(r"[a-z]+:[0-9a-f-]{36}|papernumber:[0-9]{12}", event.subject), event.subject
        assert re.fullmatch(r"[a-z_]*", event.value)


def test_a_detail_opens_only_with_its_key(settings: Any) -> None:
    detail = EventDetail.objects.filter(holder=f.holder()).get()
    assert detail.text.startswith("{")
    settings.SEALING_KEYS = "other:A256GCM:" + b64encode(secrets.token_bytes(32)).decode()
    with pytest.raises(sealing.SealError):
        _ = EventDetail.objects.get(pk=detail.pk).text


def test_a_detail_does_not_open_on_another_row() -> None:
    one, other = (EventDetail.objects.get(holder=f.holder()) for _ in range(2))
    sealed_one = EventDetail.objects.filter(pk=one.pk).values_list("text", flat=True).get()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cards_eventdetail SET text = %s WHERE event_id = %s",
            [sealed_one.blob, other.event_id.hex if connection.vendor == "sqlite" else other.event_id],
        )
    with pytest.raises(sealing.SealError):
        _ = EventDetail.objects.get(pk=other.pk).text


def test_erasing_the_details_leaves_the_chain_whole() -> None:
    person, _secrets = canary_flow()
    EventDetail.objects.filter(holder=person).delete()
    events = list(Event.objects.of(person).in_order())
    assert all(event.computed_digest() == event.digest for event in events)
    assert [event.previous for event in events[1:]] == [event.digest for event in events[:-1]]


def test_each_change_of_a_card_leaves_its_state_in_the_chain() -> None:
    person, _secrets = canary_flow()
    states = list(Event.objects.of(person).filter(kind="card_status").in_order().values_list("value", flat=True))
    assert states == [
        SocialStatus.TEMPORARILY_LOST,
        SocialStatus.FORMALLY_LOST,
        SocialStatus.NORMAL,
        SocialStatus.FORMALLY_LOST,
        SocialStatus.CANCELLED,
    ]
    assert Card.objects.of(person).filter(social_status=SocialStatus.NORMAL).count() == 1
